"""One patient's page: what was loaded, which version is looked at, and the acts a therapist takes there.

Every act ends by reading the page anew. Nothing is shown as done before the server said so.
"""

from collections.abc import Awaitable, Callable

import flet as ft

from app.api import ApiError
from app.therapist.clinic import Clinic, Invited
from app.therapist.remote import Remote
from hep.records import Dose
from hep.views import PatientDetail, ProposalView, VersionView


class PatientState(ft.Observable):
    """`version` None shows the newest; `acting` names the act under way; `invited` is shown once."""

    def __init__(self, clinic: Clinic, patient_id: str) -> None:
        self._clinic = clinic
        self.patient_id = patient_id
        self.page: Remote[PatientDetail] = Remote()
        self.version: int | None = None
        self.exercise: str | None = None
        self.as_table = False
        self.acting = False
        self.problem: ApiError | None = None
        self.invited: Invited | None = None

    async def load(self) -> None:
        """Ask for the page; the last one stays in sight while this goes on, and when it fails."""
        self.page = self.page.asking()
        try:
            self.page = Remote(await self._clinic.patient(self.patient_id))
        except ApiError as error:
            self.page = self.page.refused(error)

    def shown(self) -> VersionView | None:
        """The version that is looked at, None before the first program."""
        versions = self.page.value.versions if self.page.value else ()
        chosen = (v for v in versions if v.version.version == self.version)
        return next(chosen, versions[0] if versions else None)

    def look_at(self, version: int) -> None:
        """Look at another version."""
        self.version = version

    def narrow(self, prescription_id: str | None) -> None:
        """Show the charts of one exercise, or of all with None."""
        self.exercise = prescription_id

    def switch_table(self) -> None:
        """Show the same rows as a table, or as a chart again."""
        self.as_table = not self.as_table

    async def decide(self, proposal: ProposalView, decision: str, reason: str = "", dose: Dose | None = None) -> bool:
        """Decide a proposal; True once the server has it."""
        return await self._act(lambda: self._clinic.decide(self.patient_id, proposal.id, decision, reason, dose))

    async def clear_flag(self, flag_id: str, note: str) -> bool:
        """Clear a flag with a note; True once the server has it."""
        return await self._act(lambda: self._clinic.clear_flag(self.patient_id, flag_id, note))

    async def revoke_device(self, device_id: str) -> bool:
        """Sign a phone out."""
        return await self._act(lambda: self._clinic.revoke_device(self.patient_id, device_id))

    async def revoke_invitation(self, invitation_id: str) -> bool:
        """Withdraw an invitation."""
        return await self._act(lambda: self._clinic.revoke_invitation(self.patient_id, invitation_id))

    async def invite(self) -> bool:
        """Make an invitation and keep its link and code in sight until the page is left."""
        return await self._act(self._invite)

    async def settle(self, device_id: str, release: bool, reason: str) -> bool:
        """Decide all that a signed-out phone sent since."""
        return await self._act(lambda: self._settle(device_id, release, reason))

    async def _settle(self, device_id: str, release: bool, reason: str) -> None:
        for batch in await self._clinic.quarantine(self.patient_id):
            if batch.device_id == device_id and batch.state == "held":
                await self._clinic.settle(self.patient_id, batch.id, release, reason)

    async def _invite(self) -> None:
        self.invited = await self._clinic.invite(self.patient_id)

    async def _act(self, act: Callable[[], Awaitable[None]]) -> bool:
        """One act at a time: a second tap while one is under way is the same tap."""
        if self.acting:
            return False
        self.acting, self.problem = True, None
        try:
            await act()
        except ApiError as error:
            self.problem = error
            return False
        finally:
            self.acting = False
        await self.load()
        return True
