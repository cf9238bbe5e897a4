"""The processes of one browser as Linux shows them: what the app's renderer holds, and how to make all of them slower.

`python -m tests.bench.processes PROFILE FACTOR` slows the browser of a profile until it is told to end.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

RUN_S = 0.012
"""Seconds the browser runs between two stops: less than a frame, so that nothing sees more than a slow machine."""

_LOOK_S = 0.4
"""Seconds between two looks for processes that began meanwhile."""


def renderer_mb(profile: Path) -> float:
    """Megabytes (proportional set size) of the largest renderer: the page's, with its workers. No GPU process."""
    renderers = [pid for pid in _family(profile) if any(b"--type=renderer" in word for word in _command(pid))]
    return max(_proportional_kb(pid) for pid in renderers) / 1000 * 1.024


@contextmanager
def slowed(profile: Path, factor: float) -> Iterator[Callable[[], None]]:
    """Every thread of the profile's browser runs `1 / factor` of the time while the block runs; 1 changes nothing.

    What the block is given ends it before.
    """
    if factor == 1:
        yield lambda: None
        return
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.processes", str(profile), str(factor)])

    def end() -> None:
        process.terminate()
        process.wait(timeout=30)

    try:
        yield end
    finally:
        end()


def end_browser(profile: Path) -> None:
    """End the browser of a profile at once."""
    _tell(_family(profile), signal.SIGKILL)


def _slow(profile: Path, factor: float) -> None:
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: ended.append(number))
    family, looked = _family(profile), time.monotonic()
    while not ended:
        _tell(family, signal.SIGSTOP)
        time.sleep(RUN_S * (factor - 1))
        _tell(family, signal.SIGCONT)
        if time.monotonic() - looked > _LOOK_S:
            family, looked = _family(profile), time.monotonic()
        time.sleep(RUN_S)


def _tell(family: set[int], number: signal.Signals) -> None:
    for pid in family:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _family(profile: Path) -> set[int]:
    """The browser that was started with this profile, and all that it started."""
    parents = dict(_parents())
    wanted = f"--user-data-dir={profile}".encode()
    found = {pid for pid in parents if wanted in (words := _command(pid)) and not any(b"--type=" in w for w in words)}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _parents() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            yield int(folder.name), int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])


def _command(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def _proportional_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1])


if __name__ == "__main__":
    _slow(Path(sys.argv[1]), float(sys.argv[2]))
