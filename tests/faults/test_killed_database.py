"""PostgreSQL is killed together with the server, again and again: what was acknowledged is there."""

from pathlib import Path
from random import Random

import pytest

from tests.faults.cluster import Cluster, cluster
from tests.faults.deaths import Clinic
from tests.server.world import World

KILLS = 20


@pytest.mark.timeout(900)
def test_twenty_deaths_of_the_database_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    with cluster() as database, World(database.url, tmp_path) as world:
        clinic, chance = Clinic.begin(world, database.url, tmp_path), Random(13)
        clinic.kill = lambda: both_die(clinic, database, chance)
        assert clinic.die(KILLS, chance) > KILLS


def both_die(clinic: Clinic, database: Cluster, chance: Random) -> None:
    """The database first, or the server first; then the database is started again."""
    deaths = [clinic.victim.kill, database.kill]
    chance.shuffle(deaths)
    for death in deaths:
        death()
    database.start()
