"""What a due reminder is: its identity, and from when until when it may be sent."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

WHOLE_DAY = 0
"""The slot of a reminder that belongs to a date and not to one of its sessions."""


class Purpose(StrEnum):
    """Why a reminder is sent. Offers to remind less are shown in the app and are none."""

    SESSION = "session"
    FOLLOW_UP = "follow_up"
    MORNING = "morning"
    LAPSE_GENTLE = "lapse_gentle"
    LAPSE_QUESTION = "lapse_question"
    PROGRAM_CHANGED = "program_changed"
    TEST = "test"


FOR_A_SESSION = frozenset({Purpose.SESSION, Purpose.LAPSE_GENTLE, Purpose.LAPSE_QUESTION})
"""The purposes that ask for a session of a slot; one of them takes the place of another."""


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder of a patient. Its identity is (`on`, `slot`, `purpose`); the instants may move.

    `on`: the local date it belongs to. `slot`: 1 … of a session, 0 for the whole day. `at`: the first instant (UTC) to
    send it; `until`: from this instant on (exclusive) it is worth nothing.
    """

    on: date
    slot: int
    purpose: Purpose
    at: datetime
    until: datetime

    @property
    def identity(self) -> tuple[date, int, Purpose]:
        """What makes it this reminder and no other of the patient."""
        return (self.on, self.slot, self.purpose)
