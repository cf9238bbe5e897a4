"""Which rows count, and which version was in force."""

from hep import codec
from hep.facts import CheckIn, Kind, SetLog
from hep.history import History, Stored, effective
from hep.records import ProgramState
from tests.hep.build import D, Phone, at, prescription, version

P = prescription()


def reps(rows: tuple[Stored, ...]) -> list[int | None]:
    return [row.fact.reps for row in rows if isinstance(row.fact, SetLog)]


def logged(*work: int) -> Phone:
    phone = Phone()
    phone.log(P, D(5), *work)
    return phone


def body(phone: Phone, row: int, **changes: object) -> dict[str, object]:
    return {**codec.dump(phone.rows[row].fact), **changes}


def test_a_correction_gives_its_root_a_new_fact_and_keeps_its_id() -> None:
    phone = logged(10)
    phone.correct("row-00001", D(6), Kind.SET_LOG, body(phone, 0, reps=12))
    rows = effective(phone.rows)
    assert [(row.id, row.kind) for row in rows] == [("row-00001", Kind.SET_LOG)]
    assert reps(rows) == [12]


def test_the_newest_correction_wins_and_one_the_clinic_has_not_seen_is_newest() -> None:
    phone = logged(10)
    phone.correct("row-00001", D(6), Kind.SET_LOG, body(phone, 0, reps=12))
    phone.correct("row-00002", D(6), Kind.SET_LOG, body(phone, 0, reps=8))
    assert reps(effective(phone.rows)) == [8], "a correction of a correction reaches the root"
    acknowledged = phone.rows[1]
    phone.rows[1] = Stored(acknowledged.id, acknowledged.kind, acknowledged.fact, None, None)
    assert reps(effective(phone.rows)) == [12]


def test_a_retraction_beats_every_correction_in_any_order() -> None:
    phone = logged(10, 9)
    phone.correct("row-00001", D(6), Kind.SET_LOG, body(phone, 0, reps=12))
    phone.retract("row-00001", D(6))
    phone.correct("row-00001", D(7), Kind.SET_LOG, body(phone, 0, reps=15))
    assert reps(effective(phone.rows)) == [9]
    assert reps(effective(reversed(phone.rows))) == [9]


def test_a_retracted_correction_gives_back_what_was_before_it() -> None:
    phone = logged(10)
    correction = phone.correct("row-00001", D(6), Kind.SET_LOG, body(phone, 0, reps=12))
    phone.correct(correction, D(6), Kind.SET_LOG, body(phone, 0, reps=13))
    phone.retract(correction, D(7))
    assert reps(effective(phone.rows)) == [10]


def test_corrections_without_a_root_or_of_another_kind_or_in_a_circle_are_left_out() -> None:
    phone = logged(10)
    answer = codec.dump(CheckIn(at=at(D(6)), zone="UTC", on=D(6), pain=1, about_on=D(5)))
    phone.correct("row-00001", D(6), Kind.CHECK_IN, answer)
    phone.correct("row-none-1", D(6), Kind.SET_LOG, body(phone, 0, reps=1))
    phone.correct("row-00005", D(6), Kind.SET_LOG, body(phone, 0, reps=2))
    phone.correct("row-00004", D(6), Kind.SET_LOG, body(phone, 0, reps=3))
    assert reps(effective(phone.rows)) == [10]


def test_a_row_held_twice_counts_once_and_as_the_clinic_has_it() -> None:
    phone = logged(10)
    own = Stored("row-00001", Kind.SET_LOG, phone.rows[0].fact, None, None)
    for rows in ([own, *phone.rows], [*phone.rows, own]):
        assert [row.seq for row in effective(rows)] == [1]


def test_the_version_in_force_is_the_newest_effective_one() -> None:
    v1, v2 = version(P), version(P, number=2, effective_on=D(10), published_at=at(D(8)))
    history = Phone().history(v2, v1)
    assert history.version_on(D(1) - (D(2) - D(1))) is None
    assert history.version_on(D(9)) == v1
    assert history.version_on(D(10)) == v2


def test_a_later_version_replaces_one_that_was_planned_for_later() -> None:
    planned = version(P, number=2, effective_on=D(20), published_at=at(D(5)))
    sooner = version(P, number=3, effective_on=D(10), published_at=at(D(6)))
    history = Phone().history(version(P), planned, sooner)
    assert history.version_on(D(21)) == sooner


def test_nothing_is_in_force_while_a_program_is_archived_or_withdrawn() -> None:
    for state in (ProgramState.ARCHIVED, ProgramState.WITHDRAWN):
        ended = version(number=2, effective_on=D(10), state=state)
        again = version(P, number=3, effective_on=D(20))
        history = Phone().history(version(P), ended, again)
        assert history.version_on(D(9)) is not None
        assert history.version_on(D(10)) is None
        assert history.version_on(D(20)) == again


def test_a_version_published_after_a_day_ended_does_not_judge_that_day() -> None:
    v1 = version(P)
    backdated = version(P, number=2, effective_on=D(5), published_at=at(D(9), 2, 59))
    history = Phone().history(v1, backdated)
    assert history.version_on(D(7)) == v1
    assert history.version_on(D(8)) == backdated, "published one minute before the day ended at 03:00"
    on_the_stroke = version(P, number=2, effective_on=D(5), published_at=at(D(9), 3, 0))
    assert Phone().history(v1, on_the_stroke).version_on(D(8)) == v1


def test_a_day_nobody_logged_is_judged_by_what_the_phone_had_pulled() -> None:
    v1, v2 = version(P), version(P, number=2, effective_on=D(5))
    pulled = [(1, at(D(1), 8)), (2, at(D(12), 9))]
    history = Phone().history(v1, v2, pulled=pulled)
    assert history.version_on(D(11)) == v1
    assert history.version_on(D(12)) == v2
    assert Phone().history(v1, v2, pulled=[]).version_on(D(12)) is None


def test_indices_hold_what_was_logged() -> None:
    phone = logged(10, 10)
    phone.log(P, D(5), 7, extra=True, first=3)
    phone.skip(P, D(6))
    phone.morning(D(5), 2)
    phone.pause(D(8), D(9))
    history: History = phone.history(version(P))
    (key,) = history.sets_by_item
    assert (key.on, key.n, len(history.sets_by_item[key])) == (D(5), 1, 2)
    assert len(history.sets_by_prescription[P.id]) == 3
    assert [k.on for k in history.skips_by_item] == [D(6)]
    assert list(history.check_ins) == [D(5)]
    assert [history.paused_on(D(n)) for n in (7, 8, 9, 10)] == [False, True, True, False]
