"""The words of the caseload and of flags, in one place: from codes and values to a line a therapist reads.

Says what was logged and what to look at, never what is wrong with somebody.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from hep.prescribing import dose_text, load_text
from hep.progression import Verdict, VerdictKind, What
from hep.records import Dose, Exercise, Mode

ORDER = (
    "Order: stop rule, rising pain or two reds, proposals waiting, nothing logged for 5 days, unsure how, "
    "adherence falling or below 50%, no progress for 3 weeks, new message, program not opened, then on track."
)


def count(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many}"


def sign_words(sign: str) -> str:
    """A code as words, where the clinic's card holds no sentence: `calf_hot_swollen` is "calf hot swollen"."""
    return sign.replace("_", " ").strip()


def flag_text(kind: str, evidence: Mapping[str, Any]) -> tuple[str, str]:
    """A flag in words: what it is, and what it rests on."""
    name = str(evidence.get("name", ""))
    if kind == "red_flag":
        family = evidence.get("family")
        locked = (
            f"{sign_words(str(family)).capitalize()} exercises are locked" if family else "All exercises are locked"
        )
        return f"Stop rule: {evidence.get('text') or sign_words(str(evidence.get('sign', '')))}", locked
    if kind == "red_twice":
        return "Too much pain twice in 7 days", name
    if kind == "pain_rising":
        return "Morning pain is rising", "The weekly mean went up two weeks in a row"
    if kind == "plateau":
        return "No progress for 3 weeks", f"{evidence.get('rate_text', '')}, pain about the same"
    if kind == "lapsed":
        return _lapse_text(evidence)
    return "Unsure how, twice", name


def _lapse_text(evidence: Mapping[str, Any]) -> tuple[str, str]:
    since = date.fromisoformat(str(evidence["since"]))
    reminded = "Reminders went out" if evidence.get("reminded") else "No reminder reached them"
    return f"{evidence['days']} days without an entry", f"Since {since:%b} {since.day}. {reminded}"


def dose_and_load(dose: Dose, mode: Mode | None) -> str:
    """A dose in words, with its load: "3 × 12, 3 lb"."""
    words = dose_text(dose, mode)
    return words if dose.load is None else f"{words}, {load_text(dose.load)}"


PATTERNS: dict[str, tuple[str, str]] = {
    "keep_going": ("Keep going", "Doing it, improving"),
    "change_plan": ("Change the plan", "Doing it, not improving"),
    "consider_discharge": ("Consider discharge", "Not doing it, improving"),
    "barriers_first": ("Barriers first", "Not doing it, not improving"),
}
NO_PATTERN = ("No pattern yet", "Too few sessions or morning answers")
ON_HOLD = ("On hold", "No pattern while locked")

HARDER = "Your sets went well and the pain stayed low. This is the next step."
"""What the patient reads as the reason of a step that the therapist accepted without words of their own."""

EASIER = "This was a little too much for now. We take one step back and go on from there."
"""The same of a step back."""

_STEPS = {
    What.REPS: "more reps",
    What.LOAD: "more load",
    What.HOLD: "longer hold",
    What.TIME: "more time",
    What.RUNG: "next exercise or stop",
    What.SETS: "more sets",
    What.REST: "rest",
}


def step_words(verdict: Verdict) -> str:
    """What a proposal would do, in words."""
    if verdict.kind is VerdictKind.REGRESS:
        return "one step back"
    return _STEPS[verdict.what] if verdict.what else "a change"


def proposed(verdict: Verdict, mode: Mode | None, rung: Exercise | None) -> str:
    """What the prescription would be after the step; `rung` is the exercise it names, None for none."""
    if verdict.new is not None:
        return dose_and_load(verdict.new, mode)
    return rung.name if rung else "Stop this exercise"
