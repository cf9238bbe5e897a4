"""A day's sums follow the program that was in force on it, whichever is in use when they are worked out."""

from datetime import date, timedelta
from random import Random

from sqlmodel import select

from hep.facts import Acknowledgement
from hep.records import ProgramState, Schedule
from server.database import reading
from server.rebuild import rebuild
from server.tables.care import DayRollup, Flag, Proposal
from tests.server.care import Care, fresh, prescription
from tests.server.world import World

DAY = timedelta(days=1)


def due_done(care: Care, on: date) -> tuple[int, int]:
    """The sessions of a date, once the server has settled what pushes left."""
    care.settle()
    with reading(care.world.engine) as session:
        day = session.get_one(DayRollup, (care.patient_id, on))
        return day.due, day.done


def clean(care: Care) -> bool:
    return rebuild(care.world.engine, care.world.now, check=True) == ()


def twice_a_day(on: date) -> Schedule:
    return Schedule(from_on=on, times_per_day=2)


def test_late_and_corrected_facts_of_an_ended_program_are_judged_by_it(world: World) -> None:
    care = Care.begin(world)
    begun, rows = care.today, care.session()
    care.push(*rows)
    care.later(days=4)
    care.line()
    former = care.change_program()
    care.pull_all(care.cursor)
    care.later(days=3)
    care.push(*care.session())
    care.push(former.row(former.set_log(1, begun + DAY)))
    care.push(care.correction(rows[0]["id"], former.set_log(1, begun + 2 * DAY)), care.retraction(rows[1]["id"]))
    assert [due_done(care, begun + n * DAY) for n in range(4)] == [(1, 0), (1, 1), (1, 1), (1, 0)]
    assert due_done(care, care.today) == (1, 1)
    assert rebuild(world.engine, world.now) == ()
    assert [due_done(care, begun + n * DAY) for n in range(4)] == [(1, 0), (1, 1), (1, 1), (1, 0)]
    assert clean(care)


def test_on_the_day_of_a_change_a_slot_belongs_to_the_program_it_was_done_under(world: World) -> None:
    care = Care.begin(world)
    morning = care.session()
    former = care.change_program(prescriptions=(prescription(care.today, schedule=twice_a_day(care.today)),))
    care.pull_all(care.cursor)
    care.push(*morning)
    assert due_done(care, care.today) == (2, 1), "the first slot by the old program, the second by the new one"
    care.push(*care.session(session="session-afternoon"))
    assert due_done(care, care.today) == (2, 1), "done under both, the slot is still one session"
    care.later(days=1)
    care.push(former.row(former.set_log(1, care.today)))
    assert due_done(care, care.today) == (2, 1), "the phone had not heard of the change"
    assert clean(care)


def test_a_program_withdrawn_archived_and_reopened_has_its_days_and_no_others(world: World) -> None:
    care = Care.begin(world)
    begun, first = care.today, care.program_id
    care.later(days=2)
    care.change_program(ProgramState.WITHDRAWN)
    second, dose = care.program_id, care.prescriptions
    care.pull_all(care.cursor)
    care.later(days=2)
    care.publish(state=ProgramState.ARCHIVED, reason="That is enough")
    care.pull_all(care.cursor)
    care.later(days=2)
    care.program_id, care.version = first, 2
    care.publish(reason="Once more", prescriptions=(prescription(begun, schedule=twice_a_day(begun)),))
    care.pull_all(care.cursor)
    care.later(days=1)
    care.line()
    care.program_id, care.version, care.prescriptions = second, 1, dose
    care.push(*care.session(begun + 3 * DAY))
    assert [due_done(care, begun + n * DAY) for n in range(8)] == [
        *[(1, 0), (1, 0), (1, 0), (1, 1)],
        *[(0, 0), (0, 0), (2, 0), (2, 0)],
    ]
    assert rebuild(world.engine, world.now) == ()


def test_days_before_the_phone_heard_of_a_new_program_are_the_old_ones(world: World) -> None:
    care = Care.begin(world)
    begun, cursor = care.today, care.cursor
    care.later(days=1)
    care.change_program(prescriptions=(prescription(care.today, schedule=twice_a_day(care.today)),))
    care.later(days=60)
    care.line()
    assert due_done(care, begun + 2 * DAY)[0] == 2, "nobody has pulled it: it counts as known since it was published"
    care.pull_all(cursor)
    assert [due_done(care, begun + n * DAY)[0] for n in (0, 1, 2, 60, 61)] == [1, 1, 1, 1, 2]
    assert clean(care)


def test_a_version_seen_earlier_than_it_was_pulled_is_known_from_then_until_that_is_withdrawn(world: World) -> None:
    care = Care.begin(world)
    begun = care.today
    care.later(days=2)
    care.publish(state=ProgramState.ARCHIVED, reason="That is enough")
    care.later(days=3)
    care.pull_all(care.cursor)
    care.line()
    assert due_done(care, begun + 3 * DAY)[0] == 1
    seen = care.base(begun - 700 * DAY)
    row = care.row(Acknowledgement(**seen, program_id=care.program_id, version=care.version))
    care.push(row)
    assert [due_done(care, begun + n * DAY)[0] for n in (1, 2, 3)] == [1, 0, 0]
    assert clean(care)
    care.push(care.retraction(row["id"]))
    assert due_done(care, begun + 3 * DAY)[0] == 1
    assert clean(care)


def test_flags_and_proposals_look_at_the_program_in_use_alone(world: World) -> None:
    care = Care.begin(world)
    care.later(days=6)
    former = care.change_program()
    care.pull_all(care.cursor)
    for back in (2, 3):
        care.push(*former.session(care.today - back * DAY, pain=9, reps=12))
    care.settle()
    with reading(world.engine) as session:
        assert session.exec(select(Flag)).all() == []
        assert session.exec(select(Proposal)).all() == []
    assert clean(care)


def test_after_several_programs_in_any_order_the_sums_agree_with_the_facts(world: World) -> None:
    care, random = Care.begin(world), Random(11)
    begun, known = care.today, [care]
    for _ in range(16):
        care.later(hours=random.choice([1, 9, 30]))
        if random.random() < 0.3:
            changes = {"effective_on": care.today + random.randint(-6, 2) * DAY} if random.random() < 0.5 else {}
            state = random.choice([ProgramState.ARCHIVED, ProgramState.WITHDRAWN])
            known.append(care.change_program(state, **changes))
        if random.random() < 0.5:
            care.pull_all(care.cursor)
        on = begun + random.randrange((care.today - begun).days + 1) * DAY
        under = random.choice([care, *known])
        rows = under.session(on, sets=random.randint(1, 3), session=fresh("session"))
        if random.random() < 0.4:
            rows.append(care.retraction(rows[0]["id"]))
        if random.random() < 0.4:
            rows.append(under.acknowledgement())
        assert set(care.statuses(*rows)) == {"accepted"}
        care.settle()
    assert len({each.program_id for each in known}) > 2
    assert clean(care)
