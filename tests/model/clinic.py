"""The clinic of the model: a patient of its own for each run, what therapists do, and what the database then holds."""

import json
from dataclasses import dataclass, field, replace
from datetime import date

from sqlmodel import Session, col, select

from hep import codec
from hep.days import local_on
from hep.history import History
from hep.ids import new_id
from hep.prescribing import Draft
from hep.records import Prescription, ProgramState
from hep.verdicts import Verdict, VerdictKind
from hep.wire import Tokens
from server import sessions, upkeep
from server.api import devices, programs, proposals, quarantine
from server.api import invitations as inviting
from server.api.deps import Caller
from server.chart import active_program, stored_since, versions_of
from server.database import reading, writing
from server.decisions import Choice, Decision
from server.patients import NewPatient, take_in
from server.problems import Declined
from server.programs import Author, publish
from server.rebuild import _rebuild
from server.tables.care import Proposal
from server.tables.people import Patient
from tests.flows.people import GOAL, ZONE, a_squat
from tests.model.place import Server


@dataclass
class Desk:
    """A therapist with a draft open: the version it was opened from."""

    caller: Caller
    program_id: str
    base: int


@dataclass(frozen=True)
class Edit:
    """What a therapist was told is published."""

    program_id: str
    version: int
    reason: str


@dataclass
class Case:
    """One patient: what the desk does, and what the database holds. `edits` are the versions that were published."""

    server: Server
    patient_id: str = ""
    episode_id: str = ""
    edits: list[Edit] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    """Program → its newest version, as the model has it."""

    states: dict[str, ProgramState] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world, self.clinic_id = self.server.world, self.server.clinic_id
        self._numbers = iter(range(1, 10_000))

    def begin(self, phones: int) -> list[Tokens]:
        """Take the patient in, publish a first version and hand out the tokens of so many phones, all at once."""
        new = NewPatient(name="Ana Rivera", birth_date=date(1961, 4, 9), zone=ZONE, problem="Knee pain", region="knee")
        author, now = self.server.therapists[0], self.world.now
        with writing(self.world.engine) as session:
            self.patient_id, self.episode_id = take_in(session, self.clinic_id, author.person_id, new, now)
            patient = session.get_one(Patient, self.patient_id)
            draft = self._draft(self.desk(0), ProgramState.ACTIVE, sets=2)
            made = publish(session, patient, Author(id=author.person_id, name=author.person_name), draft, now)
            tokens = [self._phone(session, n) for n in range(phones)]
        self._note(made.program.program_id, made.program.version, draft.reason, ProgramState.ACTIVE)
        return tokens

    def _phone(self, session: Session, number: int) -> Tokens:
        now, keys = self.world.now, self.world.app.state.keys
        device = sessions.new_device(session, self.clinic_id, "Phone", now, patient_id=self.patient_id)
        tokens = sessions.issue(session, keys, device, now, (self.patient_id, str(number)), device.id)
        assert isinstance(tokens, Tokens)
        return tokens

    @property
    def today(self) -> date:
        """The patient's local date."""
        return local_on(self.world.now, ZONE)

    @property
    def in_use(self) -> str | None:
        """The active program."""
        return next((program for program, state in self.states.items() if state is ProgramState.ACTIVE), None)

    # What therapists do

    def desk(self, number: int) -> Desk:
        """A draft of the program in use, or of a new one."""
        program = self.in_use or new_id(self.world.now)
        return Desk(self.server.therapists[number], program, self.versions.get(program, 0))

    def reopened(self, number: int) -> Desk:
        """The newest version of the patient's first program, in use or not."""
        program = min(self.versions)
        return Desk(self.server.therapists[number], program, self.versions[program])

    def publish(self, desk: Desk, state: ProgramState, sets: int) -> bool:
        """Publish that draft; False when it was refused as stale."""
        draft = self._draft(desk, state, sets)
        try:
            reply = programs.publish(self.patient_id, draft, self.world.engine, self.world.now, desk.caller)
        except Declined as declined:
            assert declined.code == "stale_base", declined.code
            return False
        made = json.loads(reply.body)["program"]
        self._note(made["program_id"], made["version"], draft.reason, state)
        return True

    def _draft(self, desk: Desk, state: ProgramState, sets: int) -> Draft:
        number = next(self._numbers)
        exercises: tuple[Prescription, ...] = (a_squat(self.today, sets=sets),)
        if sets == 3:
            exercises += (a_squat(self.today, prescription_id=f"squat-{number:04d}", sets=1),)
        return Draft(
            program_id=desk.program_id,
            episode_id=self.episode_id,
            base_version=desk.base,
            reason=f"Edit {number}",
            effective_on=self.today,
            goals=(GOAL,),
            prescriptions=exercises,
            state=state,
        )

    def _note(self, program: str, version: int, reason: str, state: ProgramState) -> None:
        self.edits.append(Edit(program, version, reason))
        self.versions[program], self.states[program] = version, state

    def may_publish(self, desk: Desk) -> bool:
        """Whether nothing was published since that draft was opened."""
        in_use = self.in_use
        return self.versions.get(desk.program_id, 0) == desk.base and in_use in (None, desk.program_id)

    def propose(self) -> None:
        """The engine proposes a repetition more for the program in use."""
        with writing(self.world.engine) as session:
            program = self.in_use
            newest = [v for v in versions_of(session, self.patient_id) if v.program_id == program]
            if not newest:
                return
            version = newest[-1]
            squat = version.prescriptions[0]
            key = f"{squat.id}:{squat.dose_since_version}"
            open_one = select(Proposal.id).where(Proposal.patient_id == self.patient_id, Proposal.open_key == key)
            if session.exec(open_one).first() is not None:
                return
            more = replace(squat.dose, reps=(squat.dose.reps or 0) + 1)
            verdict = Verdict(kind=VerdictKind.ADVANCE, what=None, old=squat.dose, new=more)
            session.add(
                Proposal(
                    id=new_id(self.world.now),
                    clinic_id=self.clinic_id,
                    patient_id=self.patient_id,
                    program_id=version.program_id,
                    prescription_id=squat.id,
                    base_version=version.version,
                    dose_since_version=squat.dose_since_version,
                    open_key=key,
                    rule_set=verdict.rule_set,
                    verdict=json.dumps(codec.dump(verdict)),
                    created_at=self.world.now,
                )
            )

    def decide(self, choice: Choice) -> str:
        """Decide the newest proposal; `none` without one, `ok`, or the code of the refusal."""
        with reading(self.world.engine) as session:
            mine = select(Proposal.id).where(Proposal.patient_id == self.patient_id)
            newest = session.exec(mine.order_by(col(Proposal.id).desc())).first()
        if newest is None:
            return "none"
        number = next(self._numbers)
        decision = Decision(decision=choice, reason=f"Edit {number}")
        desk, now = self.server.therapists[1], self.world.now
        try:
            reply = proposals.decide(self.patient_id, newest, decision, self.world.engine, now, desk)
        except Declined as declined:
            return declined.code
        made = json.loads(reply.body)["program"]
        if made is not None:
            self._note(made["program_id"], made["version"], made["reason"], ProgramState(made["state"]))
        return "ok"

    def invitation(self) -> str:
        """A fresh secret."""
        state, caller = self.world.app.state, self.server.therapists[0]
        return inviting.invite(self.patient_id, state.engine, state.keys, state.settings, self.world.now, caller).secret

    def revoke(self, device_id: str) -> None:
        """Cut a phone off."""
        devices.cut_off(self.patient_id, device_id, self.world.engine, self.world.now, self.server.therapists[0])

    def cut_off(self, device_id: str) -> bool:
        """Whether that phone was cut off, or signed itself out."""
        query = "SELECT revoked_at FROM device WHERE id = ?"
        return bool(self.server.raw.execute(query, (device_id,)).fetchone()[0])

    def settle_quarantine(self, release: bool) -> None:
        """Decide about the oldest batch that waits."""
        query = "SELECT id FROM quarantine WHERE patient_id = ? AND state = 'held' ORDER BY id LIMIT 1"
        waiting = self.server.raw.execute(query, (self.patient_id,)).fetchone()
        if waiting is None:
            return
        why, given = quarantine.Why(reason="As discussed"), (self.world.engine, self.world.now)
        decide = quarantine.release if release else quarantine.discard
        decide(self.patient_id, waiting[0], why, *given, self.server.therapists[0])

    # What the database holds

    def facts(self) -> set[str]:
        """The ids of all facts."""
        return self._ids("SELECT id FROM fact WHERE patient_id = ?")

    def recent(self) -> set[str]:
        """The ids of the facts of the time that every phone keeps."""
        return self._ids("SELECT id FROM fact WHERE patient_id = ? AND local_on > '2026-11-01'")

    def kept_apart(self) -> set[str]:
        """The ids in quarantine, decided about or not."""
        return self._ids(
            "SELECT json_extract(value, '$.id') FROM quarantine, json_each(quarantine.rows) WHERE patient_id = ?"
        )

    def turned_away(self) -> set[str]:
        """The ids that were rejected, each kept with its reason."""
        return self._ids("SELECT entity_id FROM push_reject WHERE patient_id = ?")

    def _ids(self, query: str) -> set[str]:
        return {row[0] for row in self.server.raw.execute(query, (self.patient_id,))}

    def record(self) -> History:
        """What the rules judge, as the server has it."""
        with reading(self.world.engine) as session:
            rows = stored_since(session, self.patient_id, date(2000, 1, 1))
            head = active_program(session, self.patient_id)
            versions = [v for v in versions_of(session, self.patient_id) if head and v.program_id == head.id]
        return History.of(versions, rows, ZONE)

    def check_log(self) -> None:
        """Every fact and every record of the clinic has a number of its own, and the log ends at the counter."""
        raw, mine = self.server.raw, (self.patient_id,)
        facts = dict(raw.execute("SELECT id, seq FROM fact WHERE patient_id = ?", mine).fetchall())
        records = dict(raw.execute("SELECT seq, kind FROM change WHERE patient_id = ?", mine).fetchall())
        assert set(records.values()) <= {"profile", "clinic", "program", "clearance"}
        assert len({*facts.values(), *records}) == len(facts) + len(records), "a number was given twice"
        (counter,) = raw.execute("SELECT seq FROM patient_sync WHERE patient_id = ?", mine).fetchone()
        assert max((*facts.values(), *records)) == counter

    def check_edits(self) -> None:
        """Every version that was published is there as it was, none beside them, and the heads are the newest."""
        raw, mine = self.server.raw, (self.patient_id,)
        rows = raw.execute("SELECT program_id, version, body FROM program_version WHERE patient_id = ?", mine)
        found = {(program, version): json.loads(body)["reason"] for program, version, body in rows}
        assert found == {(edit.program_id, edit.version): edit.reason for edit in self.edits}
        heads = raw.execute("SELECT id, version, state FROM program WHERE patient_id = ?", mine).fetchall()
        assert {id_: version for id_, version, _ in heads} == self.versions
        assert [state for _, _, state in heads].count("active") <= 1

    def settle(self) -> None:
        """Work out what pushes left to be worked out, as the server does every two seconds."""
        with writing(self.world.engine) as session:
            upkeep.settle(session, session.get_one(Patient, self.patient_id), self.world.now)

    def check_derived(self) -> None:
        """What was derived is what the facts say."""
        self.settle()
        with reading(self.world.engine) as session:
            drifted = [each.what for each in _rebuild(session, self.patient_id, self.world.now, check=True)]
        assert drifted == [], f"derived and not what the facts say: {drifted}"
