"""What a new version changes, as the patient reads it: amounts and days, nothing of how the rules work."""

from app.patient.views.common import amount, load_line, side_of
from app.strings import words
from hep.phrases import schedule_text
from hep.prescribing import ChangeKind, difference
from hep.records import Prescription, ProgramVersion


def changes_of(before: ProgramVersion, version: ProgramVersion) -> tuple[str, ...]:
    """Each difference as a sentence."""
    found = []
    for change in difference(before, version):
        old, new = before.prescription(change.prescription_id), version.prescription(change.prescription_id)
        if change.kind is ChangeKind.ADDED and new is not None:
            found.append(words.added_exercise(change.name, amount(new)))
        elif change.kind is ChangeKind.REMOVED:
            found.append(words.removed_exercise(change.name))
        elif old is not None and new is not None:
            found += _changed(old, new)
    return tuple(found)


def _changed(old: Prescription, new: Prescription) -> list[str]:
    name = new.exercise.name
    pairs = [(b, a) for b, a in zip(_aspects(old), _aspects(new), strict=True) if b != a]
    said = []
    if pairs:
        before, after = (", ".join(texts) for texts in zip(*pairs, strict=True))
        said.append(words.changed_exercise(name, before, after))
    if new.note and new.note != old.note:
        said.append(words.new_note(name, new.note))
    return said or [f"{name}: {words.fine_tuned}"]


def _aspects(prescription: Prescription) -> tuple[str, ...]:
    """What a patient would notice, none of it empty."""
    dose = prescription.dose
    return (
        prescription.exercise.name,
        amount(prescription),
        side_of(prescription) or words.no_side,
        load_line(dose.load) or words.no_load,
        words.rest(dose.rest_s),
        schedule_text(prescription.schedule),
    )
