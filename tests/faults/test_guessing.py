"""A thousand guesses at passwords, at two servers of one clinic at once, from one address."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from server.app import create_app
from server.security import Passwords
from server.settings import Settings
from tests.browser.serving import free_port
from tests.faults.forks import FORKS
from tests.faults.victim import wait_for
from tests.server.world import KEY, PASSWORD, START, World

GUESSES = 1000
MOST_HASHED = 20


def _serve(settings: Settings, start: datetime, port: int, later: Any, hashed: Any) -> None:
    """A server that counts what reaches its hasher, with a clock that the test turns."""
    whole = Passwords.verify

    async def counted(self: Passwords, password: str, stored: str | None) -> tuple[bool, str | None]:
        with hashed.get_lock():
            hashed.value += 1
        return await whole(self, password, stored)

    Passwords.verify = counted  # type: ignore[method-assign]
    app = create_app(settings, clock=lambda: start + timedelta(seconds=later.value))
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, lifespan="off")


@contextmanager
def serving(settings: Settings, later: Any, hashed: Any) -> Iterator[str]:
    port = free_port()
    process = FORKS.Process(target=_serve, args=(settings, START, port, later, hashed), daemon=True)
    process.start()
    wait_for(process, port)
    yield f"http://127.0.0.1:{port}"
    process.kill()
    process.join()


def test_of_a_thousand_guesses_at_two_servers_twenty_are_looked_at_and_the_owner_still_gets_in(
    database_url: str, tmp_path: Path
) -> None:
    with World(database_url, tmp_path) as world:
        owner = world.staff(world.clinic())
    settings = Settings(
        database_url=database_url, data_dir=tmp_path, secret_key=KEY, argon2_memory_kib=64, argon2_rounds=1
    )
    later, hashed, nonces = FORKS.Value("d", 0.0), FORKS.Value("i", 0), count()
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(settings, later, hashed)) for _ in range(2)]
        clients = [stack.enter_context(httpx.Client(base_url=url, trust_env=False, timeout=60)) for url in servers]

        def sign_in(number: int, email: str, password: str) -> httpx.Response:
            body = {"email": email, "password": password, "device_name": "Desk", "nonce": f"nonce-{next(nonces):012d}"}
            return clients[number % 2].post("/v1/auth/sign-in", json=body)

        def guess(number: int) -> int:
            email = owner if number % 3 else f"guess{number}@example.org"
            return sign_in(number, email, f"guess number {number}").status_code

        with ThreadPoolExecutor(8) as pool:
            answers = Counter(pool.map(guess, range(GUESSES)))
        assert set(answers) <= {401, 429, 503}
        assert answers[401] == hashed.value
        assert 5 <= hashed.value <= MOST_HASHED
        for number in range(6):
            held = sign_in(number, owner, PASSWORD)
            if held.status_code == 200:
                break
            assert held.status_code == 429
            later.value += int(held.headers["retry-after"])
        assert held.status_code == 200
        assert later.value <= 15 * 60
