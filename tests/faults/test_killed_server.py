"""The server is killed in the middle of its work, again and again: what it acknowledged is there, once and in order."""

from functools import partial
from pathlib import Path
from random import Random

from tests.faults.deaths import Clinic, quick_check
from tests.server.world import World


def test_a_hundred_deaths_of_the_server_lose_nothing_that_was_acknowledged(
    world: World, database_url: str, tmp_path: Path
) -> None:
    clinic = Clinic.begin(world, database_url, tmp_path)
    if database_url.startswith("sqlite"):
        kills, check = 100, partial(quick_check, database_url)
    else:
        kills, check = 20, lambda: None
    assert clinic.die(kills, Random(7), check) > kills
