"""Where the server may go by itself: to public addresses of hosts that are looked up for each visit, and pinned.

Whatever a host's name is made of, what counts is what it resolves to: loopback, private, link-local, multicast and
reserved addresses are barred, also where they hide within an IPv6 address. The server's operator may vouch for hosts of
their own network; nobody else can.
"""

import re
import socket
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

HTTPS = 443
LONGEST_URL = 1000
"""Characters, inclusive. Push endpoints of today have 150 to 450."""

PARALLEL_LOOKUPS = 8

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\Z")
_URL = re.compile(r"[!-~]+\Z")
_WRAPPED = tuple(ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"))
"""IPv6 addresses that stand for an IPv4 one: NAT64, 6to4, Teredo and the old compatible form."""

Lookup = Callable[[str, int], Iterable[str]]
"""All addresses of a host, as text. Raises OSError."""


class Barred(Exception):
    """The server does not go there. Carries nothing of the address."""


class Lost(Exception):
    """The host has no address, or nobody said in time which."""


@dataclass(frozen=True, slots=True)
class Place:
    """A host and port, and the address that was looked at. `plain`: it may be spoken to without TLS."""

    host: str
    port: int
    address: str
    plain: bool


def addresses(host: str, port: int) -> list[str]:
    """What the machine's resolver knows."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is an address of the open internet, and nothing else in disguise."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return public(address.ipv4_mapped)
        if address.is_site_local or any(address in net for net in _WRAPPED):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _outside(host: str) -> bool:
    """Whether it is a name, or a public address written as one, by its form alone."""
    if not _HOST.match(host) or "." not in host:
        return False
    try:
        return public(ip_address(host))
    except ValueError:
        return True


class Ways:
    """Finds the way to a host. Used by several threads at once.

    `vouched`: hosts (`host` or `host:port`) that the operator answers for. Their port may be any, their address a
    private one, and if that is of the loopback, TLS is not asked for.
    """

    def __init__(self, vouched: frozenset[str] = frozenset(), lookup: Lookup = addresses) -> None:
        self._vouched, self._lookup = vouched, lookup

    def check_url(self, url: str, *, hosts: Callable[[str], bool] | None = None) -> tuple[str, int]:
        """Host and port of an address that the server would visit, by its form alone. Raises `Barred`.

        `hosts` says which public hosts are meant at all; None for any.
        """
        if not (len(url) <= LONGEST_URL and _URL.match(url) and "\\" not in url):
            raise Barred
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise Barred from None
        port = port if port is not None else 80 if parts.scheme == "http" else HTTPS
        if parts.username is not None or parts.password is not None or parts.fragment:
            raise Barred
        if self.vouches(host, port) and parts.scheme in ("https", "http"):
            return host, port
        if parts.scheme != "https" or (hosts is not None and not hosts(host)):
            raise Barred
        return self.check_host(host, port, (HTTPS,))

    def check_host(self, host: str, port: int, ports: tuple[int, ...]) -> tuple[str, int]:
        """The host in small letters, and the port, if they may be visited by their form. Raises `Barred`."""
        host = host.lower()
        if not self.vouches(host, port) and (port not in ports or not _outside(host)):
            raise Barred
        return host, port

    def vouches(self, host: str, port: int) -> bool:
        """Whether the operator answers for this host."""
        return f"{host}:{port}" in self._vouched or host in self._vouched

    def find(self, host: str, port: int, timeout_s: float) -> Place:
        """Look the host up, judge every address it has, and take the first. Raises `Barred`, `Lost`."""
        waiting = _lookups().submit(lambda: [ip_address(text.partition("%")[0]) for text in self._lookup(host, port)])
        try:
            found = waiting.result(timeout_s)
        except (OSError, ValueError, UnicodeError, TimeoutError):
            waiting.cancel()
            raise Lost from None
        if not found:
            raise Lost
        if not self.vouches(host, port) and not all(public(address) for address in found):
            raise Barred
        return Place(host, port, str(found[0]), self.vouches(host, port) and found[0].is_loopback)


@cache
def _lookups() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(PARALLEL_LOOKUPS, thread_name_prefix="lookup")
