"""Which program a date belongs to, when a patient had several."""

from dataclasses import replace

from hep.course import Course
from hep.facts import Acknowledgement, Kind
from hep.history import History
from hep.records import ProgramState, ProgramVersion
from hep.schedule import due_items
from tests.hep.build import D, Phone, at, prescription, version

FIRST, SECOND = prescription("rx-first-1"), prescription("rx-second")
OTHER = "program-02"


def other(made: ProgramVersion) -> ProgramVersion:
    return replace(made, program_id=OTHER)


ONE = version(FIRST)
ENDED = version(FIRST, number=2, effective_on=D(10), state=ProgramState.ARCHIVED)
TWO = other(version(SECOND, effective_on=D(10), published_at=at(D(10), 6)))


def course(phone: Phone, *programs: tuple[ProgramVersion, ...]) -> Course:
    first = phone.history(*programs[0])
    return Course.under_all([first.under(each, None) for each in programs])


def due(history: History, day: int) -> list[str]:
    return [item.prescription.id for item in due_items(history, D(day))]


def test_each_day_has_the_items_of_the_program_then_in_force() -> None:
    found = course(Phone(), (TWO,), (ONE, ENDED))
    assert [due(found, n) for n in (1, 9, 10, 11)] == [[FIRST.id], [FIRST.id], [SECOND.id], [SECOND.id]]
    assert found.version_on(D(9)) == ONE
    assert found.version_on(D(10)) == TWO


def test_between_two_programs_nothing_is_due() -> None:
    later = replace(TWO, effective_on=D(14), published_at=at(D(14), 6))
    found = course(Phone(), (ONE, ENDED), (later,))
    assert [due(found, n) for n in (9, 10, 13, 14)] == [[FIRST.id], [], [], [SECOND.id]]


def test_a_program_that_was_reopened_takes_the_days_from_then_on() -> None:
    over = replace(TWO, version=2, effective_on=D(12), published_at=at(D(12), 6), state=ProgramState.WITHDRAWN)
    again = version(FIRST, number=3, effective_on=D(15), published_at=at(D(15), 6))
    found = course(Phone(), (ONE, ENDED, again), (TWO, over))
    assert [due(found, n) for n in (9, 11, 12, 14, 15)] == [[FIRST.id], [SECOND.id], [], [], [FIRST.id]]


def test_a_logged_slot_belongs_to_the_program_its_log_names() -> None:
    phone = Phone()
    phone.log(FIRST, D(10), 10)
    assert due(course(phone, (ONE, ENDED), (TWO,)), 10) == [FIRST.id]


def test_of_versions_published_at_one_instant_the_later_programs_counts() -> None:
    at_once = replace(TWO, published_at=ENDED.published_at)
    assert course(Phone(), (at_once,), (ONE, ENDED)).version_on(D(10)) == at_once


def test_having_seen_a_version_of_another_program_tells_nothing_of_this_one() -> None:
    phone = Phone()
    fact = Acknowledgement(at=at(D(1)), zone=phone.zone, on=D(1), program_id=OTHER, version=2)
    phone.put(Kind.ACKNOWLEDGEMENT, fact)
    pulled = [(1, at(D(1), 8)), (2, at(D(12), 9))]
    assert phone.history(ONE, ENDED, pulled=pulled).version_on(D(11)) == ONE
