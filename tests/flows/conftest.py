"""The clinic on SQLite and on PostgreSQL, and phones that can be had as many as needed."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.flows.people import Clinic, Phone
from tests.server.world import World

MakePhone = Callable[..., Awaitable[Phone]]


@pytest.fixture
def clinic(world: World) -> Clinic:
    """A clinic with a patient whose first program is published."""
    made = Clinic(world)
    made.publish()
    return made


@pytest.fixture
async def make_phone(tmp_path: Path) -> AsyncIterator[MakePhone]:
    """Makes a phone that is signed in and in step with the clinic, unless `signed_in=False`."""
    made: list[Phone] = []

    async def make(clinic: Clinic, signed_in: bool = True) -> Phone:
        phone = await Phone(clinic, tmp_path / f"phone-{len(made)}").open()
        made.append(phone)
        if signed_in:
            await phone.account.redeem(secret=clinic.invitation())
            await phone.settle()
        return phone

    yield make
    for phone in made:
        await phone.close()


@pytest.fixture
async def phone(clinic: Clinic, make_phone: MakePhone) -> Phone:
    """One phone in step with the clinic."""
    return await make_phone(clinic)
