"""When it goes well: the app offers to remind less. An offer, shown in the app; nothing changes by itself."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from hep.adherence import ON_TRACK_PERCENT, sessions
from hep.days import local_on
from hep.history import History
from hep.reminding.choices import TAPER, Reminding

TAPER_DAYS = 14
"""So many days in a row have to go well, and so many pass after an answer. Source: ours (reminders, design 4)."""


def taper_offered(history: History, preferences: Mapping[str, str], now: datetime) -> bool:
    """Whether fewer reminders are to be offered: sessions of the last 14 ended days at 80% or more, and something
    there to have less of. Not within 14 days of the last answer, not before 14 days of the program.
    """
    reminding, today = Reminding.of(preferences), local_on(now, history.zone)
    first, last = today - timedelta(days=TAPER_DAYS), today - timedelta(days=1)
    if not reminding.on or not (reminding.follow_up or reminding.most_per_day > 1):
        return False
    if _answered_since(preferences.get(TAPER, ""), first) or history.version_on(first) is None:
        return False
    rate = sessions(history, first, last, now).rate
    return rate is not None and rate * 100 >= ON_TRACK_PERCENT


def _answered_since(text: str, first: date) -> bool:
    try:
        return date.fromisoformat(text) >= first
    except ValueError:
        return False
