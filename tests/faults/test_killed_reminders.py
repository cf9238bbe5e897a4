"""Processes that send reminders are killed again and again: all go out, in time, and none twice but a killed one's."""

import os
import time as clocks
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import Engine, func
from sqlmodel import SQLModel, select

from hep.days import window_end
from hep.reminding import Due, Reminding, plan
from server.bulk import insert_many
from server.database import open_database, reading, writing
from server.tables.reminding import Outbox, Reminder
from tests.faults.ticking import KIND, PROCESSES, Senders
from tests.hep.build import Phone, days, version
from tests.hep.reminding import SINCE, times_a_day

FIRST, LAST = date(2026, 3, 5), date(2026, 3, 11)
"""A week in which clocks go forward: on 8 March in most of North America."""


class Run(NamedTuple):
    """So many people in each zone over these dates (both inclusive), and so many deaths."""

    patients: int
    first: date
    last: date
    kills: int


RUNS = {
    "sqlite": Run(10, FIRST, LAST, 24),
    "postgresql": Run(4, date(2026, 3, 7), date(2026, 3, 8), 10),
}
"""REMINDERS_AT_LENGTH=1 makes the whole week on both."""

APART = 8
"""Steps of the clock from one death to the next: nobody holds a message twice.

Half of them come at any time, half between handing a message over and marking it.
"""

GRACE = timedelta(minutes=3)
"""The spread, and for what a killed process held the rest of its lease."""

MOMENT = timedelta(seconds=21)
"""After a reminder is due, all of its instant have had their moment of the spread."""

ZONES = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Halifax",
    "America/St_Johns",
    "America/Havana",
    "America/Toronto",
    "America/Winnipeg",
    "America/Edmonton",
    "America/Vancouver",
    "America/Boise",
    "America/Detroit",
    "America/Port-au-Prince",
    "America/Nassau",
    "America/Tijuana",
    "Atlantic/Bermuda",
    "America/Adak",
    "America/Miquelon",
    "America/Phoenix",
    "America/Puerto_Rico",
    "America/Bogota",
    "America/Lima",
    "America/Sao_Paulo",
    "America/Santiago",
    "America/Mexico_City",
    "Pacific/Honolulu",
    "Pacific/Pago_Pago",
    "Pacific/Kiritimati",
    "Pacific/Chatham",
    "Pacific/Auckland",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Australia/Eucla",
    "Asia/Tokyo",
    "Asia/Shanghai",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Asia/Dubai",
    "Asia/Jerusalem",
    "Africa/Nairobi",
    "Africa/Lagos",
    "Africa/Casablanca",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Lisbon",
    "Atlantic/Azores",
    "America/Nuuk",
]


def test_all_reminders_of_a_week_arrive_whatever_dies(database_url: str, tmp_path: Path) -> None:
    engine = open_database(database_url)
    run = RUNS["sqlite" if os.environ.get("REMINDERS_AT_LENGTH") else engine.dialect.name]
    planned = _store(engine, run)
    assert planned == len(ZONES) * run.patients * 3 * ((run.last - run.first).days + 1)

    senders = Senders(database_url, tmp_path)
    try:
        killed, died = _live_through(engine, senders, run.kills)
    finally:
        senders.end()

    assert killed + died >= run.kills - 2
    with reading(engine) as session:
        messages = session.exec(select(Outbox.id, Outbox.reminder_id, Outbox.due_at, Outbox.sent_at)).all()
        assert set(session.exec(select(Reminder.state)).all()) == {"taken"}
    assert len(messages) == len({(reminder, due_at) for _, reminder, due_at, _ in messages}) == planned
    assert all(sent_at is not None and sent_at - due_at <= GRACE for *_, due_at, sent_at in messages)

    sent = Counter(senders.sent())
    assert sent.keys() == {message for message, *_ in messages}
    assert died <= sum(sent.values()) - planned <= killed + died
    engine.dispose()


def _live_through(engine: Engine, senders: Senders, deaths: int) -> tuple[int, int]:
    """Turn the clock from one reminder to the next. Returns who was killed at any time, and who died of a message."""
    chance = Random(13)
    kills = {number * APART + chance.randrange(3): number for number in range(deaths)}
    killed = died = 0
    for number, at in enumerate(_instants(engine)):
        victim, kill = chance.randrange(PROCESSES), kills.get(number)
        if kill is not None and kill % 2 == 0:
            senders.dies_of_its_next_message(victim)
        senders.cells.now = max(at, senders.cells.now) + MOMENT
        if kill is not None and kill % 2 == 1:
            clocks.sleep(chance.uniform(0, 0.05))
            senders.kill(victim)
            killed += 1
        died += senders.wait()
    return killed, died


def _instants(engine: Engine) -> Iterator[datetime]:
    """When something is due or waits next, as long as anything does."""
    while True:
        with reading(engine) as session:
            due = session.exec(select(func.min(Reminder.due_at)).where(Reminder.state == "planned")).one()
            waiting = session.exec(select(func.min(Outbox.not_before)).where(Outbox.state == "waiting")).one()
        instants = [at for at in (due, waiting) if at is not None]
        if not instants:
            return
        yield min(instants)


@cache
def _plan(zone: str, night: bool) -> tuple[Due, ...]:
    """The week of somebody in that zone who does both sessions of every day."""
    program, phone = times_a_day(2), Phone(zone)
    choices = {"quiet_from": time(0), "quiet_until": time(0)} if night else {}
    walls = (time(2, 30), time(13)) if night else (time(10), time(18))
    reminding = Reminding(anchors=walls, follow_up=False, most_per_day=3, **choices)
    phone.log(program, FIRST - timedelta(days=1), 10, slot=1)
    found: list[Due] = []
    for on in days(FIRST, LAST):
        begins = window_end(on - timedelta(days=1), zone)
        found += plan(phone.history(version(program, effective_on=SINCE)), zone, reminding, begins, days=1)
        for slot in (1, 2):
            phone.log(program, on, 10, slot=slot)
    assert len({due.identity for due in found}) == len(found)
    return tuple(found)


def _store(engine: Engine, run: Run) -> int:
    """The plans of the people of a run, nothing of theirs waiting to be worked out. Returns their number."""
    rows: dict[str, list[dict[str, Any]]] = {"reminder": [], "patient_sync": [], "patient_summary": []}
    rows["reminder_address"] = []
    for number, zone in enumerate(ZONES):
        for each in range(run.patients):
            patient = {"patient_id": f"patient-{number}-{each}"}
            rows["patient_sync"].append(patient)
            rows["patient_summary"].append(patient)
            rows["reminder_address"].append(patient | {"id": f"address-{number}-{each}"})
            rows["reminder"] += (
                patient | _columns(patient["patient_id"], due)
                for due in _plan(zone, number % 2 == 0)
                if run.first <= due.on <= run.last
            )
    with writing(engine) as session:
        for name, made in rows.items():
            table = SQLModel.metadata.tables[name]
            insert_many(session.connection(), table, made, SHARED[name])
    return len(rows["reminder"])


def _columns(patient_id: str, due: Due) -> dict[str, Any]:
    return {
        "id": f"{patient_id} {due.on} {due.slot} {due.purpose.value}"[-64:],
        "on_date": due.on,
        "slot": due.slot,
        "purpose": due.purpose.value,
        "due_at": due.at,
        "until_at": due.until,
    }


def _nothing(name: str) -> dict[str, Any]:
    return {column.name: None for column in SQLModel.metadata.tables[name].columns if column.nullable}


BEFORE = datetime(2026, 3, 1, tzinfo=UTC)
SHARED: dict[str, dict[str, Any]] = {
    "reminder": {"clinic_id": "clinic", "state": "planned", "code": None},
    "patient_sync": _nothing("patient_sync") | {"clinic_id": "clinic", "seq": 0, "epoch": 1, "floor": 0},
    "patient_summary": {
        "clinic_id": "clinic",
        "as_of": BEFORE.date(),
        "computed_at": BEFORE,
        "stale_at": BEFORE + timedelta(days=30),
        "therapist_id": "therapist",
        "rank": 0,
        "row": "{}",
    },
    "reminder_address": _nothing("reminder_address")
    | {"clinic_id": "clinic", "kind": KIND, "address": "{}", "state": "ok", "created_at": BEFORE, "confirm_tries": 0},
}
