"""Drafts and versions: what is missing before a program may be published, what a new version changes, and in words.

A published version is never edited: `revise` makes the next one. Refuses to publish on its own: the caller asks
`gaps` first and shows `warnings` to the therapist.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import chain

from hep.burden import (
    crowded_pairs,
    is_heavy,
    prescribed_weekly_minutes,
    prescription_seconds,
    session_minutes,
    sessions_a_week,
    weekly_minutes,
)
from hep.phrases import (
    dose_text,
    load_text,
    name_text,
    schedule_text,
    seconds_text,
    sentence,
    side_text,
)
from hep.precautions import open_findings
from hep.problems import Refused, check_text
from hep.records import (
    Dose,
    Goal,
    Intent,
    Laterality,
    Mode,
    Prescription,
    ProgramState,
    ProgramVersion,
    Severity,
)

__all__ = [
    "PRECAUTION",
    "Change",
    "ChangeKind",
    "Draft",
    "Gap",
    "change_sentence",
    "difference",
    "dose_text",
    "draft_of",
    "gaps",
    "is_heavy",
    "load_text",
    "name_text",
    "prescribed_weekly_minutes",
    "prescription_seconds",
    "revise",
    "schedule_text",
    "seconds_text",
    "sentence",
    "session_minutes",
    "sessions_a_week",
    "side_text",
    "warnings",
    "weekly_minutes",
]

ADVISED_EXERCISES = 3
"""The builder warns from the fourth exercise on. Source: product principle 6; secondary source, unverified."""

REASON_LENGTH = 500

PRECAUTION = "precaution"
"""The code of a precaution warning that the therapist has not accepted in writing."""


class ChangeKind(StrEnum):
    """What happened to a prescription between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A program being built. `base_version` is the version it was opened from, 0 for a first one."""

    program_id: str
    episode_id: str
    base_version: int
    reason: str
    effective_on: date
    goals: tuple[Goal, ...]
    prescriptions: tuple[Prescription, ...]
    state: ProgramState = ProgramState.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something missing (or worth a second look): a stable code, and a sentence that names the exercise."""

    prescription_id: str | None
    code: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One prescription's difference: before and after in words (None: it was not there), for an icon between them."""

    kind: ChangeKind
    prescription_id: str
    name: str
    before: str | None
    after: str | None


def draft_of(version: ProgramVersion, effective_on: date) -> Draft:
    """A draft that starts from `version`, with the reason still to be written."""
    return Draft(
        program_id=version.program_id,
        episode_id=version.episode_id,
        base_version=version.version,
        reason="",
        effective_on=effective_on,
        goals=version.goals,
        prescriptions=version.prescriptions,
        state=version.state,
    )


def gaps(draft: Draft, patient_flags: Iterable[str]) -> tuple[Gap, ...]:
    """What keeps the draft from being published; empty when it may be.

    Codes: reason_missing, program_empty, prescription_twice, type_missing, side_missing, goal_missing,
    dose_incomplete, flag_blocked, precaution (a warning not accepted in writing). A draft that archives or withdraws
    a program needs its reason only.
    """
    found = list(_reason_gaps(draft))
    if draft.state is not ProgramState.ACTIVE:
        return tuple(found)
    if not draft.prescriptions:
        found.append(_gap(None, "program_empty", "Add at least one exercise."))
    twice = [pid for pid, count in Counter(p.id for p in draft.prescriptions).items() if count > 1]
    found += [_gap(pid, "prescription_twice", "One entry appears twice. Remove one of them.") for pid in twice]
    flags, goal_ids = frozenset(patient_flags), {goal.id for goal in draft.goals}
    return (*found, *chain.from_iterable(_prescription_gaps(p, goal_ids, flags) for p in draft.prescriptions))


def _reason_gaps(draft: Draft) -> Iterable[Gap]:
    try:
        check_text("reason", draft.reason, REASON_LENGTH)
    except Refused:
        yield _gap(None, "reason_missing", f"Write the reason the patient is told, up to {REASON_LENGTH} characters.")


def _prescription_gaps(p: Prescription, goal_ids: set[str], flags: frozenset[str]) -> Iterable[Gap]:
    name = p.exercise.name
    if not p.exercise.type:
        yield _gap(p.id, "type_missing", f"{name}: choose a type of exercise.")
    if p.exercise.laterality is Laterality.UNILATERAL and p.side is None:
        yield _gap(p.id, "side_missing", f"{name}: choose left, right or both.")
    if p.goal_id not in goal_ids:
        yield _gap(p.id, "goal_missing", f"{name}: choose the goal it serves.")
    if not _dose_complete(p.dose, p.exercise.mode):
        yield _gap(p.id, "dose_incomplete", f"{name}: complete the dose.")
    for finding in open_findings(p, flags):
        yield _gap(p.id, "flag_blocked" if finding.severity is Severity.BLOCK else PRECAUTION, finding.text)


def _dose_complete(dose: Dose, mode: Mode) -> bool:
    needed = {Mode.REPS: dose.reps, Mode.HOLD: dose.hold_s, Mode.DURATION: dose.duration_s}
    return needed[mode] is not None


def warnings(draft: Draft, *, time_budget_min: int | None = None) -> tuple[Gap, ...]:
    """What the therapist should see before publishing; none of it refuses.

    Codes: too_many (from the fourth exercise on), over_budget (`time_budget_min` is per session), spacing,
    goal_unmeasured (no baseline or no target).
    """
    found = list(_size_warnings(draft, time_budget_min))
    for a, b in crowded_pairs(draft.prescriptions):
        found.append(_gap(b.id, "spacing", _spacing_text(a, b)))
    return (*found, *_goal_warnings(draft))


def _size_warnings(draft: Draft, time_budget_min: int | None) -> Iterable[Gap]:
    count, minutes = len(draft.prescriptions), session_minutes(draft.prescriptions)
    if count > ADVISED_EXERCISES:
        yield _gap(
            draft.prescriptions[ADVISED_EXERCISES].id,
            "too_many",
            f"{count} exercises: programs of up to {ADVISED_EXERCISES} are followed better.",
        )
    if time_budget_min is not None and minutes > time_budget_min:
        yield _gap(
            None,
            "over_budget",
            f"About {minutes} min a session: this patient has {time_budget_min} min.",
        )


def _goal_warnings(draft: Draft) -> Iterable[Gap]:
    used = {p.goal_id: p.id for p in reversed(draft.prescriptions)}
    for goal in draft.goals:
        if goal.id in used and (goal.baseline is None or goal.target is None):
            what = "a function of daily life" if goal.intent is Intent.FUNCTION else "a capacity"
            text = f"The goal is {what} without a measured baseline and target. Add both to see whether it works."
            yield _gap(used[goal.id], "goal_unmeasured", text)


def _spacing_text(a: Prescription, b: Prescription) -> str:
    heavy = is_heavy(a.exercise) or is_heavy(b.exercise)
    hours = 48 if heavy else 24
    who = a.exercise.name if a is b else f"{a.exercise.name} and {_lower(b.exercise.name)}"
    return f"{who}: less than {hours} h between sessions that load the same tissue."


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _gap(prescription_id: str | None, code: str, text: str) -> Gap:
    return Gap(prescription_id=prescription_id, code=code, sentence=text)


def revise(
    base: ProgramVersion | None,
    draft: Draft,
    *,
    author_id: str,
    author_name: str,
    published_at: datetime,
    effective_on: date | None = None,
) -> ProgramVersion:
    """The version after `base` (None: the first). Fills `version`, `changed` and each `dose_since_version`.

    `effective_on` defaults to the draft's. Raises `Refused` (`stale_base`) when the draft was opened from another
    version than `base`. Asks no gaps: the caller does, and refuses.
    """
    current = base.version if base else 0
    if draft.base_version != current:
        raise Refused("stale_base", "Someone else changed this program. Look at both versions and decide.")
    number = current + 1
    before = {p.id: p for p in base.prescriptions} if base else {}
    after = tuple(replace(p, dose_since_version=_since(before.get(p.id), p, number)) for p in draft.prescriptions)
    changed = [p.id for p in after if before.get(p.id) != p]
    changed += [pid for pid in before if pid not in {p.id for p in after}]
    return ProgramVersion(
        program_id=draft.program_id,
        version=number,
        episode_id=draft.episode_id,
        author_id=author_id,
        author_name=author_name,
        published_at=published_at,
        effective_on=effective_on or draft.effective_on,
        reason=draft.reason,
        goals=draft.goals,
        prescriptions=after,
        changed=tuple(changed),
        state=draft.state,
    )


def _since(old: Prescription | None, new: Prescription, number: int) -> int:
    if old is None or _own_dose(old) != _own_dose(new):
        return number
    return old.dose_since_version


def _own_dose(p: Prescription) -> tuple[object, ...]:
    """What the patient does; ranges, ceilings and step sizes are the envelope and change no dose."""
    d = p.dose
    return (p.exercise.id, p.side, d.sets, d.reps, d.hold_s, d.duration_s, d.rest_s, d.load)


def difference(old: ProgramVersion | None, new: ProgramVersion) -> tuple[Change, ...]:
    """What `new` changes against `old` (None: everything is added), in the order of `new`, removals last."""
    before = {p.id: p for p in old.prescriptions} if old else {}
    goals = {goal.id: goal.text for goal in (*(old.goals if old else ()), *new.goals)}
    changes = [_change(before.get(p.id), p, goals) for p in new.prescriptions]
    kept = {p.id for p in new.prescriptions}
    removed = [
        Change(kind=ChangeKind.REMOVED, prescription_id=p.id, name=p.exercise.name, before=sentence(p), after=None)
        for p in before.values()
        if p.id not in kept
    ]
    return (*(change for change in changes if change is not None), *removed)


def _change(old: Prescription | None, new: Prescription, goals: Mapping[str, str]) -> Change | None:
    name = new.exercise.name
    if old is None:
        return Change(kind=ChangeKind.ADDED, prescription_id=new.id, name=name, before=None, after=sentence(new))
    pairs = [(b, a) for b, a in zip(_aspects(old, goals), _aspects(new, goals), strict=True) if b and a and b != a]
    if not pairs:
        return None
    return Change(
        kind=ChangeKind.CHANGED,
        prescription_id=new.id,
        name=name,
        before=", ".join(b for b, _ in pairs),
        after=", ".join(a for _, a in pairs),
    )


def _aspects(p: Prescription, goals: Mapping[str, str]) -> tuple[str, ...]:
    """Everything a reader of the change should see, one text an aspect; empty where the dose already says it.

    `goals` are the texts by id.
    """
    d = p.dose
    held = f"{d.hold_s or 0} s hold" if p.exercise.mode is Mode.REPS else ""
    words = dose_text(p)
    return (
        _lower(p.exercise.name),
        side_text(p) or "no side",
        words,
        "" if "hold" in words else held,
        load_text(d.load),
        f"rest {seconds_text(d.rest_s)}",
        schedule_text(p.schedule),
        _dates(p),
        _envelope(d),
        f"progression {p.progression.value}" + (", two for two" if p.two_for_two else ""),
        "amber may progress" if p.amber_may_progress else "amber holds",
        "in the short version" if p.minimum_set else "not in the short version",
        f"note: {p.note}" if p.note else "no note",
        f"goal: {goals[p.goal_id]}" if p.goal_id and p.goal_id in goals else "no goal",
    )


def _dates(p: Prescription) -> str:
    until = p.schedule.until_on
    return f"from {p.schedule.from_on.isoformat()}" + (f" until {until.isoformat()}" if until else "")


def _envelope(d: Dose) -> str:
    reps = f"range {d.reps_min or '-'}–{d.reps_max or '-'} reps"
    tops = ", ".join(f"at most {seconds_text(top)}" for top in (d.hold_max_s, d.duration_max_s) if top is not None)
    return ", ".join(part for part in (reps, tops, f"step {d.load_step_percent}%") if part)


def change_sentence(change: Change, reason: str = "", *, arrow: str = "to") -> str:
    """The change in one line: "squat: 2 × 10 to 3 × 10, because …".

    `arrow="→"` gives "squat 2 × 10 → 3 × 10, because …", only where the font has that glyph (the app's has not:
    draw an icon between `change.before` and `change.after` there).
    """
    because = f", because {reason.strip().rstrip('.')}" if reason.strip() else ""
    name = _lower(change.name)
    if change.kind is ChangeKind.ADDED:
        return f"added: {change.after}{because}"
    if change.kind is ChangeKind.REMOVED:
        return f"removed: {name}{because}"
    lead = f"{name}:" if arrow == "to" else name
    return f"{lead} {change.before} {arrow} {change.after}{because}"
