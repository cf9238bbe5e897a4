"""A patient's sign-in on this device: redeem an invitation, sign out, and what stays behind when it ends.

Signing out or being revoked wipes what came from the clinic. What the patient did and the clinic does not have yet
stays, and is sent after the next sign-in of the same person; it is never sent as somebody else's.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.api import Api, SignInNeeded
from app.platform.port import Platform
from app.store import Store
from hep.wire import Redeem, Tokens


class UnsentEntries(Exception):
    """Signing out now leaves `count` entries on this device only. Ask, then sign out with `leave_unsent=True`."""

    def __init__(self, count: int) -> None:
        entries = "1 entry has" if count == 1 else f"{count} entries have"
        super().__init__(
            f"{entries} not reached your clinic yet. If you sign out, they stay on this device and are sent when you "
            "sign in here again."
        )
        self.count = count


class OtherPersonsEntries(Exception):
    """The device still holds `count` unsent entries of another patient; the new sign-in waits for a decision.

    `Account.take_over` deletes them and goes on, `Account.step_back` forgets the new sign-in.
    """

    def __init__(self, count: int) -> None:
        entries = "1 entry" if count == 1 else f"{count} entries"
        super().__init__(
            f"This device still holds {entries} of another patient that did not reach the clinic. Let that person "
            "sign in here first, or delete them for good."
        )
        self.count = count


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, and at which clinic."""

    id: str
    name: str
    clinic_name: str


class Account:
    """The sign-in of a patient. `signed_in` is called when there is one, so that sync can start at once."""

    def __init__(self, store: Store, api: Api, platform: Platform, signed_in: Callable[[], None]) -> None:
        self._store = store
        self._api = api
        self._platform = platform
        self._signed_in = signed_in

    async def person(self) -> Person | None:
        """Who is signed in, or None; also while a sign-in is used up and must be renewed."""
        tokens = await self._api.tokens()
        return None if tokens is None else Person(tokens.person_id, tokens.person_name, tokens.clinic_name)

    async def revoked(self) -> bool:
        """Whether the clinic signed this device out and nobody has signed in since."""
        return bool(await self._store.meta("revoked"))

    async def redeem(
        self, *, secret: str | None = None, code: str | None = None, birth_date: str | None = None
    ) -> Person:
        """Sign in with an invitation: its link's `secret`, or the typed `code` with the birth date (`YYYY-MM-DD`).

        Raises `OtherPersonsEntries`, `ApiError`, `NotSaved`; a try whose reply was lost can simply be repeated.
        """
        tokens = await self._api.redeem(
            Redeem(
                device_name=self._platform.device_name,
                nonce=await self._api.nonce(),
                secret=secret,
                code=code,
                birth_date=birth_date,
            )
        )
        if not await self._store.belong_to(tokens.person_id):
            raise OtherPersonsEntries(await self._unsent())
        return await self._begin(tokens)

    async def take_over(self) -> Person:
        """Delete the other patient's entries and go on with the sign-in. Raises `SignInNeeded`, `NotSaved`."""
        tokens = await self._api.tokens()
        if tokens is None:
            raise SignInNeeded
        await self._store.hand_over(tokens.person_id)
        return await self._begin(tokens)

    async def step_back(self) -> None:
        """Give the new sign-in up and leave the other patient's entries alone. Raises `NotSaved`."""
        await self._api.sign_out()

    async def sign_out(self, *, leave_unsent: bool = False) -> None:
        """Forget the sign-in and wipe what came from the clinic; works without a network.

        Raises `UnsentEntries` first unless `leave_unsent`, so sync before and ask after. Raises `NotSaved`.
        """
        unsent = await self._unsent()
        if unsent and not leave_unsent:
            raise UnsentEntries(unsent)
        self._platform.tell_page("last-today", "")
        await self._api.sign_out()
        await self._store.purge(forget=("session", "last_success_at"))

    async def _begin(self, tokens: Tokens) -> Person:
        await self._store.set_meta({"revoked": None})
        self._signed_in()
        return Person(tokens.person_id, tokens.person_name, tokens.clinic_name)

    async def _unsent(self) -> int:
        queue = await self._store.queue()
        return queue.unsent + len(queue.shelf)
