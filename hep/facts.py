"""What a phone records: facts that are never edited. A correction is a new fact, a withdrawal a tombstone.

`read` turns a stored body into its fact; the caller keeps the body verbatim, so that fields a newer app added
survive. Instants are the device's own and only ever described, never used for order.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, ClassVar

from hep import codec
from hep.days import iso_week, week_dates
from hep.problems import Refused, check, check_text
from hep.records import Load, Side

EARLIEST_YEAR, LATEST_YEAR = 2000, 2100
"""Instants and dates outside these years (both inclusive from 2000 to 2099) are refused (decisions 6)."""


ITEM_KEY = r"([^|]{1,80})\|(" + codec.YEAR + r"-(?:W[0-9]{2}|[0-9]{2}-[0-9]{2}))\|([0-9]{1,3})"
"""How a planned item is written, as a regular expression."""

_WRITTEN_KEY = re.compile(ITEM_KEY)


class Kind(StrEnum):
    """The kinds of row a phone writes."""

    SET_LOG = "set_log"
    ITEM_SKIP = "item_skip"
    SESSION_END = "session_end"
    CHECK_IN = "check_in"
    CORRECTION = "correction"
    RETRACTION = "retraction"
    ACKNOWLEDGEMENT = "acknowledgement"
    RED_FLAG = "red_flag"
    PREFERENCE = "preference"
    PAUSE = "pause"
    MESSAGE = "message"


CORRECTABLE = (Kind.SET_LOG, Kind.ITEM_SKIP, Kind.SESSION_END, Kind.CHECK_IN)


class SkipReason(StrEnum):
    """Why an item was not done, in the patient's choice of words (barrier-coded)."""

    PAIN = "pain"
    NO_TIME = "no_time"
    FORGOT = "forgot"
    NO_EQUIPMENT = "no_equipment"
    UNSURE_HOW = "unsure_how"
    UNWELL = "unwell"
    AWAY = "away"


class Provenance(StrEnum):
    """How a session came to be recorded; shown beside every share of the data."""

    LIVE_TIMED = "live_timed"
    SAME_DAY = "same_day"
    BACK_FILLED = "back_filled"
    PAPER = "paper"


class Sign(StrEnum):
    """Signs that a pain rule asks for besides the number (clinical-rules, own signs)."""

    TINGLING_LASTS = "tingling_lasts"
    MOVING_DOWN = "moving_down"
    DIZZINESS_STAYS = "dizziness_stays"


@dataclass(frozen=True, slots=True, order=True)
class ItemKey:
    """Identity of a planned item: (prescription, local date, slot) or, floating, (prescription, ISO week, n).

    `when` is an ISO date or an ISO week, `n` counts from 1. Written `prescription|2026-11-22|1`.
    """

    prescription_id: str
    when: str
    n: int

    def __str__(self) -> str:
        return f"{self.prescription_id}|{self.when}|{self.n}"

    @property
    def floating(self) -> bool:
        """True when the item belongs to a week and not to a date."""
        return "W" in self.when

    @property
    def on(self) -> date | None:
        """The local date of a dated item, None for a floating one."""
        return None if self.floating else date.fromisoformat(self.when)

    @property
    def week(self) -> str:
        """The ISO week the item lies in, as `2026-W47`."""
        return self.when if self.floating else iso_week(date.fromisoformat(self.when))

    @classmethod
    def dated(cls, prescription_id: str, on: date, slot: int) -> "ItemKey":
        """The key of a slot (1 …) of a local date."""
        return cls(prescription_id, on.isoformat(), slot)

    @classmethod
    @lru_cache(maxsize=8192)
    def parse(cls, text: str) -> "ItemKey":
        """Read the written form. Raises `Refused` (`item_invalid`) for any other text."""
        refused = Refused("item_invalid", "An entry names no planned exercise. Update the app and try again.")
        parts = _WRITTEN_KEY.fullmatch(text)
        if parts is None:
            raise refused
        try:
            first = week_dates(parts[2])[0] if "W" in parts[2] else date.fromisoformat(parts[2])
        except ValueError:
            raise refused from None
        if not EARLIEST_YEAR <= first.year < LATEST_YEAR:
            raise refused
        return cls(parts[1], parts[2], int(parts[3]))


def _check_instant(value: datetime | None) -> None:
    ok = value is None or EARLIEST_YEAR <= value.year < LATEST_YEAR
    check(ok, "time_out_of_range", "A time lies outside 2000 to 2100. Check the device's clock.")


def _check_date(value: date | None) -> None:
    ok = value is None or EARLIEST_YEAR <= value.year < LATEST_YEAR
    check(ok, "time_out_of_range", "A date lies outside 2000 to 2100. Check the device's clock.")


def _check_pain(value: int | None) -> None:
    check(value is None or 0 <= value <= 10, "pain_out_of_range", "Pain is a whole number from 0 to 10.")


_USABLE_ID = re.compile(r"[\w:-]{8,64}")
"""Letters and digits of any script, and - : _; 8 to 64 of them."""


def _check_id(value: str | None) -> None:
    ok = value is None or _USABLE_ID.fullmatch(value) is not None
    check(ok, "id_invalid", "An entry carries an id that cannot be used. Update the app and try again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What every row carries: the device's instant and zone, the local date it decided, and its own counter."""

    kind: ClassVar[Kind]
    at: datetime
    zone: str
    on: date
    session_id: str | None = None
    device_seq: int = 0

    def __post_init__(self) -> None:
        _check_instant(self.at)
        _check_date(self.on)
        _check_id(self.session_id)
        ok = 0 < len(self.zone) <= 64 and self.zone.isascii() and self.zone.isprintable()
        check(ok, "zone_unknown", "The time zone is not known. Check the device's settings.")
        check(0 <= self.device_seq < 2**53, "invalid", "An entry's counter is out of range.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLog(Fact):
    """One set as done. `planned` None: an extra set. `seconds` for holds and timed work. `stopped`: pain ended it."""

    kind: ClassVar[Kind] = Kind.SET_LOG
    program_id: str
    version: int
    prescription_id: str
    planned: str | None
    set_index: int
    side: Side | None = None
    reps: int | None = None
    seconds: int | None = None
    load: Load | None = None
    pain: int | None = None
    effort: int | None = None
    signs: tuple[Sign, ...] = ()
    lost_balance: bool = False
    stopped: bool = False
    started_at: datetime | None = None
    ended_at: datetime | None = None

    def __post_init__(self) -> None:
        Fact.__post_init__(self)
        _check_id(self.program_id)
        _check_id(self.prescription_id)
        if self.planned is not None:
            check(
                ItemKey.parse(self.planned).prescription_id == self.prescription_id,
                "item_invalid",
                _OTHER_ITEM,
            )
        check(1 <= self.version <= 100_000, "version_unknown", "An entry names no version of the program.")
        check(1 <= self.set_index <= 50, "set_out_of_range", "A set's number lies between 1 and 50.")
        for count, most in ((self.reps, 1000), (self.seconds, 36_000)):
            check(count is None or 0 <= count <= most, "work_out_of_range", _WORK)
        check(self.reps is not None or self.seconds is not None, "work_out_of_range", _WORK)
        check(self.side is not Side.BOTH, "side_invalid", "A set is done on one side: log each side.")
        _check_pain(self.pain)
        check(self.effort is None or 0 <= self.effort <= 10, "effort_out_of_range", "Effort is 0 to 10.")
        check(len(set(self.signs)) == len(self.signs), "invalid", "A set names each sign once.")
        _check_instant(self.started_at)
        _check_instant(self.ended_at)


_OTHER_ITEM = "An entry names another exercise's planned item. Update the app and try again."
_WORK = "A set has 0 to 1,000 repetitions or 0 to 36,000 seconds."


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSkip(Fact):
    """A planned item that was not done, and why."""

    kind: ClassVar[Kind] = Kind.ITEM_SKIP
    program_id: str
    version: int
    prescription_id: str
    planned: str
    reason: SkipReason
    note: str | None = None

    def __post_init__(self) -> None:
        Fact.__post_init__(self)
        _check_id(self.program_id)
        _check_id(self.prescription_id)
        check(ItemKey.parse(self.planned).prescription_id == self.prescription_id, "item_invalid", _OTHER_ITEM)
        check(1 <= self.version <= 100_000, "version_unknown", "An entry names no version of the program.")
        if self.note is not None:
            check_text("note", self.note, 500)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnd(Fact):
    """The end of a session: pain after (0–10), how it was recorded, and the caregiver who logged it, if one did."""

    kind: ClassVar[Kind] = Kind.SESSION_END
    pain_after: int | None
    provenance: Provenance
    started_at: datetime | None = None
    ended_at: datetime | None = None
    short_version: bool = False
    caregiver: str | None = None
    slot: int | None = None

    def __post_init__(self) -> None:
        Fact.__post_init__(self)
        check(self.session_id is not None, "invalid", "The end of a session names its session.")
        _check_pain(self.pain_after)
        _check_instant(self.started_at)
        _check_instant(self.ended_at)
        check(self.slot is None or 1 <= self.slot <= 8, "invalid", "A slot lies between 1 and 8.")
        if self.caregiver is not None:
            check_text("caregiver's name", self.caregiver, 80)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn(Fact):
    """The next-morning answer: pain 0–10 and stiffness minutes, about all sessions of the date `about_on`."""

    kind: ClassVar[Kind] = Kind.CHECK_IN
    pain: int
    about_on: date
    stiffness_min: int | None = None

    def __post_init__(self) -> None:
        Fact.__post_init__(self)
        _check_pain(self.pain)
        _check_date(self.about_on)
        ok = self.stiffness_min is None or 0 <= self.stiffness_min <= 1440
        check(ok, "stiffness_out_of_range", "Stiffness is 0 to 1,440 minutes.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction(Fact):
    """A new body for the row `target_id` of kind `corrects` (or for an earlier correction of it)."""

    kind: ClassVar[Kind] = Kind.CORRECTION
    target_id: str
    corrects: Kind
    body: dict[str, Any] = field(hash=False)

    def __post_init__(self) -> None:
        Fact.__post_init__(self)
        _check_id(self.target_id)
        check(
            self.corrects in CORRECTABLE,
            "correction_invalid",
            "Only sets, skips, session ends and morning answers can be corrected.",
        )
        read(self.corrects, self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraction(Fact):
    """A tombstone: the row `target_id`, with all its corrections, counts no more."""

    kind: ClassVar[Kind] = Kind.RETRACTION
    target_id: str

    def __post_init__(self) -> None:
        Fact.__post_init__(self)
        _check_id(self.target_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement(Fact):
    """The patient has seen this version of the program."""

    kind: ClassVar[Kind] = Kind.ACKNOWLEDGEMENT
    program_id: str
    version: int

    def __post_init__(self) -> None:
        Fact.__post_init__(self)
        _check_id(self.program_id)
        check(1 <= self.version <= 100_000, "version_unknown", "An entry names no version of the program.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag(Fact):
    """A stop sign the patient said yes to; it locks `family` (None: the whole program) until it is cleared."""

    kind: ClassVar[Kind] = Kind.RED_FLAG
    sign: str
    family: str | None = None
    prescription_id: str | None = None

    def __post_init__(self) -> None:
        Fact.__post_init__(self)
        check_text("sign", self.sign, 80)
        if self.family is not None:
            check_text("family", self.family, 80)
        _check_id(self.prescription_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference(Fact):
    """A setting the patient chose, such as the time of a slot; the newest of a name wins."""

    kind: ClassVar[Kind] = Kind.PREFERENCE
    name: str
    value: str

    def __post_init__(self) -> None:
        Fact.__post_init__(self)
        check_text("name", self.name, 40)
        check_text("value", self.value, 200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Fact):
    """Days away: nothing is due from `from_on` to `until_on`, both inclusive."""

    kind: ClassVar[Kind] = Kind.PAUSE
    from_on: date
    until_on: date
    reason: SkipReason

    def __post_init__(self) -> None:
        Fact.__post_init__(self)
        _check_date(self.from_on)
        _check_date(self.until_on)
        check(self.from_on <= self.until_on, "pause_invalid", "The last day lies before the first.")
        check((self.until_on - self.from_on).days <= 366, "pause_invalid", "A pause lasts a year at the most.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Fact):
    """A few words to the clinic."""

    kind: ClassVar[Kind] = Kind.MESSAGE
    text: str

    def __post_init__(self) -> None:
        Fact.__post_init__(self)
        check_text("message", self.text, 2000)


FACTS: dict[Kind, type[Fact]] = {
    cls.kind: cls
    for cls in (
        SetLog,
        ItemSkip,
        SessionEnd,
        CheckIn,
        Correction,
        Retraction,
        Acknowledgement,
        RedFlag,
        Preference,
        Pause,
        Message,
    )
}


def read(kind: Kind, body: dict[str, Any]) -> Fact:
    """The fact in a row's body. Raises `Refused` with a stable code; unknown fields are ignored, not lost."""
    return codec.load(FACTS[kind], body)
