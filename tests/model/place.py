"""The model's server: one for all runs, in place, on a database that is written without waiting for the disk.

What the product does about the disk is shown by the tests that kill it. What follows from facts (sums, flags,
proposals) is worked out in those runs only that `derives`.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import event
from sqlmodel import select

from hep.access import Role
from server import upkeep
from server.api.deps import Caller
from server.database import open_database, reading
from server.migrate import upgrade
from server.tables.people import Staff
from tests.model.near import Near
from tests.server.world import World

_DERIVING = ("after_publish", "after_pull", "refresh", "settle")


class Server:
    """The real server in place.

    `derives`: whether what follows from facts is worked out. `agreed`: runs that ended with all replicas agreeing.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "model.db"
        engine = open_database(f"sqlite:///{self.path}")
        upgrade(engine)
        engine.dispose()
        self.world = World(f"sqlite:///{self.path}", folder)
        event.listen(self.world.engine, "connect", _hasten)
        self.near = Near(self.world.app)
        self.raw = sqlite3.connect(self.path, isolation_level=None)
        self.derives = True
        self.agreed = 0
        self._real = {name: getattr(upkeep, name) for name in _DERIVING}
        for name, real in self._real.items():
            setattr(upkeep, name, self._if_wanted(real))
        self.clinic_id = self.world.clinic()
        self.therapists = [self._therapist() for _ in range(2)]

    def _if_wanted(self, real: Callable[..., None]) -> Callable[..., None]:
        return lambda *given: real(*given) if self.derives else None

    def _therapist(self) -> Caller:
        email = self.world.staff(self.clinic_id)
        with reading(self.world.engine) as session:
            staff_id = session.exec(select(Staff.id).where(Staff.email == email)).one()
        return Caller(
            role=Role.THERAPIST,
            clinic_id=self.clinic_id,
            person_id=staff_id,
            person_name="Dana Cole",
            device_id="desk",
            scope="full",
            address="192.0.2.1",
            request_id="near",
        )

    def close(self) -> None:
        """Give everything back."""
        for name, real in self._real.items():
            setattr(upkeep, name, real)
        self.raw.close()
        self.world.app.state.passwords.close()
        self.world.engine.dispose()


def _hasten(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
