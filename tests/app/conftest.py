"""A phone in a folder and a clinic that answers as told."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from app.api import Api
from app.store import Store, open_store
from app.sync import Sync
from app.tokens import StoreKeeper
from tests.app.clinic import Clinic, tokens
from tests.app.device import Device
from tests.app.examples import NOW


@dataclass
class Phone:
    """The headless client: `now` is its clock, `chance` what its jitter gets."""

    device: Device
    clinic: Clinic
    store: Store
    api: Api
    keeper: StoreKeeper
    now: datetime = NOW
    chance: float = 0.5

    def __post_init__(self) -> None:
        self.sync = Sync(self.store, self.api, lambda: self.now, lambda: self.chance)


@pytest.fixture
async def stranger(tmp_path: Path) -> AsyncIterator[Phone]:
    """A phone nobody signed in on."""
    clinic = Clinic()
    device = Device(tmp_path, clinic)
    store, _ = await open_store(device, NOW)
    keeper = StoreKeeper(store)
    api = Api(device.base_url, device.transport, keeper)
    yield Phone(device, clinic, store, api, keeper)
    await api.close()
    store.close()


@pytest.fixture
async def phone(stranger: Phone) -> Phone:
    """A phone with a patient signed in."""
    await stranger.keeper.save(tokens())
    return stranger
