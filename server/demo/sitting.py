"""One session of a demo patient: set after set with the time it takes, the pain it gives, and its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hep.facts import Provenance, SessionEnd, SetLog
from hep.ids import new_id
from hep.progression import REST, overlay
from hep.records import Dose, Mode, PainRule, Prescription, Side
from hep.schedule import PlannedItem
from hep.sessions import sides
from server.demo.life import Life

_MOST_PAIN = {PainRule.STRETCH: 2, PainRule.PAIN_FREE: 1, PainRule.NONE: 0}
"""What a day without a flare may hurt at the most, by rule; the others up to 5."""

_FLARE = 5.5
"""From this mean on a phase is a flare: pain may pass the ceiling."""

_SECONDS_A_REP = 4


@dataclass
class Sitting:
    """A session that begins at `at`. Back-filled ones carry no start and end of their own; `slot` None: a session
    too many."""

    life: Life
    on: date
    slot: int | None
    provenance: Provenance
    at: datetime

    def do(self, items: Sequence[PlannedItem], until: datetime) -> None:
        """Do the items and end the session. Nothing is written when it would not be over before `until`."""
        phase = self.life.phase(self.on)
        whole = self.life.rng.random() < phase.finish
        chosen = self._chosen(items, whole)
        sets: list[dict[str, Any]] = []
        clock = self.at
        for item in chosen:
            for fields in self._sets(item, whole):
                work = timedelta(seconds=fields.pop("work"))
                sets.append({**fields, "started_at": clock, "ended_at": clock + work})
                clock += work + timedelta(seconds=max(10, item.prescription.dose.rest_s))
        if sets and clock < until:
            self._write(sets, clock, short=not whole and len(chosen) < len(items))
            self.life.floated.update(item.key for item in chosen if item.key.floating)

    def _chosen(self, items: Sequence[PlannedItem], whole: bool) -> Sequence[PlannedItem]:
        if whole or len(items) == 1 or self.life.rng.random() < 0.5:
            return items
        short = [item for item in items if item.prescription.minimum_set]
        return short or items[:-1]

    def _sets(self, item: PlannedItem, whole: bool) -> list[dict[str, Any]]:
        prescription = item.prescription
        dose = self._dose(prescription)
        if dose is None:
            return []
        spent = not whole or self._cut_short(prescription)
        return [
            self._one_set(item, dose, side, index, tired=spent and index == dose.sets)
            for side in sides(prescription)
            for index in range(1, dose.sets + 1)
        ]

    def _cut_short(self, prescription: Prescription) -> bool:
        key = self.life.keys.get(prescription.id, "")
        if key not in self.life.shorts:
            return False
        self.life.shorts.remove(key)
        return True

    def _dose(self, prescription: Prescription) -> Dose | None:
        """The dose of today: one step back where the phone's own rule says so, None when the exercise rests."""
        if not self.life.phone.sore(self.on):
            return prescription.dose
        back = overlay(self.life.phone.history(), prescription, self.at)
        if back is REST:
            return None
        return back if isinstance(back, Dose) else prescription.dose

    def _one_set(self, item: PlannedItem, dose: Dose, side: Side | None, index: int, tired: bool) -> dict[str, Any]:
        life, prescription = self.life, item.prescription
        phase = life.phase(self.on)
        amount = _amount(prescription.exercise.mode, dose, tired)
        return {
            "work": _seconds_of(dose, amount),
            "prescription_id": prescription.id,
            "version": item.version,
            "planned": str(item.key) if self.slot is not None else None,
            "set_index": index,
            "side": side,
            "load": dose.load,
            "pain": self._pain(prescription),
            "effort": 8 if tired else life.rng.choice(phase.effort),
            "signs": phase.signs,
            "lost_balance": life.rng.random() < phase.wobble,
            **amount,
        }

    def _pain(self, prescription: Prescription) -> int:
        phase = self.life.phase(self.on)
        most = 10 if max(phase.during) >= _FLARE else 5
        return self.life.level(self.on, phase.during, min(most, _MOST_PAIN.get(prescription.exercise.pain_rule, 10)))

    def _write(self, sets: list[dict[str, Any]], ended_at: datetime, short: bool) -> None:
        phone = self.life.phone
        timed = self.provenance is Provenance.LIVE_TIMED
        session_id = new_id(self.at, phone.randomness)
        for fields in sets:
            at = fields["ended_at"] if timed else self.at
            times = {} if timed else {"started_at": None, "ended_at": None}
            program_id = phone.versions[-1].program_id
            phone.write(SetLog, at, self.on, session_id, **{**fields, **times, "program_id": program_id})
        phase = self.life.phase(self.on)
        phone.write(
            SessionEnd,
            ended_at if timed else self.at,
            self.on,
            session_id,
            pain_after=self.life.level(self.on, phase.after or phase.during, 10 if max(phase.during) >= _FLARE else 5),
            provenance=self.provenance,
            started_at=self.at if timed else None,
            ended_at=ended_at if timed else None,
            short_version=short,
            caregiver=self.life.story.caregiver,
            slot=self.slot,
        )


def _amount(mode: Mode, dose: Dose, tired: bool) -> dict[str, int]:
    if mode is Mode.REPS:
        reps = dose.reps or 1
        return {"reps": max(1, round(reps * 0.7)) if tired else reps}
    seconds = (dose.hold_s if mode is Mode.HOLD else dose.duration_s) or 10
    return {"seconds": max(5, round(seconds * 0.7)) if tired else seconds}


def _seconds_of(dose: Dose, amount: dict[str, int]) -> int:
    if "seconds" in amount:
        return amount["seconds"]
    return amount["reps"] * max(_SECONDS_A_REP, (dose.hold_s or 0) + 2)
