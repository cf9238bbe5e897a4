"""What the screen "Reminders" says, and which card about reminders Today shows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta

from app.patient.log import preferences
from app.patient.snapshot import Snapshot
from app.strings import words
from hep.days import zone
from hep.reaching import MyReminders, SentView
from hep.reminding import Reminding, silent_days, taper_offered
from hep.reminding.choices import TAPER, with_anchor
from hep.reminding.clock import is_quiet
from hep.reminding.lapse import QUESTION_DAYS, STOP_DAYS
from hep.schedule import due_items

HINT, ANSWERED = "remind.hint", "remind.answered"
"""Settings: the hint was seen; the ISO date on which the question about days without an entry was answered."""

Change = Callable[[Reminding], Reminding]

_WEEK = 7


@dataclass(frozen=True, slots=True)
class SlotView:
    """One session of the day: its time, the days it is due on, and whether that time lies in the quiet hours."""

    slot: int
    wall: time
    name: str
    days: str
    quiet: bool


@dataclass(frozen=True, slots=True)
class SentLine:
    """One message of the last days: when, by what, and what became of it."""

    when: str
    way: str
    state: str


def chosen(snapshot: Snapshot) -> dict[str, str]:
    """The newest value of each setting."""
    return snapshot.once("preferences", lambda: preferences(snapshot.history.rows))


def reminding(snapshot: Snapshot) -> Reminding:
    """What was chosen about reminders."""
    return snapshot.once("reminding", lambda: Reminding.of(chosen(snapshot)))


def slots(snapshot: Snapshot) -> tuple[SlotView, ...]:
    """The sessions of the days from today on; one that is not planned yet is the first."""
    days = [snapshot.today + timedelta(days=n) for n in range(_WEEK)]
    by_slot: dict[int, set[int]] = {}
    for on in days:
        for item in due_items(snapshot.history, on):
            by_slot.setdefault(item.slot, set()).add(on.isoweekday())
    count = max(by_slot, default=1)
    found = reminding(snapshot)
    return tuple(
        _slot(found, slot, count, words.days_of(sorted(weekdays), words.weekdays) if weekdays else words.any_day)
        for slot, weekdays in sorted({1: by_slot.get(1, set()), **by_slot}.items())
    )


def _slot(found: Reminding, slot: int, count: int, days: str) -> SlotView:
    wall = found.anchor(slot, count)
    return SlotView(slot, wall, words.part_of_day(wall), days, is_quiet(wall, found))


def at_time(slot: int, count: int, wall: time) -> Change:
    """The choice of a slot's time."""
    return lambda before: with_anchor(before, slot, count, wall)


def recent(snapshot: Snapshot, mine: MyReminders | None) -> tuple[SentLine, ...]:
    """What was sent lately, newest first."""
    return tuple(_line(snapshot, sent) for sent in mine.recent) if mine else ()


def _line(snapshot: Snapshot, sent: SentView) -> SentLine:
    local = sent.at.astimezone(zone(snapshot.zone))
    return SentLine(
        when=words.moment(local, snapshot.now.astimezone(zone(snapshot.zone)).date(), words.weekdays),
        way=words.way_names.get(sent.kind, sent.kind),
        state=words.recent_states.get(sent.state, sent.state),
    )


def hints(snapshot: Snapshot) -> bool:
    """Whether Today mentions reminders: once, after the first finished session, until it was answered."""
    settings = chosen(snapshot)
    touched = any(name.startswith("remind.") for name in settings)
    return bool(snapshot.history.session_ends) and not touched


def asks_why(snapshot: Snapshot) -> int:
    """Days without an entry that Today asks about, 0 for none: from the fourth day on, once in a lapse."""
    lately = snapshot.today - timedelta(days=QUESTION_DAYS)
    if snapshot.version is None or any(on > lately for on in snapshot.history.sets_by_date):
        return 0
    days = snapshot.once("silent", lambda: silent_days(snapshot.history, snapshot.now))
    answered = _date(chosen(snapshot).get(ANSWERED, ""))
    asked_already = answered is not None and answered > snapshot.today - timedelta(days=min(days, STOP_DAYS))
    return days if days >= QUESTION_DAYS and not asked_already else 0


def offers_fewer(snapshot: Snapshot) -> bool:
    """Whether Today offers fewer reminders."""
    return snapshot.once("taper", lambda: taper_offered(snapshot.history, chosen(snapshot), snapshot.now))


def answered_taper(snapshot: Snapshot) -> tuple[str, str]:
    """The setting that says the offer was answered today."""
    return TAPER, snapshot.today.isoformat()


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
