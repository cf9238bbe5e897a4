"""A clinic's server in memory for the therapist's client: real rules, the real wire, faults at hand, calls recorded."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from hep import codec, prescribing
from hep.library import exercises_from, prescribe
from hep.own import OwnDraft, OwnExercise
from hep.problems import CATALOG
from hep.reaching import AddressView, ClinicChannels, MailChannel, NtfyChannel, ReachView
from hep.records import Dose, Exercise, Goal, Intent, Prescription, Profile, ProgramVersion, Side
from hep.views import (
    AdherenceView,
    Caseload,
    CaseloadRow,
    ChangeView,
    DayMark,
    DeviceView,
    EvidenceView,
    ExerciseDone,
    ExerciseTrend,
    FlagView,
    InvitationView,
    LoadPoint,
    MessageView,
    PainPoint,
    PatientDetail,
    ProposalView,
    SessionView,
    SetView,
    VersionView,
    WeekPoint,
)
from hep.wire import Tokens

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
ME = "therapist-dana"
MARIA = "patient-maria"
EMAIL, PASSWORD = "dana@clinic.example", "right horse"
LIBRARY = exercises_from(
    json.loads((Path(__file__).parents[2] / "assets/exercises/library.json").read_text(encoding="utf-8"))
)


def row(name: str, group: str, why: str, text: str, detail: str = "", **more: Any) -> CaseloadRow:
    """A line of the caseload."""
    states = more.pop("states", "d.dd.sdu.ddd.d")
    pains = more.pop("pains", (4, 4, 3, None, 2, 2, 1))
    names = {"d": "done", "p": "partial", "s": "skipped", "u": "unknown", ".": "rest"}
    first = TODAY - timedelta(days=13)
    base = CaseloadRow(
        patient_id=f"patient-{name.split()[0].lower()}",
        name=name,
        age=61,
        problem="Right knee replacement",
        therapist_id=ME,
        therapist_name="Dana Ruiz",
        group=group,
        why=why,
        why_text=text,
        why_detail=detail,
        pattern="keep_going",
        pattern_text="Keep going",
        pattern_detail="Doing it, improving",
        days=tuple(DayMark(on=first + timedelta(days=n), state=names[c]) for n, c in enumerate(states)),
        morning_pain=tuple(PainPoint(on=first + timedelta(days=n), morning=p) for n, p in enumerate(pains)),
        rate_text="9 done ÷ 12 due = 75%",
        program_version=7,
        acknowledged_version=7,
        open_proposals=0,
        locked=False,
        last_seen_at=NOW - timedelta(hours=20),
    )
    return replace(base, **more)


HOLD = {"locked": True, "pattern": None, "pattern_text": "On hold", "pattern_detail": "No pattern while locked"}
ROWS = (
    row("Robert Ellis", "today", "stop_rule", "Stop rule: calf hot, swollen", "Knee exercises are locked", **HOLD),
    row("Tom Becker", "today", "pain_rising", "Morning pain 2, then 5", "Both sessions", therapist_id="other"),
    row("Maria Santos", "today", "proposal", "1 proposal waits for you", "Straight leg raise: more reps"),
    row(
        "Aisha Khan",
        "this_week",
        "nothing_logged",
        "Nothing logged for 7 days",
        "Reason not known",
        states="d.s.d.suuuuuuu",
        pains=(5, 5, None, 5, None, None),
    ),
    row("George Wu", "this_week", "unsure_how", "Unsure how, twice", "Single-leg stand", acknowledged_version=6),
    row("Lena Novak", "on_track", "on_track", "On track", "", last_seen_at=None, pains=()),
)


def goal(n: int, text: str) -> Goal:
    """A measured goal."""
    return Goal(
        id=f"goal-000{n}",
        text=text,
        intent=Intent.FUNCTION,
        measure="Stairs",
        unit="steps",
        baseline=Decimal(4),
        target=Decimal(12),
        target_on=date(2027, 1, 31),
    )


GOALS = (goal(1, "Stairs without the rail"), goal(2, "Walk 20 minutes"))


def prescription(n: int, exercise_id: str, dose: Dose | None = None, goal_id: str = "goal-0001") -> Prescription:
    """A complete prescription from the library."""
    exercise = LIBRARY[exercise_id]
    side = Side.RIGHT if exercise.laterality.value == "unilateral" else None
    made = prescribe(
        exercise, prescription_id=f"rx-00000{n}", from_on=date(2026, 10, 5), side=side, goal_id=goal_id, dose=dose
    )
    return replace(made, minimum_set=n == 1)


def versions(patient_id: str) -> tuple[ProgramVersion, ...]:
    """Two versions, oldest first: the second changes a dose and adds an exercise."""
    ids = [e.id for e in LIBRARY.values() if e.region == "knee" and e.mode.value == "reps"]
    first = ProgramVersion(
        program_id=f"program-{patient_id}",
        version=1,
        episode_id="episode-0001",
        author_id=ME,
        author_name="Dana Ruiz",
        published_at=NOW - timedelta(days=42),
        effective_on=date(2026, 10, 11),
        reason="Starting program",
        goals=GOALS,
        prescriptions=(prescription(1, ids[0]), prescription(2, ids[1])),
    )
    draft = prescribing.draft_of(first, date(2026, 11, 16))
    old = first.prescriptions[1]
    more = replace(old, dose=replace(old.dose, reps=(old.dose.reps or 10) + 2))
    draft = replace(
        draft,
        reason="Sets complete twice, pain 2 or less",
        prescriptions=(first.prescriptions[0], more, prescription(3, "wr-flexor-stretch", goal_id="goal-0002")),
    )
    second = prescribing.revise(
        first, draft, author_id=ME, author_name="Dana Ruiz", published_at=NOW - timedelta(days=6)
    )
    return first, second


def view_of(before: ProgramVersion | None, version: ProgramVersion, seen: datetime | None) -> VersionView:
    """A version with what it changed."""
    changes = prescribing.difference(before, version)
    return VersionView(
        version=version,
        changes=tuple(
            ChangeView(
                kind=c.kind.value,
                prescription_id=c.prescription_id,
                name=c.name,
                before=c.before or "",
                after=c.after or "",
            )
            for c in changes
        ),
        acknowledged_at=seen,
    )


def proposal(prescribed: Prescription, **more: Any) -> ProposalView:
    """An open proposal for more repetitions."""
    base = ProposalView(
        id="proposal-0001",
        prescription_id=prescribed.id,
        name=prescribed.exercise.name,
        kind="advance",
        what="reps",
        before_text="3 × 10",
        after_text="3 × 12",
        new_dose=replace(prescribed.dose, reps=12),
        next_exercise_id=None,
        reasons=(
            EvidenceView(code="complete", text="Both last sessions complete"),
            EvidenceView(code="green", text="Pain 2 or less"),
            EvidenceView(code="morning", text="Next morning fine: 1 and 1"),
        ),
        blockers=(),
        state="open",
        base_version=2,
        created_at=NOW - timedelta(days=1),
    )
    return replace(base, **more)


def session(n: int, program: ProgramVersion) -> SessionView:
    """A session, timed live, with its sets."""
    first = program.prescriptions[0]
    sets = tuple(
        SetView(id=f"set-{n}-{i}", index=i, side=Side.RIGHT, text=f"{12 - i}", pain=2, effort=6, corrected=i == 2)
        for i in (1, 2, 3)
    )
    done = ExerciseDone(
        prescription_id=first.id, name=first.exercise.name, planned_text=prescribing.dose_text(first), sets=sets
    )
    skipped = ExerciseDone(
        prescription_id=program.prescriptions[1].id,
        name=program.prescriptions[1].exercise.name,
        planned_text="",
        sets=(),
        skip_reason="no_time",
    )
    at = NOW - timedelta(days=n)
    return SessionView(
        session_id=f"session-{n:04d}",
        on=TODAY - timedelta(days=n),
        slot=1,
        state="partial" if n % 3 else "done",
        provenance="live_timed",
        caregiver=None,
        started_at=at,
        ended_at=at + timedelta(minutes=12),
        pain_after=2,
        exercises=(done, skipped),
    )


WEEKS = ((4, 0, 2, 0), (5, 0, 1, 0), (6, 0, 0, 0), (4, 1, 1, 0), (5, 0, 1, 0), (3, 0, 1, 1))


def detail(patient_id: str = MARIA, name: str = "Maria Santos") -> PatientDetail:
    """A patient six weeks in, with a program of two versions, a proposal, a hold, a lock and a phone."""
    first, second = versions(patient_id)
    days = [TODAY - timedelta(days=41 - n) for n in range(42)]
    pain = tuple(
        PainPoint(
            on=on,
            during=max(1, 6 - n // 7) if n % 2 == 0 else None,
            after=max(1, 5 - n // 7) if n % 2 == 0 else None,
            morning=max(1, 5 - n // 8) if n % 2 == 0 and n != 20 else None,
        )
        for n, on in enumerate(days)
        if n % 2 == 0
    )
    weeks = tuple(
        WeekPoint(
            week_start=date(2026, 10, 12) + timedelta(weeks=n),
            due=6,
            done=d,
            partial=p,
            skipped=s,
            unknown=u,
            not_logged=0,
        )
        for n, (d, p, s, u) in enumerate(
            [(4, 0, 2, 0), (5, 0, 1, 0), (6, 0, 0, 0), (4, 1, 1, 0), (5, 0, 1, 0), (3, 0, 1, 1)]
        )
    )
    return PatientDetail(
        profile=Profile(
            id=patient_id,
            name=name,
            zone="America/New_York",
            flags=("hypertension_isometric", "kneeling_intolerant"),
            equipment=("chair", "step", "band", "mat"),
            time_budget_min=15,
            problem="Right knee replacement",
            region="knee",
        ),
        birth_date=date(1965, 4, 3),
        age=61,
        therapist_name="Dana Ruiz",
        episode_id="episode-0001",
        program_id=first.program_id,
        week_of_care=7,
        today=TODAY,
        versions=(view_of(first, second, NOW - timedelta(days=5)), view_of(None, first, NOW - timedelta(days=40))),
        goals=GOALS,
        adherence=AdherenceView(
            from_on=days[14],
            until_on=TODAY,
            due=35,
            done=28,
            partial=1,
            skipped=5,
            unknown=1,
            not_logged=0,
            extra=0,
            rate_percent=80,
            rate_text="28 done ÷ 35 due = 80%",
            dose_text="Dose done: 84%, the mean of 3 exercises",
            live_text="86% of sessions timed live",
        ),
        weekly=weeks,
        days=(),
        pain=pain,
        baseline=Decimal("1.5"),
        exercises=tuple(
            ExerciseTrend(
                prescription_id=p.id,
                name=p.exercise.name,
                dose_text="252 of 300 repetitions = 84%",
                points=tuple(
                    LoadPoint(on=on, amount=8 + n // 4, load_text="", pain=2) for n, on in enumerate(days[::3])
                ),
            )
            for p in second.prescriptions
        ),
        proposals=(
            proposal(second.prescriptions[0]),
            proposal(
                second.prescriptions[1],
                id="proposal-0002",
                state="hold",
                reasons=(),
                after_text=None,
                new_dose=None,
                blockers=(EvidenceView(code="last_set", text="Blocked: 8 of 10 in the last set on Nov 21"),),
            ),
        ),
        flags=(
            FlagView(
                id="flag-0001",
                kind="red_flag",
                text="Stop rule: calf hot, swollen",
                detail="Knee exercises are locked",
                locks=True,
                raised_at=NOW - timedelta(hours=3),
            ),
        ),
        sessions=tuple(session(n, second) for n in range(1, 9)),
        devices=(
            DeviceView(id="device-0001", name="Chrome on Android", last_seen_at=NOW, revoked_at=None),
            DeviceView(
                id="device-0002",
                name="Safari on iPhone",
                last_seen_at=NOW - timedelta(days=9),
                revoked_at=NOW - timedelta(days=1),
                waiting=4,
            ),
        ),
        invitations=(
            InvitationView(id="invitation-01", created_at=NOW, expires_at=NOW + timedelta(days=3), state="open"),
        ),
        messages=(MessageView(id="message-01", at=NOW - timedelta(days=2), text="Stairs feel easier now."),),
        reach=ReachView(
            addresses=(
                address("webpush", "Chrome on Android", state="blocked", last_failure_code="permission_denied"),
                address("email", last_ok_at=NOW - timedelta(hours=7)),
            ),
            last_sent_at=NOW - timedelta(hours=7),
            last_opened_at=NOW - timedelta(days=1),
            unreached_since=None,
            planned=True,
        ),
    )


def address(kind: str, device_name: str = "", **more: Any) -> AddressView:
    """One way to reach a patient, as the clinic sees it."""
    base = AddressView(
        id=f"address-{kind}",
        kind=kind,
        state="ok",
        device_name=device_name,
        this_device=False,
        masked="",
        created_at=NOW - timedelta(days=20),
        last_ok_at=None,
        last_failure_at=None,
        last_failure_code=None,
    )
    return replace(base, **more)


def newcomer(name: str = "Nora Blum") -> PatientDetail:
    """A patient with nothing yet."""
    full = detail("patient-nora", name)
    nothing = replace(
        full.adherence, due=0, done=0, partial=0, skipped=0, unknown=0, rate_percent=None, rate_text="Nothing was due"
    )
    return replace(
        full,
        program_id=None,
        versions=(),
        goals=(),
        adherence=nothing,
        weekly=(),
        pain=(),
        baseline=None,
        exercises=(),
        proposals=(),
        flags=(),
        sessions=(),
        devices=(),
        invitations=(),
        messages=(),
        reach=ReachView(addresses=(), last_sent_at=None, last_opened_at=None, unreached_since=None, planned=False),
    )


@dataclass
class Clinic(httpx.AsyncBaseTransport):
    """Answers as the server does. `down`: no network. `answers` replaces the answer to a path's end, `held` keeps it
    back until it is set."""

    rows: tuple[CaseloadRow, ...] = ROWS
    patients: dict[str, PatientDetail] = field(default_factory=lambda: {MARIA: detail()})
    down: bool = False
    expired: bool = False
    answers: dict[str, Callable[[], httpx.Response]] = field(default_factory=dict)
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    own: dict[str, OwnExercise] = field(default_factory=dict)
    channels: ClinicChannels = field(default_factory=lambda: ClinicChannels(webpush=True, email=None, ntfy=None))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("no network", request=request)
        plain = request.headers.get("content-type") == "application/json"
        body = json.loads(request.content) if plain else request.content or None
        path = request.url.path.removeprefix("/v1")
        self.calls.append((request.method, path, body))
        await asyncio.sleep(0)
        for end, released in self.held.items():
            if path.endswith(end):
                await released.wait()
        for end, answer in self.answers.items():
            if path.endswith(end):
                return answer()
        if path == "/auth/sign-in":
            return self._sign_in(body)
        if self.expired:
            return refuse("sign_in_required")
        return self._answer(request.method, path, body)

    def sent(self, end: str) -> list[Any]:
        """The bodies posted to paths that end so."""
        return [body for method, path, body in self.calls if method == "POST" and path.endswith(end)]

    def _sign_in(self, body: Any) -> httpx.Response:
        if (body["email"], body["password"]) != (EMAIL, PASSWORD):
            return refuse("sign_in_failed")
        return says(tokens())

    def _answer(self, method: str, path: str, body: Any) -> httpx.Response:
        if path == "/caseload":
            return says(Caseload(as_of=NOW, order_text="Order: stop rule, rising pain, silence.", rows=self.rows))
        if path == "/library":
            return says({"exercises": list(LIBRARY.values())})
        if path.startswith("/library/"):
            return self._own(method, path, body)
        if path.startswith("/clinic/channels"):
            return self._channels(method, path, body)
        if path == "/patients":
            self.patients["patient-nora"] = newcomer(body["name"])
            return says({"id": "patient-nora", "episode_id": "episode-0001"}, 201)
        match = re.fullmatch(r"/patients/([^/]+)(/.*)?", path)
        if match is None or match[1] not in self.patients:
            return refuse("not_found")
        return self._patient(method, match[1], match[2] or "", body)

    def _patient(self, method: str, patient_id: str, rest: str, body: Any) -> httpx.Response:
        if rest == "/programs":
            return self._publish(patient_id, codec.load(prescribing.Draft, body))
        if rest == "/invitations":
            made = {"id": "invitation-02", "secret": "s", "code": "48KX-93PQ", "link": "https://clinic.example/#i=s"}
            return says({**made, "expires_at": NOW + timedelta(days=7)}, 201)
        if rest == "/quarantine":
            held = {"id": "batch-01", "device_id": "device-0002", "row_count": 4, "state": "held"}
            return says({"batches": [held, {**held, "id": "batch-00", "state": "released"}]})
        if rest:
            return says({})
        return says(self.patients[patient_id])

    def _channels(self, method: str, path: str, body: Any) -> httpx.Response:
        """By which ways the clinic reminds; what is set comes back without its secret."""
        if path.endswith("/test"):
            return says({"result": "refused", "code": "mail_sign_in_refused"})
        if method == "PUT":
            kind = path.rsplit("/", 1)[1]
            secret = body.pop("password" if kind == "email" else "token")
            kept = getattr(self.channels, kind)
            stored = bool(secret) if secret is not None else kept is not None and kept.secret
            record = MailChannel if kind == "email" else NtfyChannel
            self.channels = replace(self.channels, **{kind: record(**body, secret=stored, readable=True)})
        return says(self.channels)

    def _own(self, method: str, path: str, body: Any) -> httpx.Response:
        """The clinic's own exercises."""
        if path == "/library/own" and method == "GET":
            return says({"exercises": list(self.own.values())})
        if path == "/library/own":
            return self._save_own(codec.load(OwnDraft, body))
        if path == "/library/photos":
            return says({"photo": PHOTO, "width": 640, "height": 480, "had_location": True}, 201)
        if path.startswith("/library/photos/"):
            return httpx.Response(200, content=PICTURE, headers={"Content-Type": "image/webp"})
        if path == "/library/archive" and method == "GET":
            return httpx.Response(200, content=b"PK-archive", headers={"Content-Type": "application/zip"})
        if path == "/library/archive":
            return says({"added": 2, "changed": 1, "unchanged": 3})
        exercise_id = path.split("/")[3]
        self.own[exercise_id] = replace(self.own[exercise_id], retired=body["retired"])
        return says(self.own[exercise_id])

    def _save_own(self, draft: OwnDraft) -> httpx.Response:
        held = self.own.get(draft.exercise.id)
        if draft.base_version != (held.version if held else 0):
            return refuse("stale_exercise", {"current": held})
        saved = own(draft.exercise, draft.base_version + 1)
        self.own[draft.exercise.id] = saved
        return says(saved)

    def _publish(self, patient_id: str, draft: prescribing.Draft) -> httpx.Response:
        patient = self.patients[patient_id]
        base = patient.versions[0].version if patient.versions else None
        if draft.base_version != (base.version if base else 0):
            theirs = {"base": patient.versions[1].version, "current": base}
            return refuse("stale_base", theirs)
        version = prescribing.revise(base, draft, author_id=ME, author_name="Dana Ruiz", published_at=NOW)
        self.patients[patient_id] = replace(patient, versions=(view_of(base, version, None), *patient.versions))
        return says({"program": version, "changes": []}, 201)


def colleague_publishes(clinic: Clinic, patient_id: str = MARIA) -> ProgramVersion:
    """Someone else makes the next version."""
    patient = clinic.patients[patient_id]
    base = patient.versions[0].version
    draft = replace(prescribing.draft_of(base, TODAY), reason="Less on busy days", prescriptions=base.prescriptions[:2])
    version = prescribing.revise(base, draft, author_id="other", author_name="Sam Ortiz", published_at=NOW)
    clinic.patients[patient_id] = replace(patient, versions=(view_of(base, version, None), *patient.versions))
    return version


PHOTO, PICTURE = "a" * 64, b"RIFF-picture"
"""A photo of the clinic, and its bytes."""


def own(made: Exercise, version: int = 1, retired: bool = False) -> OwnExercise:
    """An own exercise as the server tells of it."""
    return OwnExercise(exercise=made, version=version, retired=retired, changed_at=NOW, changed_by="Dana Ruiz")


def exercise(name_part: str) -> Exercise:
    """The first exercise of the library with this in its name."""
    return next(e for e in LIBRARY.values() if name_part in e.name)


def tokens(role: str = "therapist") -> Tokens:
    """Dana's sign-in."""
    return Tokens(
        access_token="access-1",
        refresh_token="refresh-1",
        access_expires_at=NOW,
        role=role,
        device_id="device-desk",
        person_id=ME,
        person_name="Dana Ruiz",
        clinic_name="Harbor Physical Therapy",
    )


def says(body: Any, status: int = 200) -> httpx.Response:
    """An answer."""
    return httpx.Response(status, json=codec.dump(body))


def refuse(code: str, extra: Any = None) -> httpx.Response:
    """A refusal with the catalog's status and sentence."""
    status, sentence = CATALOG[code]
    return httpx.Response(status, json={"code": code, "sentence": sentence, "detail": codec.dump(extra)})
