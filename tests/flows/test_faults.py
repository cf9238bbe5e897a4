"""Random bad networks: whatever happens on the way, every tap ends at the clinic exactly once and phones agree."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.flows.link import Fault
from tests.flows.people import Clinic, Phone
from tests.server.world import World

EACH = [*Fault, None]

step = st.one_of(
    st.tuples(st.just("tap"), st.integers(0, 1)),
    st.tuples(st.just("sync"), st.integers(0, 1)),
    st.tuples(st.just("restart"), st.integers(0, 1)),
    st.tuples(st.just("an hour"), st.just(0)),
    st.tuples(st.just("publish"), st.just(0)),
)


@pytest.mark.parametrize("fault", list(Fault))
async def test_one_bad_request_anywhere_costs_nothing(clinic: Clinic, phone: Phone, fault: Fault) -> None:
    session = await phone.begin()
    ids = []
    for place in range(3):
        ids += await phone.squats(session, place + 1)
        phone.link.faults.extend([None] * place + [fault])
        await phone.settle()

    assert [id_ for _, id_ in clinic.stored()] == sorted(ids)
    assert await phone.facts() == clinic.stored()
    assert (await phone.sync.status()).shelf == ()


@pytest.fixture
def one_world(world: World) -> Iterator[World]:
    """One server for all examples of a test; each example has a patient of its own."""
    yield world


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(step, min_size=3, max_size=14),
    faults=st.lists(st.lists(st.sampled_from(EACH), max_size=10), min_size=2, max_size=2),
)
def test_every_tap_arrives_exactly_once_and_both_phones_agree(
    one_world: World, steps: list[tuple[str, int]], faults: list[list[Fault | None]]
) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(storm(Clinic(one_world), Path(folder), steps, faults))


async def storm(clinic: Clinic, folder: Path, steps: list[tuple[str, int]], faults: list[list[Fault | None]]) -> None:
    clinic.publish()
    phones = [await Phone(clinic, folder / str(n)).open() for n in range(2)]
    for phone in phones:
        await phone.account.redeem(secret=clinic.invitation())
        await phone.settle()
    for phone, plan in zip(phones, faults, strict=True):
        phone.link.faults.extend(plan)
    taps: list[str] = []
    for what, which in steps:
        await act(clinic, phones[which], what, taps)
    for phone in (*phones, *phones):
        await phone.settle()

    assert [id_ for _, id_ in clinic.stored()] == sorted(taps)
    for phone in phones:
        assert await phone.facts() == clinic.stored()
        assert (await phone.sync.status()).shelf == ()
    first, second = [await phone.history() for phone in phones]
    assert (first.rows, first.versions) == (second.rows, second.versions)
    for phone in phones:
        await phone.close()


async def act(clinic: Clinic, phone: Phone, what: str, taps: list[str]) -> None:
    if what == "tap":
        session = await phone.log.resume() or await phone.begin()
        taps.extend(await phone.squats(session, len(taps) % 2 + 1))
    elif what == "sync":
        await phone.sync.once()
    elif what == "restart":
        await phone.restart()
    elif what == "publish":
        clinic.sign_in_again()
        clinic.publish(reason="As discussed")
    else:
        clinic.world.later(hours=1)
