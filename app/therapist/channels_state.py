"""The clinic's channels of reminders as its admin sees and sets them. A password goes out once and never comes back."""

from collections.abc import Awaitable, Callable

import flet as ft

from app.api import ApiError
from app.therapist.clinic import Clinic
from app.therapist.remote import Remote
from hep.reaching import ChannelTried, ClinicChannels, SetMail, SetNtfy


class ChannelsState(ft.Observable):
    """`about` is the channel of the last act: `saved` names it if it was saved, `answer` is what came of a trial.

    `saves` counts, so that what was typed is forgotten once it was saved.
    """

    def __init__(self, clinic: Clinic) -> None:
        self._clinic = clinic
        self.set_up: Remote[ClinicChannels] = Remote()
        self.acting = False
        self.problem: ApiError | None = None
        self.about = ""
        self.saved = ""
        self.saves = 0
        self.answer: ChannelTried | None = None

    async def load(self) -> None:
        """Ask how they are set up."""
        self.set_up = self.set_up.asking()
        try:
            self.set_up = Remote(await self._clinic.channels())
        except ApiError as error:
            self.set_up = self.set_up.refused(error)

    async def save_mail(self, wanted: SetMail) -> bool:
        """Set the mail server; True once the server has it."""
        return await self._save("email", lambda: self._clinic.set_mail(wanted))

    async def save_ntfy(self, wanted: SetNtfy) -> bool:
        """Set the ntfy server; True once the server has it."""
        return await self._save("ntfy", lambda: self._clinic.set_ntfy(wanted))

    async def try_mail(self, to: str) -> None:
        """Have one mail sent."""
        await self._act("email", lambda: self._try(self._clinic.try_mail(to)))

    async def try_ntfy(self) -> None:
        """Have one message published."""
        await self._act("ntfy", lambda: self._try(self._clinic.try_ntfy()))

    async def _try(self, trial: Awaitable[ChannelTried]) -> None:
        self.answer = await trial

    async def _save(self, about: str, save: Callable[[], Awaitable[ClinicChannels]]) -> bool:
        async def keep() -> None:
            self.set_up = Remote(await save())
            self.saved = about
            self.saves += 1

        return await self._act(about, keep)

    async def _act(self, about: str, act: Callable[[], Awaitable[None]]) -> bool:
        """One act at a time."""
        if self.acting:
            return False
        self.acting, self.about, self.problem, self.saved, self.answer = True, about, None, "", None
        try:
            await act()
        except ApiError as error:
            self.problem = error
            return False
        finally:
            self.acting = False
        return True
