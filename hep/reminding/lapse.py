"""The ladder for days without an entry: gentler words, one question, fewer reminders, none.

Counted are days that have ended, from the first on which something was due and nothing was logged. A skip with its
reason is an entry, and so are days away. Refuses to go on reminding where a person is needed. Source of every
number: ours (reminders, design 3).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hep.days import local_on
from hep.history import History
from hep.reminding.due import Purpose
from hep.reminding.wanted import Wanted

GENTLE_DAYS, QUESTION_DAYS, FLAG_DAYS, STOP_DAYS = 2, 4, 7, 14
"""Days without an entry after which the words are gentler, a question is asked, the therapist is told, it ends."""

EVERY_DAYS = 3
"""From the flag on, one reminder in so many days at the most."""

LOOK_BACK_DAYS = 30
"""How far back the beginning of a lapse is looked for, in days: enough for the end of the ladder."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """Where a date stands: the days without an entry before it, and what its first session is asked for with.

    None: nothing is sent for a session on this date.
    """

    silent_days: int
    purpose: Purpose | None


def steps(wanted: Wanted, today: date, until: date) -> dict[date, Step]:
    """The step of each date from `today` to `until` (both inclusive), as if nothing more were logged."""
    found = {on: step for on, step in _climb(wanted, today, until) if on >= today}
    missing = (today + timedelta(days=n) for n in range((until - today).days + 1))
    return {on: found.get(on, Step(0, Purpose.SESSION)) for on in missing}


def silent_days(history: History, now: datetime) -> int:
    """Days without an entry that have ended, 0 while there is none; the therapist is told from `FLAG_DAYS` on."""
    today = local_on(now, history.zone)
    return steps(Wanted.of(history), today, today)[today].silent_days


def _climb(wanted: Wanted, today: date, until: date) -> Iterator[tuple[date, Step]]:
    on, silent = _begin(wanted, today), 0
    said: dict[int, bool] = {}
    last: date | None = None
    while on <= until:
        asks = bool(wanted.slots(on).open)
        step = _step(silent, said, None if last is None else (on - last).days)
        yield on, step
        if asks and step.purpose is not None:
            last = on
            said[_rung(silent)] = True
        if (silent or asks) and not wanted.history.paused_on(on):
            silent += 1
        on += _DAY


def _begin(wanted: Wanted, today: date) -> date:
    """The day after the last entry, today at the latest. Coming back from days away begins anew."""
    history = wanted.history
    entries = [on for on in history.sets_by_date if on <= today]
    entries += [skip.fact.on for skip in history.skips if skip.fact.on <= today]
    entries += [min(pause.until_on, today) for pause in history.pauses if pause.from_on <= today]
    earliest = today - timedelta(days=LOOK_BACK_DAYS)
    return min(max(max(entries, default=earliest) + _DAY, earliest), today)


def _rung(silent: int) -> int:
    return max((days for days in (0, GENTLE_DAYS, QUESTION_DAYS, FLAG_DAYS, STOP_DAYS) if days <= silent), default=0)


def _step(silent: int, said: dict[int, bool], since: int | None) -> Step:
    """`said`: the rungs that were asked with already. `since`: days since the last reminder of a session."""
    rung = _rung(silent)
    if rung == STOP_DAYS or (rung == FLAG_DAYS and since is not None and since < EVERY_DAYS):
        return Step(silent, None)
    own = {GENTLE_DAYS: Purpose.LAPSE_GENTLE, QUESTION_DAYS: Purpose.LAPSE_QUESTION}
    return Step(silent, own.get(rung, Purpose.SESSION) if not said.get(rung) else Purpose.SESSION)
