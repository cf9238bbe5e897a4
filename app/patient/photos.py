"""The clinic's photos of what is prescribed, on this phone: fetched after a pull, shown without a network.

What is prescribed now and in versions to come is kept, everything else let go of. A photo is believed only when it
holds what its name says. Where one is missing, the drawing or the neutral figure stands in: nothing here ever fails.
"""

import asyncio
import hashlib
from collections.abc import Iterator

from app.api import ApiError, ServerSaid
from app.parts.photos import PHOTOS
from app.patient.doing import Doing
from app.patient.snapshot import Snapshot
from app.store import NotSaved
from app.sync import SyncState


class Photos:
    """Follows a model."""

    def __init__(self, model: Doing) -> None:
        self._model = model
        self._seen: Snapshot | None = None
        self._opened = False
        self._refused: set[str] = set()
        self.work: asyncio.Task[None] | None = None
        """What is under way, or was."""

    def changed(self) -> None:
        """The program may be another one, or the clinic in reach again."""
        if self._model.snapshot is self._seen:
            return
        self._seen = self._model.snapshot
        in_step = self._opened and set(PHOTOS) == prescribed_photos(self._model.here)
        if not in_step and (self.work is None or self.work.done()):
            self.work = asyncio.ensure_future(self._follow())

    async def _follow(self) -> None:
        seen = None
        if not self._opened:
            PHOTOS.update(await self._model.platform.kept_photos())
            self._opened = True
        while seen is not self._seen:
            seen = self._seen
            await self._let_go()
            if self._model.here.status.state is SyncState.IDLE:
                await self._fetch()

    async def _let_go(self) -> None:
        wanted = prescribed_photos(self._model.here)
        if set(PHOTOS) - wanted:
            for name in set(PHOTOS) - wanted:
                del PHOTOS[name]
            await self._model.platform.drop_photos(wanted)

    async def _fetch(self) -> None:
        tenure = self._model.store.tenure
        for name in sorted(prescribed_photos(self._model.here) - set(PHOTOS) - self._refused):
            try:
                content = await self._model.api.fetch(f"/v1/library/photos/{name}")
            except ServerSaid:
                self._refused.add(name)
                continue
            except (ApiError, NotSaved):
                return
            if self._model.store.tenure != tenure:
                return
            if hashlib.sha256(content).hexdigest() == name:
                PHOTOS[name] = content
                await self._model.platform.keep_photo(name, content)


def prescribed_photos(snapshot: Snapshot) -> set[str]:
    """The photos of what is prescribed now and in versions that are to begin."""
    return set(_named(snapshot))


def _named(snapshot: Snapshot) -> Iterator[str]:
    current = snapshot.version.version if snapshot.version else 0
    for version in snapshot.history.versions:
        if version.version >= current:
            yield from (p.exercise.photo for p in version.prescriptions if p.exercise.photo)
