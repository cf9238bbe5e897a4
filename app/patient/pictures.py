"""Which pictures this phone must have, so that every prescribed exercise moves without a network.

The page fetches them after the first screen, one by one; what is there already is not fetched again. The stills of the
whole library come by themselves, and other loops when they are first shown (`app/web/sw.js`).
"""

import json

from app.parts.picture import LOOP, STILL, address, shown
from app.patient.doing import Doing
from app.patient.snapshot import Snapshot


class Pictures:
    """Follows a model and tells the page what to keep, when that is more or other than it was told before."""

    def __init__(self, model: Doing) -> None:
        self._model = model
        self._told: tuple[str, ...] = ()

    def changed(self) -> None:
        """The program may be another one."""
        wanted = prescribed(self._model.here)
        if wanted and wanted != self._told:
            self._told = wanted
            self._model.platform.tell_page("keep-pictures", json.dumps(wanted))


def prescribed(snapshot: Snapshot) -> tuple[str, ...]:
    """Addresses of the pictures of what is prescribed now and in versions that are to begin, each once."""
    current = snapshot.version.version if snapshot.version else 0
    versions = [version for version in snapshot.history.versions if version.version >= current]
    drawn = (shown(p.exercise) for version in versions for p in version.prescriptions)
    names = dict.fromkeys(what.drawn_as for what in drawn if what.moves and what.drawn_as)
    return tuple(address(name, part) for name in names for part in (STILL, LOOP))
