"""The therapist's desk: who is signed in and which screen is open.

The clinic's server is the truth: nothing outlives the tab, and signing out, or being signed out, forgets everything.
"""

from collections.abc import Callable
from datetime import datetime

import flet as ft

from app.api import Api, ApiError
from app.parts.photos import GALLERY
from app.therapist.address import Address, Place, address_of
from app.therapist.builder_state import BuilderState
from app.therapist.caseload_state import CaseloadState
from app.therapist.channels_state import ChannelsState
from app.therapist.clinic import Clinic, NewPatient
from app.therapist.own_state import OwnState
from app.therapist.patient_state import PatientState
from app.therapist.remote import Remote
from hep.access import Role
from hep.records import Exercise
from hep.views import PatientDetail
from hep.wire import SignIn, Tokens


class Desk(ft.Observable):
    """`who` is signed in; `drafts` keeps one unpublished draft per patient while the tab lives.

    `navigate` gives the browser the address of the screen that opens; `arrived` hears where the browser went.
    """

    def __init__(
        self,
        api: Api,
        zone: str,
        device_name: str,
        now: Callable[[], datetime],
        *,
        route: str,
        navigate: Callable[[str], None],
    ) -> None:
        self._api = api
        self._clinic = Clinic(api, self.expelled)
        self._device_name = device_name
        self.zone = zone
        self.now = now
        self._route, self._navigate = route, navigate
        self._sent: list[str] = []
        self.busy = False
        self.problem: ApiError | None = None
        self._forget()

    def _forget(self) -> None:
        self.who: Tokens | None = None
        self.place = Place.SIGN_IN
        self.caseload = CaseloadState(self._clinic, self.me)
        self.patient: PatientState | None = None
        self.builder: BuilderState | None = None
        self.own = OwnState(self._clinic, self.now)
        GALLERY.forget()
        self.channels = ChannelsState(self._clinic)
        self.library: Remote[tuple[Exercise, ...]] = Remote()
        self._drafts: dict[str, BuilderState] = {}

    async def photo(self, name: str) -> bytes | None:
        """A photo of the clinic; None when it does not come."""
        return await self._clinic.photo(name)

    def me(self) -> str:
        """The id of who is signed in; empty for nobody."""
        return self.who.person_id if self.who else ""

    @property
    def name(self) -> str:
        """The name of who is signed in; empty for nobody."""
        return self.who.person_name if self.who else ""

    @property
    def admin(self) -> bool:
        """Whether it is an admin, who sets the clinic up and sees no patient."""
        return self.who is not None and self.who.role == Role.ADMIN

    async def start(self) -> None:
        """Go on with the tab's sign-in, if there is one, at the address it was opened at."""
        self.who = await self._api.tokens()
        if self.who is not None and self.who.refresh_token:
            await self._open(address_of(self._route))

    async def arrived(self, route: str) -> None:
        """The browser went to an address: back, forward, or, some time after, where it was sent."""
        if route in self._sent:
            del self._sent[: self._sent.index(route) + 1]
            return
        if route == self._route:
            return
        self._route = route
        if self.who is not None:
            await self._open(address_of(route))

    async def _open(self, address: Address) -> None:
        if self.admin:
            await self.open_channels()
        elif address.place is Place.ADD_PATIENT:
            await self.open_add_patient()
        elif address.place is Place.OWN:
            await self.open_own()
        elif address.place is Place.PATIENT:
            await self.open_patient(address.patient_id)
        elif address.place is Place.BUILDER:
            await self._open_draft(address.patient_id)
        else:
            await self.open_caseload()

    def _show(self, address: Address) -> None:
        self._drop_idle_draft()
        self.place, self.problem = address.place, None
        if address.route() != self._route:
            self._route = address.route()
            self._sent.append(self._route)
            self._navigate(self._route)

    def _drop_idle_draft(self) -> None:
        """The draft of the builder stays in this tab unless it was published or never changed."""
        if self.builder is not None and (self.builder.published is not None or not self.builder.changed()):
            self._drafts.pop(self.builder.patient.profile.id, None)

    async def sign_in(self, email: str, password: str) -> None:
        """Sign in and open the caseload; a refusal stays on the screen in words."""
        self.busy, self.problem = True, None
        try:
            wanted = SignIn(
                email=email, password=password, device_name=self._device_name, nonce=await self._api.nonce()
            )
            self.who = await self._api.sign_in(wanted)
        except ApiError as error:
            self.problem = error
            return
        finally:
            self.busy = False
        await self._open(address_of(self._route))

    async def sign_out(self) -> None:
        """Leave: everything of this visit is forgotten."""
        await self._api.sign_out()
        self._show(Address(Place.CASELOAD))
        self._forget()

    def expelled(self, problem: ApiError) -> None:
        """The server wants a new sign-in: everything of this visit is forgotten, the reason is said."""
        self._forget()
        self.problem = problem

    async def open_caseload(self) -> None:
        """Show the caseload, as it is now."""
        self._show(Address(Place.CASELOAD))
        await self.caseload.load()

    async def open_add_patient(self) -> None:
        """Show the form of a new patient, with the precautions and equipment the library knows."""
        self._show(Address(Place.ADD_PATIENT))
        await self.load_library()

    async def open_own(self) -> None:
        """Show the clinic's own exercises."""
        self._show(Address(Place.OWN))
        await self.own.load()

    async def open_channels(self) -> None:
        """Show the clinic's channels of reminders."""
        self._show(Address(Place.CHANNELS))
        await self.channels.load()

    async def load_library(self) -> None:
        """Ask for the library."""
        self.library = self.library.asking()
        try:
            self.library = Remote(await self._clinic.library())
        except ApiError as error:
            self.library = self.library.refused(error)

    async def open_patient(self, patient_id: str) -> None:
        """Show a patient's page."""
        self.patient = PatientState(self._clinic, patient_id)
        self._show(Address(Place.PATIENT, patient_id))
        await self.patient.load()

    async def add_patient(self, patient: NewPatient) -> None:
        """Make the record, then open the builder on it."""
        self.busy, self.problem = True, None
        try:
            patient_id = await self._clinic.add_patient(patient)
        except ApiError as error:
            self.problem = error
            return
        finally:
            self.busy = False
        await self._open_draft(patient_id)

    async def _open_draft(self, patient_id: str) -> None:
        """The builder on a patient whose page is not loaded; the page itself when it does not come."""
        self.patient = patient = PatientState(self._clinic, patient_id)
        self.place, self.problem = Place.PATIENT, None
        asked_at = self._route
        await patient.load()
        if self.who is None or self._route != asked_at:
            return
        if patient.page.value is None:
            self._show(Address(Place.PATIENT, patient_id))
        else:
            await self.open_builder(patient.page.value)

    async def open_builder(self, detail: PatientDetail) -> None:
        """Show the builder, with the draft of this visit if there is one."""
        patient_id = detail.profile.id
        self._show(Address(Place.BUILDER, patient_id))
        self.builder = self._drafts.setdefault(patient_id, BuilderState(self._clinic, detail, self.now))
        await self.builder.load()

    async def close_builder(self) -> None:
        """Back to the patient; the draft stays in this tab unless it was published."""
        if self.builder is not None:
            await self.open_patient(self.builder.patient.profile.id)

    def has_draft(self, patient_id: str) -> bool:
        """Whether an unpublished draft of this patient waits in this tab."""
        return patient_id in self._drafts
