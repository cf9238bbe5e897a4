"""What the program tab says: what is in force, and how it came to be."""

from dataclasses import dataclass

from app.patient.snapshot import Snapshot
from app.patient.views.changes import changes_of
from app.strings import words
from hep.phrases import schedule_text
from hep.records import Prescription, ProgramVersion


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version: its name, author, reason and differences from the one before."""

    name: str
    by: str
    reason: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProgramView:
    """The program in force with its history, newest first."""

    version: ProgramVersion | None
    goals: tuple[str, ...]
    history: tuple[VersionLine, ...]


def program_view(snapshot: Snapshot) -> ProgramView:
    """The version in force and every version up to it."""
    current = snapshot.version
    if current is None:
        return ProgramView(None, (), ())
    versions = [v for v in snapshot.history.versions if v.version <= current.version]
    pairs = zip(versions, [None, *versions[:-1]], strict=True)
    lines = tuple(_line(new, old) for new, old in pairs)
    return ProgramView(current, tuple(goal.text for goal in current.goals), lines[::-1])


def _line(version: ProgramVersion, before: ProgramVersion | None) -> VersionLine:
    return VersionLine(
        name=words.version(version.version, words.short_day(version.effective_on)),
        by=version.author_name,
        reason=version.reason,
        changes=changes_of(before, version) if before else (),
    )


def schedule_line(prescription: Prescription) -> str:
    """How often."""
    return schedule_text(prescription.schedule)
