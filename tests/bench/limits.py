"""Time limits for what is done with a browser: what hangs is named, and does not hold up the rest."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.processes import end_browser


class TookTooLong(Exception):
    """Something did not end within its time; the text says what."""


@contextmanager
def within(seconds: float, what: str, profile: Path) -> Iterator[None]:
    """Ends the profile's browser after so many seconds, which ends whatever waits for it. Raises TookTooLong."""
    over = threading.Event()

    def end() -> None:
        over.set()
        end_browser(profile)

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        yield
    except Exception as error:
        if over.is_set():
            raise TookTooLong(f"{what}: not done in {seconds:.0f} s") from error
        raise
    finally:
        timer.cancel()
