"""The one notice that a program changed, however often the therapist published meanwhile.

Refuses to announce the program a patient begins with, one that was seen already, and one that ended.
"""

from datetime import datetime, time, timedelta

from hep.days import local_on, window_end
from hep.records import ProgramState, ProgramVersion
from hep.reminding.choices import Reminding
from hep.reminding.clock import held, instant
from hep.reminding.due import WHOLE_DAY, Due, Purpose
from hep.reminding.wanted import Wanted

BUNDLE = timedelta(hours=2)
"""A notice waits so long after the last publication, so that several make one. Source: ours."""

FROM = time(8)
"""The earliest hour of the day a version takes effect on at which it is announced. Source: ours."""


def change_notice(wanted: Wanted, zone: str, reminding: Reminding) -> Due | None:
    """The notice of the version published last, unless the patient has seen it; None on days away."""
    version = _unseen(wanted)
    if version is None:
        return None
    at = held(_earliest(version, zone), reminding, zone)
    on = local_on(at, zone)
    if wanted.history.paused_on(on):
        return None
    return Due(on, WHOLE_DAY, Purpose.PROGRAM_CHANGED, at, window_end(on, zone))


def _earliest(version: ProgramVersion, zone: str) -> datetime:
    return max(version.published_at + BUNDLE, instant(version.effective_on, FROM, zone))


def _unseen(wanted: Wanted) -> ProgramVersion | None:
    versions = wanted.versions
    if not versions or versions[-1].state is not ProgramState.ACTIVE:
        return None
    last, history = versions[-1], wanted.history
    seen = {(entry.fact.program_id, entry.fact.version) for entry in history.acknowledgements}
    has_begun = bool(seen or history.sets)
    if not has_begun or (last.program_id, last.version) in seen or len(versions) == 1:
        return None
    return last
