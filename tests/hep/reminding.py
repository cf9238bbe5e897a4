"""Reminders as a person would write them down: `8:30 session 1` instead of instants."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from hep.history import History
from hep.records import Prescription, Schedule
from hep.reminding import Due, Purpose, Reminding, plan
from tests.hep.build import ZONE, prescription

SINCE = date(2026, 1, 1)
DAILY = prescription("rx-daily-1", schedule=Schedule(from_on=SINCE))


def times_a_day(times: int) -> Prescription:
    return prescription("rx-often-1", schedule=Schedule(from_on=SINCE, times_per_day=times))


def times_a_week(times: int, **more: Any) -> Prescription:
    return prescription("rx-float-1", schedule=Schedule(from_on=SINCE, per_week=times), **more)


def told(found: Iterable[Due], zone: str = ZONE) -> list[str]:
    """`8:30 session 1`, in order."""
    return [f"{wall(due.at, zone)} {due.purpose.value} {due.slot}" for due in found]


def wall(at: datetime, zone: str = ZONE) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.hour}:{local.minute:02d}"


def on_day(history: History, on: date, now: datetime, reminding: Reminding | None = None, **more: Any) -> list[str]:
    """What is planned for one date."""
    found = plan(history, history.zone, reminding or Reminding(), now, **more)
    return told((due for due in found if due.on == on), history.zone)


def session_dates(history: History, now: datetime, days: int, reminding: Reminding | None = None) -> list[int]:
    """The days of the month on which a session is asked for."""
    found = plan(history, history.zone, reminding or only_sessions(), now, days)
    return [due.on.day for due in found if due.slot and due.purpose is not Purpose.FOLLOW_UP]


def only_sessions(*walls: str, **more: Any) -> Reminding:
    """Choices with these times of slots 1 … and nothing but sessions."""
    chosen = Reminding(anchors=tuple(map(time.fromisoformat, walls)), follow_up=False, morning=False, most_per_day=3)
    return replace(chosen, **more)
