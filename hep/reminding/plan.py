"""The next reminders of a patient, and whether one that is due is still wanted.

A reminder is wanted exactly while the plan, made anew from what is known now, still holds it: there is one set of rules
and no second one for the moment of sending. Refuses to know what a channel did; `sent` tells it what went out.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from hep.days import local_on
from hep.history import History
from hep.reminding.choices import Reminding
from hep.reminding.clock import quiet_end
from hep.reminding.day import GAP, Day
from hep.reminding.due import Due, Purpose
from hep.reminding.lapse import GENTLE_DAYS, Step, steps
from hep.reminding.news import change_notice
from hep.reminding.wanted import Wanted

HORIZON_DAYS = 7
"""How far a plan looks. Source: ours (reminders, design 1)."""


def plan(
    history: History,
    zone: str,
    reminding: Reminding,
    now: datetime,
    days: int = HORIZON_DAYS,
    *,
    sent: Iterable[Due] = (),
    locked: Iterable[str | None] = (),
) -> tuple[Due, ...]:
    """What is to be sent on today's local date and the `days` - 1 after it, by `at`, as if nothing more were logged.

    Holds what can still be sent: `now` < `until`; of what was due within the last two hours, that too. `zone` is the
    device's. `sent`: what went out in the last days (their `at` the instant they were due or sent): it counts for the
    cap and the gap and is not planned again. `locked`: families on hold, None for the whole program. Raises `Refused`
    (`zone_unknown`).
    """
    out = tuple(sent)
    done = {due.identity for due in out}
    found = _planned(Wanted.of(history, locked), zone, reminding, now, days, out)
    return tuple(due for due in found if due.until > now and due.identity not in done)


def still_wanted(
    history: History,
    zone: str,
    reminding: Reminding,
    due: Due,
    now: datetime,
    *,
    sent: Iterable[Due] = (),
    locked: Iterable[str | None] = (),
) -> datetime | None:
    """When to send `due`, asked at its moment: `now`, an instant to come (end of quiet hours, gap), None for never.

    Never: it is over, its session was begun or skipped, days away or a stop sign came between, or the plan has no room
    for it any more. A copy of `due` itself in `sent` does not count, so that each of its channels may be asked about.
    Raises `Refused` (`zone_unknown`).
    """
    if now >= due.until:
        return None
    if due.purpose is Purpose.TEST:
        return now
    others = tuple(each for each in sent if each.identity != due.identity)
    found = _planned(Wanted.of(history, locked), zone, reminding, now, 1, others)
    same = next((each for each in found if each.identity == due.identity), None)
    if same is None or now >= same.until:
        return None
    at = _after_gap(max(same.at, now), others)
    at = quiet_end(at, reminding, zone) or at
    return at if at < same.until else None


def _after_gap(at: datetime, sent: Iterable[Due]) -> datetime:
    return max([at, *(each.at + GAP for each in sent if each.at <= at)])


def _planned(
    wanted: Wanted, zone: str, reminding: Reminding, now: datetime, days: int, sent: tuple[Due, ...]
) -> tuple[Due, ...]:
    """What the rules give for these dates, over or not, and with what was sent left out."""
    if not reminding.on:
        return ()
    today = local_on(now, zone)
    until = today + timedelta(days=days - 1)
    news = change_notice(wanted, zone, reminding)
    ladder = steps(wanted, today, until)
    found: list[Due] = []
    for on, step in sorted(ladder.items()):
        day = Day(on=on, zone=zone, reminding=reminding, sent=sent, before=tuple(found))
        _fill(day, wanted, step, news)
        found += day.chosen
    return tuple(sorted(found, key=lambda due: (due.at, due.slot, due.purpose)))


def _fill(day: Day, wanted: Wanted, step: Step, news: Due | None) -> None:
    sessions = day.add_sessions(wanted.slots(day.on), step)
    if news is not None and news.on == day.on:
        day.add(news)
    if day.reminding.morning and _asks_in_the_morning(wanted.history, day.on):
        day.add_morning()
    if day.reminding.follow_up and step.silent_days < GENTLE_DAYS:
        day.add_follow_ups(sessions)


def _asks_in_the_morning(history: History, on: date) -> bool:
    """Whether a session of the day before waits for its morning answer (see `pain.morning_due`)."""
    before = on - timedelta(days=1)
    return bool(history.sets_by_date.get(before)) and not history.check_ins.get(before)
