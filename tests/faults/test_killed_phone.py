"""The phone's app is killed between tap and acknowledgement: every tap it called saved reaches the clinic once."""

import time
from pathlib import Path
from random import Random

from tests.faults.forks import FORKS
from tests.faults.tapper import tap_until_killed
from tests.faults.victim import Victim
from tests.flows.people import Clinic, Phone
from tests.server.world import KEY, START, World

KILLS = 100
PATIENCE_S = 30


async def test_a_hundred_deaths_of_the_app_lose_no_tap_that_was_saved(
    sqlite_world: World, sqlite_url: str, tmp_path: Path
) -> None:
    clinic, chance = Clinic(sqlite_world), Random(3)
    clinic.publish()
    folder = tmp_path / "phone"
    phone = await Phone(clinic, folder).open()
    await phone.account.redeem(secret=clinic.invitation())
    await phone.settle()
    await phone.close()
    server = Victim(sqlite_url, tmp_path, KEY, START)
    server.start()

    saved: list[str] = []
    for _ in range(KILLS):
        saved += taps_of_one_life(server.url, folder, chance.uniform(0.0, 0.1))
    server.kill()

    phone = await Phone(clinic, folder).open()
    here = [id_ for _, id_ in await phone.facts()]
    assert set(saved) <= set(here)
    await phone.settle()
    assert await phone.facts() == clinic.stored()
    assert [id_ for _, id_ in clinic.stored()] == sorted(here)
    assert (await phone.sync.status()).shelf == ()
    assert len(saved) > KILLS
    await phone.close()


def taps_of_one_life(url: str, folder: Path, seconds: float) -> list[str]:
    """Start the app, let it tap, kill it so many seconds after its first tap; the sets it called saved."""
    ours, theirs = FORKS.Pipe(duplex=False)
    app = FORKS.Process(target=tap_until_killed, args=(url, folder, START, theirs), daemon=True)
    app.start()
    theirs.close()
    assert ours.poll(PATIENCE_S), "the app saved nothing"
    time.sleep(seconds)
    app.kill()
    app.join()
    saved = []
    try:
        while True:
            saved.append(ours.recv())
    except EOFError:
        return saved
    finally:
        ours.close()
