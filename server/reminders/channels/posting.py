"""One request out: a POST over HTTPS to a place that was pinned, without redirects, in a time that ends.

Of the answer only the status and `Retry-After` are looked at; what a provider writes is never read, kept or logged.
"""

import math
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPConnection, HTTPException
from threading import Timer
from time import monotonic
from urllib.parse import urlsplit

from server.reminders.channels.ways import Barred, Lost, Place, Ways
from server.reminders.port import Outcome

_LATER = frozenset({408, 425, 429})
LONGEST_WAIT_S = 86_400
"""More than a day is not waited for, whatever a provider asks."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `after_s`: what was asked to wait, 0 for nothing."""

    status: int
    after_s: float = 0.0


class Failed(Exception):
    """Nothing came back that could be understood; `outcome` says what that means."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


@contextmanager
def excused(what: str) -> Iterator[None]:
    """Turns everything that can happen on the way into `Failed`, with codes that begin with `what`."""
    try:
        yield
    except Barred:
        raise Failed(Outcome.refused("address_barred")) from None
    except Lost:
        raise Failed(Outcome.later(f"{what}_unknown_host")) from None
    except ssl.SSLCertVerificationError:
        raise Failed(Outcome.later(f"{what}_certificate")) from None
    except TimeoutError:
        raise Failed(Outcome.later(f"{what}_timed_out")) from None
    except OSError:
        raise Failed(Outcome.later(f"{what}_unreachable")) from None


@contextmanager
def cut_off(sock: socket.socket, seconds: float) -> Iterator[None]:
    """Ends every talk on the socket after so many seconds, however slowly the other end goes on. Raises TimeoutError.

    A socket's own timeout begins anew with each byte. It is ended by a second handle, which TLS leaves alone.
    """
    late: list[bool] = []
    handle = sock.dup()

    def end() -> None:
        late.append(True)
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    timer = Timer(max(0.0, seconds), end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception:
        if not late:
            raise
    finally:
        timer.cancel()
        timer.join()
        handle.close()
    if late:
        raise TimeoutError


def connected(place: Place, seconds: float) -> socket.socket:
    """A connection to the pinned address. Raises OSError."""
    return socket.create_connection((place.address, place.port), max(0.001, seconds))


@cache
def tls() -> ssl.SSLContext:
    """Certificates are always checked, against the machine's own list."""
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What to send where. `who` is how codes begin (`push`, `ntfy`), `place` what `Ways.check_url` said of the URL."""

    who: str
    url: str
    place: tuple[str, int]
    headers: Mapping[str, str]
    body: bytes


def post(ways: Ways, letter: Letter, timeout_s: float) -> Answer:
    """Send it, in at most `timeout_s` in all. Raises `Failed`."""
    until = monotonic() + timeout_s
    with excused(letter.who):
        found = ways.find(*letter.place, timeout_s)
        encrypted = letter.url.startswith("https:")
        if not (encrypted or found.plain):
            raise Barred
        with connected(found, until - monotonic()) as sock, cut_off(sock, until - monotonic()):
            if not encrypted:
                return _exchange(sock, letter)
            with tls().wrap_socket(sock, server_hostname=found.host) as talk:
                return _exchange(talk, letter)


def _exchange(sock: socket.socket, letter: Letter) -> Answer:
    parts = urlsplit(letter.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    talk = HTTPConnection(*letter.place)
    talk.sock = sock
    try:
        talk.request("POST", path, letter.body, {"Host": parts.netloc, "Connection": "close"} | dict(letter.headers))
        answer = talk.getresponse()
    except (HTTPException, UnicodeError):
        raise Failed(Outcome.later(f"{letter.who}_answer_odd")) from None
    return Answer(answer.status, retry_after(answer.headers.get("Retry-After"), datetime.now(UTC)))


def retry_after(said: str | None, now: datetime) -> float:
    """Seconds asked for in a `Retry-After`, in either of its forms; 0 for none, for nonsense and for the past."""
    said = (said or "").strip()
    if said.isascii() and said.isdecimal():
        return float(min(int(said[:9]), LONGEST_WAIT_S))
    try:
        left = (parsedate_to_datetime(said) - now).total_seconds()
    except (ValueError, IndexError, TypeError, OverflowError):
        return 0.0
    return float(min(max(0, math.ceil(left)), LONGEST_WAIT_S))


def meaning(who: str, answer: Answer, gone: frozenset[int]) -> Outcome:
    """What an answer means. `gone`: the statuses by which this provider says that the address is no more."""
    status = answer.status
    code = f"{who}_{status}" if 100 <= status <= 599 else f"{who}_answer_odd"
    if 200 <= status < 300:
        return Outcome.sent()
    if status in gone:
        return Outcome.gone(code)
    if status in _LATER or status >= 500:
        return Outcome.later(code, answer.after_s)
    return Outcome.refused(f"{who}_redirected" if 300 <= status < 400 else code)
