"""Runs the state machine so many times on one server, and looks at that server's audit log in the end."""

import asyncio
from pathlib import Path

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from server import audit
from server.database import reading
from tests.model.machine import Model, bound_to
from tests.model.place import Server

STEPS = 50


def run(folder: Path, runs: int, number: int | None = None) -> int:
    """So many runs of STEPS steps: always the same ones, or those of the seed `number`.

    Returns how many came to their end and agreed. Raises AssertionError for one that did not.
    """
    server, loop = Server(folder), asyncio.new_event_loop()
    machine = bound_to(server, loop)
    try:
        run_state_machine_as_test(
            machine if number is None else _seeded(machine, number), settings=_settings(runs, number)
        )
        with reading(server.world.engine) as session:
            assert audit.verify(session, server.clinic_id).sound
        return server.agreed
    finally:
        loop.close()
        server.close()


def _seeded(machine: type[Model], number: int) -> type[Model]:
    seeded: type[Model] = seed(number)(machine)
    return seeded


def _settings(runs: int, number: int | None) -> settings:
    return settings(
        max_examples=runs,
        stateful_step_count=STEPS,
        derandomize=number is None,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
