"""What a patient records: one tap, one fact, on the phone for good before the screen says so."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.patient.log import PatientLog, SetDone, preferences
from app.patient.session import OpenSession, remaining
from app.store import NotSaved, Store, open_store
from hep.facts import ItemKey, Kind, Provenance, SessionEnd, SetLog, SkipReason
from hep.history import History
from hep.problems import Refused
from hep.records import Side
from hep.schedule import PlannedItem
from tests.app.device import Device
from tests.app.examples import NOW, PROGRAM, TODAY, ZONE, change, program, squat

KEY = ItemKey.dated("squat-0001", TODAY, 1)


class Patient:
    """A patient with a phone in hand; `now` is the phone's clock."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.now: datetime = NOW
        self.saved = 0

    async def open(self) -> "Patient":
        self.store, _ = await open_store(self.device, self.now)
        self.log = PatientLog(self.store, lambda: self.now, lambda: ZONE, self._count)
        return self

    def _count(self) -> None:
        self.saved += 1

    async def restart(self) -> None:
        self.store.close()
        await self.open()

    async def history(self) -> History:
        return await self.store.history(ZONE)

    def done(self, n: int, side: Side | None = None, **more: Any) -> SetDone:
        """A timed set of ten; the clock goes on by a minute."""
        began, self.now = self.now, self.now + timedelta(minutes=1)
        values: dict[str, Any] = {"reps": 10, "pain": 2, "effort": 6, "started_at": began, "ended_at": self.now}
        return SetDone(set_index=n, side=side, **(values | more))


@pytest.fixture
async def patient(tmp_path: Path) -> AsyncIterator[Patient]:
    made = await Patient(Device(tmp_path)).open()
    await made.store.absorb([change(1, "program", f"{PROGRAM}:1", program(1))], cursor="c1", epoch=1)
    yield made
    made.store.close()


async def ends(patient: Patient) -> list[SessionEnd]:
    return [entry.fact for entry in (await patient.history()).session_ends]


async def test_a_session_is_recorded_set_by_set_under_the_version_it_began_with(patient: Patient) -> None:
    session = await patient.log.start_session(program(1), TODAY, 1)
    for n in (1, 2):
        await patient.log.log_set(session, "squat-0001", KEY, patient.done(n))
    await patient.log.end_session(session, 3)

    history = await patient.history()
    logs = [entry.fact for entry in history.sets_by_item[KEY]]
    assert [(log.set_index, log.reps, log.version, log.session_id) for log in logs] == [
        (1, 10, 1, session.id),
        (2, 10, 1, session.id),
    ]
    (end,) = await ends(patient)
    assert (end.pain_after, end.provenance, end.slot) == (3, Provenance.LIVE_TIMED, 1)
    assert (end.started_at, end.ended_at) == (NOW, patient.now)
    assert [log.device_seq for log in logs] == [1, 2]
    assert patient.saved == 3


async def test_an_app_that_was_killed_resumes_at_the_next_set(patient: Patient) -> None:
    session = await patient.log.start_session(program(1), TODAY, 1, short=True, caregiver="Lee")
    await patient.log.log_set(session, "squat-0001", KEY, patient.done(1))

    await patient.restart()

    assert await patient.log.resume() == session
    item = PlannedItem(key=KEY, prescription=squat(), version=1, slot=1)
    left = remaining(session, [item], await patient.history(), lambda p: p.dose)
    assert [(target.set_index, target.side) for target in left] == [(2, None)]


async def test_both_sides_are_done_one_after_the_other(patient: Patient) -> None:
    session = await patient.log.start_session(program(1), TODAY, 1)
    item = PlannedItem(key=KEY, prescription=squat(side=Side.BOTH), version=1, slot=1)
    await patient.log.log_set(session, "squat-0001", KEY, patient.done(1, Side.LEFT))

    left = remaining(session, [item], await patient.history(), lambda p: p.dose)

    assert [(t.side, t.set_index) for t in left] == [(Side.LEFT, 2), (Side.RIGHT, 1), (Side.RIGHT, 2)]


async def test_skipped_stopped_and_resting_items_leave_nothing_to_do(patient: Patient) -> None:
    session = await patient.log.start_session(program(1), TODAY, 1)
    keys = [ItemKey.dated(pid, TODAY, 1) for pid in ("squat-0001", "squat-0002", "squat-0003")]
    items = [PlannedItem(key=key, prescription=squat(key.prescription_id), version=1, slot=1) for key in keys]
    await patient.log.skip_items(session, [keys[0]], SkipReason.NO_EQUIPMENT)
    await patient.log.log_set(session, "squat-0002", keys[1], patient.done(1, pain=8, stopped=True))

    history = await patient.history()
    left = remaining(session, items, history, lambda p: None if p.id == "squat-0003" else p.dose)

    assert left == ()


async def test_an_ended_session_is_not_resumed_even_if_its_note_stayed(patient: Patient) -> None:
    session = await patient.log.start_session(program(1), TODAY, 1)
    note = await patient.store.meta("session")
    await patient.log.end_session(session, 0)
    assert await patient.log.resume() is None

    await patient.store.set_meta({"session": note})

    assert await patient.log.resume() is None


async def test_ending_a_session_is_done_once_even_if_its_note_cannot_be_taken_away(patient: Patient) -> None:
    session = await patient.log.start_session(program(1), TODAY, 1)
    flush = patient.device.flush

    async def fail_from_the_second_on() -> None:
        patient.device.refuses = patient.device.flushes > before
        await flush()

    before = patient.device.flushes
    patient.device.flush = fail_from_the_second_on  # type: ignore[method-assign]

    await patient.log.end_session(session, 2)

    assert patient.device.refuses
    assert len(await ends(patient)) == 1
    assert await patient.log.resume() is None


async def test_a_session_left_open_is_over_at_three_in_the_morning(patient: Patient) -> None:
    session = await patient.log.start_session(program(1), TODAY, 1)

    patient.now = datetime.fromisoformat("2026-11-23T07:59:59Z")
    assert await patient.log.resume() == session
    patient.now = datetime.fromisoformat("2026-11-23T08:00:00Z")
    assert await patient.log.resume() is None


async def test_a_session_after_midnight_belongs_to_the_evening_before(patient: Patient) -> None:
    patient.now = datetime.fromisoformat("2026-11-23T06:30:00Z")

    session = await patient.log.start_session(program(1), TODAY, 1)
    await patient.log.log_set(session, "squat-0001", KEY, patient.done(1))
    await patient.log.end_session(session, 1)

    assert session.live
    (end,) = await ends(patient)
    assert (end.on, end.provenance) == (TODAY, Provenance.LIVE_TIMED)


@pytest.mark.parametrize(
    ("on", "timed", "expected"),
    [
        (TODAY, True, Provenance.LIVE_TIMED),
        (TODAY, False, Provenance.SAME_DAY),
        (TODAY - timedelta(days=1), True, Provenance.BACK_FILLED),
    ],
)
async def test_how_a_session_came_to_be_recorded_is_decided_by_rule(
    patient: Patient, on: date, timed: bool, expected: Provenance
) -> None:
    session = await patient.log.start_session(program(1), on, 1)
    times = {} if timed else {"started_at": None, "ended_at": None}
    await patient.log.log_set(session, "squat-0001", ItemKey.dated("squat-0001", on, 1), patient.done(1, **times))

    await patient.log.end_session(session, None)

    (end,) = await ends(patient)
    assert (end.provenance, end.on) == (expected, on)


async def test_a_session_without_a_single_set_is_not_called_live(patient: Patient) -> None:
    session = await patient.log.start_session(program(1), TODAY, 1)
    await patient.log.skip_items(session, [KEY], SkipReason.UNWELL, "Fever")

    await patient.log.end_session(session, None)

    assert [end.provenance for end in await ends(patient)] == [Provenance.SAME_DAY]


async def test_a_correction_changes_what_counts_and_keeps_the_rest_word_for_word(patient: Patient) -> None:
    session = await patient.log.start_session(program(1), TODAY, 1)
    await patient.log.log_set(session, "squat-0001", KEY, patient.done(1))
    (row,) = (await patient.history()).rows
    body = await patient.store.body(row.id)
    assert body is not None
    other_phone = body | {"grip": "narrow"}
    await patient.store.absorb([change(5, "set_log", "set-other", other_phone)], cursor="c2", epoch=1)
    target = next(r for r in (await patient.history()).rows if r.id == "set-other")

    first = await patient.log.correct(target, {"reps": 8})
    target = next(r for r in (await patient.history()).rows if r.id == "set-other")
    second = await patient.log.correct(target, {"pain": 5})

    corrected = next(r for r in (await patient.history()).rows if r.id == "set-other")
    assert isinstance(corrected.fact, SetLog)
    assert (corrected.fact.reps, corrected.fact.pain) == (8, 5)
    for id_ in (first, second):
        kept = await patient.store.body(id_)
        assert kept is not None
        assert kept["body"]["grip"] == "narrow"


async def test_an_impossible_correction_is_refused_and_nothing_is_kept(patient: Patient) -> None:
    session = await patient.log.start_session(program(1), TODAY, 1)
    await patient.log.log_set(session, "squat-0001", KEY, patient.done(1))
    (row,) = (await patient.history()).rows

    with pytest.raises(Refused, match="0 to 10"):
        await patient.log.correct(row, {"pain": 11})

    assert len(await patient.store.facts()) == 1


async def test_a_withdrawn_set_counts_no_more(patient: Patient) -> None:
    session = await patient.log.start_session(program(1), TODAY, 1)
    await patient.log.log_set(session, "squat-0001", KEY, patient.done(1))
    (row,) = (await patient.history()).rows

    await patient.log.retract(row)

    assert (await patient.history()).rows == ()


async def test_everything_beside_sessions_is_recorded_too(patient: Patient) -> None:
    yesterday = TODAY - timedelta(days=1)
    await patient.log.check_in(2, yesterday, stiffness_min=10)
    await patient.log.acknowledge(program(1))
    await patient.log.raise_red_flag("chest_pain")
    await patient.log.pause(TODAY, TODAY + timedelta(days=3), SkipReason.AWAY)
    await patient.log.message("My knee clicks.")
    await patient.log.set_preference("slot_1", "08:00")

    assert {row.kind for row in await patient.store.facts()} == {
        Kind.CHECK_IN,
        Kind.ACKNOWLEDGEMENT,
        Kind.RED_FLAG,
        Kind.PAUSE,
        Kind.MESSAGE,
        Kind.PREFERENCE,
    }
    assert all(row.fact.on == TODAY for row in await patient.store.facts())


async def test_the_newest_preference_of_a_name_wins(patient: Patient) -> None:
    for value in ("08:00", "09:30"):
        await patient.log.set_preference("slot_1", value)
    await patient.log.set_preference("text_size", "large")

    assert preferences((await patient.history()).rows) == {"slot_1": "09:30", "text_size": "large"}


async def test_a_tap_that_could_not_be_kept_says_so_and_can_be_tried_again(patient: Patient) -> None:
    session = await patient.log.start_session(program(1), TODAY, 1)
    patient.device.refuses = True
    with pytest.raises(NotSaved, match="room") as refused:
        await patient.log.log_set(session, "squat-0001", KEY, patient.done(1))
    assert patient.saved == 0

    patient.device.refuses = False
    await patient.log.save(refused.value.rows)
    await patient.log.save(refused.value.rows)

    assert len((await patient.history()).sets_by_item[KEY]) == 1


async def test_an_impossible_set_is_refused_before_it_is_kept(patient: Patient) -> None:
    session = await patient.log.start_session(program(1), TODAY, 1)

    with pytest.raises(Refused, match="0 to 10"):
        await patient.log.log_set(session, "squat-0001", KEY, patient.done(1, pain=12))
    with pytest.raises(Refused, match="another exercise"):
        await patient.log.log_set(session, "squat-0009", KEY, patient.done(1))

    assert await patient.store.facts() == ()


async def test_a_damaged_note_about_the_session_is_as_none(patient: Patient) -> None:
    for text in ("{", "[]", '{"id": 1}'):
        await patient.store.set_meta({"session": text})

        assert await patient.log.resume() is None


async def test_leaving_a_session_keeps_its_sets(patient: Patient) -> None:
    session: OpenSession = await patient.log.start_session(program(1), TODAY, 1)
    await patient.log.log_set(session, "squat-0001", KEY, patient.done(1))

    await patient.log.leave_session()

    assert await patient.log.resume() is None
    assert len((await patient.history()).sets_by_item[KEY]) == 1


async def test_a_store_is_needed_only_once_for_a_day_of_taps(patient: Patient) -> None:
    store: Store = patient.store
    flushes = patient.device.flushes

    session = await patient.log.start_session(program(1), TODAY, 1)
    await patient.log.skip_items(session, [KEY, ItemKey.dated("squat-0002", TODAY, 1)], SkipReason.FORGOT)

    assert patient.device.flushes - flushes == 2
    assert (await store.queue()).unsent == 2
