"""The precaution engine: what a patient carries, held against what an exercise is flagged with.

Knows flags only. It never reads a diagnosis and never decides: a warning is the therapist's to accept with a
written reason (`Override`), a block cannot be accepted.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from hep.records import Exercise, Prescription, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One precaution of an exercise that the patient carries; `text` is a sentence for the therapist."""

    flag: str
    severity: Severity
    text: str


def flag_words(flag: str) -> str:
    """A flag as words: `hip_precautions` is "hip precautions"."""
    return _WORDS.get(flag, flag.replace("_", " "))


def known_flags(exercises: Iterable[Exercise]) -> frozenset[str]:
    """Every flag there is: those of these exercises, and those that have words of their own."""
    return frozenset(_WORDS) | {flag.flag for exercise in exercises for flag in exercise.flags}


def findings(exercise: Exercise, patient_flags: Iterable[str]) -> tuple[Finding, ...]:
    """The patient's flags that this exercise is flagged with: blocks first, then in the exercise's order."""
    carried = set(patient_flags)
    found = [
        Finding(flag=flag.flag, severity=flag.severity, text=_text(exercise, flag.flag, flag.severity))
        for flag in exercise.flags
        if flag.flag in carried
    ]
    return tuple(sorted(found, key=lambda finding: finding.severity is not Severity.BLOCK))


def open_findings(prescription: Prescription, patient_flags: Iterable[str]) -> tuple[Finding, ...]:
    """The findings not accepted in writing: every block, and each warning without an override of its flag."""
    accepted = {override.flag for override in prescription.overrides}
    return tuple(
        finding
        for finding in findings(prescription.exercise, patient_flags)
        if finding.severity is Severity.BLOCK or finding.flag not in accepted
    )


def _text(exercise: Exercise, flag: str, severity: Severity) -> str:
    if severity is Severity.BLOCK:
        return f"{exercise.name} is not for patients with: {flag_words(flag)}. {exercise.precaution}"
    return f"{exercise.name} needs your review with: {flag_words(flag)}. {exercise.precaution}"


_WORDS = {
    "acl_early": "early ACL reconstruction",
    "achilles_postop": "Achilles surgery",
    "ankle_postop": "ankle surgery",
    "cardiac": "heart condition",
    "dizzy": "dizziness",
    "falls_risk": "risk of falls",
    "hamstring_graft": "hamstring graft",
    "hand_postop": "hand surgery",
    "hypertension_isometric": "high blood pressure (static holds)",
    "kneeling_intolerant": "trouble kneeling",
    "neck_postop": "neck surgery",
    "nwb": "no weight bearing",
    "prone_intolerant": "trouble lying face down",
    "shoulder_postop": "shoulder surgery",
    "spine_postop": "spine surgery",
    "stenosis": "spinal stenosis",
    "supine_pregnancy": "pregnancy (lying on the back)",
    "ue_postop": "arm surgery",
    "vascular_neck": "vascular neck signs",
}
