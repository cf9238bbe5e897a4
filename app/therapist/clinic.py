"""The clinic's endpoints as a therapist's client calls them: records in, records out.

It decides nothing and keeps nothing but the library. Every refusal is an `ApiError` with a sentence to show.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.api import Api, ApiError, Reply, Revoked, ServerSaid, SignInNeeded
from app.parts.photos import GALLERY
from hep import codec
from hep.own import OwnDraft, OwnExercise
from hep.own_wire import OwnExercises, PhotoAdded, RefusedEntries, Retire, Taken
from hep.prescribing import Draft
from hep.problems import CATALOG
from hep.reaching import ChannelTried, ClinicChannels, SetMail, SetNtfy
from hep.records import Dose, Exercise, ProgramVersion
from hep.views import Caseload, PatientDetail


class StaleBase(ApiError):
    """Someone published since: `base` is what this draft was made from, `current` is what is in force now."""

    sentence = CATALOG["stale_base"][1]

    def __init__(self, base: ProgramVersion, current: ProgramVersion) -> None:
        super().__init__("stale_base")
        self.base = base
        self.current = current


class StaleExercise(ApiError):
    """Someone saved the exercise since: `current` is what it is now."""

    sentence = CATALOG["stale_exercise"][1]

    def __init__(self, current: OwnExercise) -> None:
        super().__init__("stale_exercise")
        self.current = current


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPatient:
    """What the clinic must know to begin. `zone` is an IANA name, `time_budget_min` minutes per session."""

    name: str
    birth_date: date
    zone: str
    problem: str
    region: str
    flags: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    time_budget_min: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """A new invitation. The link and the code are shown once and never come again."""

    id: str
    code: str
    link: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Entries that a signed-out phone sent since. `state`: held, released, discarded."""

    id: str
    device_id: str
    row_count: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quarantine:
    batches: tuple[Batch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Library:
    exercises: tuple[Exercise, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Current:
    current: OwnExercise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Published:
    program: ProgramVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stale:
    base: ProgramVersion
    current: ProgramVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class _Created:
    id: str


class Clinic:
    """The clinic's API. Each method is one request and raises `ApiError`; `expelled` hears when the sign-in ended."""

    def __init__(self, api: Api, expelled: Callable[[ApiError], None]) -> None:
        self._api = api
        self._expelled = expelled
        self._library: tuple[Exercise, ...] | None = None

    async def _call(self, method: str, path: str, body: Any = None) -> Reply:
        try:
            return await self._api.call(method, f"/v1{path}", body=body)
        except (SignInNeeded, Revoked) as error:
            self._expelled(error)
            raise

    async def caseload(self) -> Caseload:
        """Every patient of the clinic, most in need first."""
        return (await self._call("GET", "/caseload")).read(Caseload)

    async def patient(self, patient_id: str) -> PatientDetail:
        """Everything of one patient's page."""
        return (await self._call("GET", _patient(patient_id))).read(PatientDetail)

    async def library(self) -> tuple[Exercise, ...]:
        """The exercises, asked for once a visit."""
        if self._library is None:
            self._library = (await self._call("GET", "/library")).read(_Library).exercises
        return self._library

    async def own(self) -> tuple[OwnExercise, ...]:
        """The clinic's own exercises, retired ones too."""
        return (await self._call("GET", "/library/own")).read(OwnExercises).exercises

    async def save_own(self, draft: OwnDraft) -> OwnExercise:
        """Make the draft the exercise's next version. Raises `StaleExercise` when its base is no longer the newest."""
        self._library = None
        try:
            return (await self._call("POST", "/library/own", draft)).read(OwnExercise)
        except ServerSaid as refusal:
            if refusal.code != "stale_exercise":
                raise
            raise StaleExercise(codec.load(_Current, refusal.detail).current) from refusal

    async def retire_own(self, exercise_id: str, retired: bool) -> OwnExercise:
        """Offer an exercise no longer, or again."""
        self._library = None
        return (await self._call("POST", f"/library/own/{exercise_id}/retire", Retire(retired=retired))).read(
            OwnExercise
        )

    async def add_photo(self, content: bytes) -> PhotoAdded:
        """Send a picture; what the server made of it is in the gallery."""
        added = (await self._call("POST", "/library/photos", content)).read(PhotoAdded)
        await GALLERY.want(added.photo, self.photo)
        return added

    async def photo(self, name: str) -> bytes | None:
        """A photo; None when it does not come."""
        try:
            reply = await self._call("GET", f"/library/photos/{name}")
        except ApiError:
            return None
        return reply.data if isinstance(reply.data, bytes) else None

    async def export_own(self) -> bytes:
        """The clinic's own exercises and photos as one zip file."""
        reply = await self._call("GET", "/library/archive")
        return reply.data if isinstance(reply.data, bytes) else b""

    async def import_own(self, content: bytes) -> Taken | RefusedEntries:
        """Add the exercises of such a file, all or none; why not is said entry by entry."""
        self._library = None
        try:
            return (await self._call("POST", "/library/archive", content)).read(Taken)
        except ServerSaid as refusal:
            if refusal.code != "archive_refused":
                raise
            return codec.load(RefusedEntries, refusal.detail)

    async def channels(self) -> ClinicChannels:
        """By which ways the clinic reminds."""
        return (await self._call("GET", _CHANNELS)).read(ClinicChannels)

    async def set_mail(self, wanted: SetMail) -> ClinicChannels:
        """Set the mail server."""
        return (await self._call("PUT", f"{_CHANNELS}/email", wanted)).read(ClinicChannels)

    async def set_ntfy(self, wanted: SetNtfy) -> ClinicChannels:
        """Set the ntfy server."""
        return (await self._call("PUT", f"{_CHANNELS}/ntfy", wanted)).read(ClinicChannels)

    async def try_mail(self, to: str) -> ChannelTried:
        """Have one mail sent, and hear how the mail server took it."""
        return (await self._call("POST", f"{_CHANNELS}/email/test", {"to": to})).read(ChannelTried)

    async def try_ntfy(self) -> ChannelTried:
        """Have one message published, and hear how the ntfy server took it."""
        return (await self._call("POST", f"{_CHANNELS}/ntfy/test")).read(ChannelTried)

    async def add_patient(self, patient: NewPatient) -> str:
        """Make a record and an episode of care; answers the patient's id."""
        return (await self._call("POST", "/patients", patient)).read(_Created).id

    async def publish(self, patient_id: str, draft: Draft) -> ProgramVersion:
        """Make the draft the next version. Raises `StaleBase` when its base is no longer the newest."""
        try:
            return (await self._call("POST", f"{_patient(patient_id)}/programs", draft)).read(_Published).program
        except ServerSaid as refusal:
            if refusal.code != "stale_base":
                raise
            both = codec.load(_Stale, refusal.detail)
            raise StaleBase(both.base, both.current) from refusal

    async def decide(
        self, patient_id: str, proposal_id: str, decision: str, reason: str = "", dose: Dose | None = None
    ) -> None:
        """Accept, modify (with a dose and a reason) or decline (with a reason) a proposal."""
        body = {"decision": decision, "reason": reason, "dose": dose}
        await self._call("POST", f"{_patient(patient_id)}/proposals/{proposal_id}/decision", body)

    async def clear_flag(self, patient_id: str, flag_id: str, note: str) -> None:
        """Clear a flag, which opens what it locked."""
        await self._call("POST", f"{_patient(patient_id)}/flags/{flag_id}/clear", {"note": note})

    async def invite(self, patient_id: str) -> Invited:
        """Make an invitation for one phone."""
        return (await self._call("POST", f"{_patient(patient_id)}/invitations")).read(Invited)

    async def revoke_invitation(self, patient_id: str, invitation_id: str) -> None:
        """Make an invitation unusable."""
        await self._call("POST", f"{_patient(patient_id)}/invitations/{invitation_id}/revoke")

    async def revoke_device(self, patient_id: str, device_id: str) -> None:
        """Sign a phone out. What it still sends waits for a decision."""
        await self._call("POST", f"{_patient(patient_id)}/devices/{device_id}/revoke")

    async def quarantine(self, patient_id: str) -> tuple[Batch, ...]:
        """What revoked phones sent since, waiting for a decision."""
        return (await self._call("GET", f"{_patient(patient_id)}/quarantine")).read(_Quarantine).batches

    async def settle(self, patient_id: str, batch_id: str, release: bool, reason: str) -> None:
        """Let a waiting batch into the record, or throw it away, with a reason."""
        act = "release" if release else "discard"
        await self._call("POST", f"{_patient(patient_id)}/quarantine/{batch_id}/{act}", {"reason": reason})


_CHANNELS = "/clinic/channels"


def _patient(patient_id: str) -> str:
    return f"/patients/{patient_id}"
