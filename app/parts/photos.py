"""The clinic's photos in this visit. Words never wait for them: who shows one is drawn again when it is there."""

from collections.abc import Awaitable, Callable

import flet as ft

Fetch = Callable[[str], Awaitable[bytes | None]]


class Gallery(ft.Observable):
    """The photos there are, by the SHA-256 of what they hold."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self._asked: set[str] = set()
        self._visit = 0

    async def want(self, name: str, fetch: Fetch) -> None:
        """Have a photo, unless it is there or on its way; one that does not come is asked for when next shown."""
        if name in self.held or name in self._asked:
            return
        visit = self._visit
        self._asked.add(name)
        try:
            content = await fetch(name)
        finally:
            if visit == self._visit:
                self._asked.discard(name)
        if visit == self._visit and content is not None:
            self.held[name] = content

    def forget(self) -> None:
        """Let go of all of them, and of those on their way."""
        self._visit += 1
        self._asked.clear()
        self.held.clear()


async def _nowhere(name: str) -> bytes | None:
    return None


GALLERY = Gallery()
PHOTOS = GALLERY.held
"""The photos of this visit."""

FetchContext = ft.create_context(_nowhere)
"""What fetches a photo that is shown; nothing does where they come by themselves."""
