"""Where the server may go by itself, whatever a client or an admin names."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from server.reminders.channels import ways
from server.reminders.channels.posting import Failed, Letter, post, retry_after
from server.reminders.channels.ways import Barred, Lost, Ways
from server.reminders.channels.webpush import PushHosts
from tests.server.outside import LOOPBACK, provider

HOSTS = PushHosts(("push.example.net", ".windows.example"))

NEVER = [
    "http://push.example.net/x",
    "ftp://push.example.net/x",
    "https://push.example.net:8443/x",
    "https://push.example.net:80/x",
    "https://user@push.example.net/x",
    "https://user:word@push.example.net/x",
    "https://push.example.net@127.0.0.1/x",
    "https://127.0.0.1#@push.example.net/",
    "https://push.example.net/x#y",
    "https://push.example.net\\@127.0.0.1/",
    "https:\\\\push.example.net/x",
    "https:///x",
    "https://",
    "//push.example.net/x",
    "push.example.net",
    "",
    "https://push.example.net.evil.example/x",
    "https://evilpush.example.net/x",
    "https://windows.example/x",
    "https://evilwindows.example/x",
    "https://push.example.net./x",
    "https://pushexample.net/x",
    "https://127.0.0.1/x",
    "https://127.1/x",
    "https://2130706433/x",
    "https://0x7f000001/x",
    "https://0177.0.0.1/x",
    "https://localhost/x",
    "https://localhost.localdomain/x",
    "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x",
    "https://[::ffff:7f00:1]/x",
    "https://[64:ff9b::7f00:1]/x",
    "https://[fe80::1%25eth0]/x",
    "https://169.254.169.254/latest/meta-data",
    "https://metadata.google.internal/x",
    "https://10.0.0.1/x",
    "https://192.168.1.1/x",
    "https://172.16.0.1/x",
    "https://100.64.0.1/x",
    "https://0.0.0.0/x",
    "https://255.255.255.255/x",
    "https://push.example.net\t/x",
    "https://push.example.net /x",
    "https://push.example.net/x y",
    "https://push.example.net/x\r\nHost: evil.example",
    "https://push.example.net/\u0000",
    "https://püsh.example.net/x",
    "https://push。example。net/x",
    "https://ｐush.example.net/x",
    "https://push.example.net:99999/x",
    "https://push.example.net:x/x",
    "https://push.example.net:-1/x",
    "https://push%2eexample.net/x",
    "https://push_example.net/x",
    "https://" + "a" * 300 + ".example.net/x",
    "https://push.example.net/" + "x" * 1000,
    "javascript:alert(1)",
    "file:///etc/passwd",
    "gopher://push.example.net/x",
    "data:text/plain,x",
]


def nowhere(_host: str, _port: int) -> list[str]:
    pytest.fail("a name was looked up that should not be")


@pytest.mark.parametrize("url", NEVER)
def test_an_endpoint_that_is_no_push_service_is_not_even_looked_up(url: str) -> None:
    with pytest.raises(Barred):
        Ways(lookup=nowhere).check_url(url, hosts=HOSTS)


@pytest.mark.parametrize(
    "url", ["https://push.example.net/x?y=1", "https://push.example.net:443/x", "https://a.b.windows.example/x"]
)
def test_an_endpoint_of_a_known_push_service_is_taken(url: str) -> None:
    assert Ways(lookup=nowhere).check_url(url, hosts=HOSTS)[1] == 443


INSIDE = [
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.0.10",
    "100.64.1.1",
    "169.254.169.254",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
]


@pytest.mark.parametrize("address", INSIDE)
def test_a_public_name_that_leads_inside_is_barred_alone_and_behind_a_good_one(address: str) -> None:
    for found in ([address], ["93.184.216.34", address]):
        with pytest.raises(Barred):
            Ways(lookup=lambda _host, _port, found=found: found).find("push.example.net", 443, 5)  # type: ignore[misc]


def test_a_public_name_is_pinned_to_the_address_that_was_looked_at() -> None:
    place = Ways(lookup=lambda _host, _port: ["93.184.216.34", "2606:2800::1"]).find("push.example.net", 443, 5)
    assert (place.address, place.plain) == ("93.184.216.34", False)


def fails(_host: str, _port: int) -> list[str]:
    raise OSError


@pytest.mark.parametrize("lookup", [fails, lambda _h, _p: [], lambda _h, _p: ["no address"]])
def test_a_name_without_an_address_is_lost(lookup: Callable[[str, int], list[str]]) -> None:
    with pytest.raises(Lost):
        Ways(lookup=lookup).find("push.example.net", 443, 5)


def test_the_machines_own_resolver_is_asked_otherwise() -> None:
    assert LOOPBACK in ways.addresses("localhost", 80)


def test_what_the_operator_vouches_for_may_be_inside_and_on_any_port_and_only_that() -> None:
    own = Ways(frozenset({"ntfy.lan", "127.0.0.1:8025"}), lookup=lambda _host, _port: ["10.0.0.7"])
    assert own.check_url("https://ntfy.lan:8443/x") == ("ntfy.lan", 8443)
    assert own.find("ntfy.lan", 8443, 5).address == "10.0.0.7"
    assert own.check_host("127.0.0.1", 8025, (25,)) == ("127.0.0.1", 8025)
    for host in (LOOPBACK, "10.0.0.7", "localhost"):
        with pytest.raises(Barred):
            own.check_host(host, 25, (25,))
    with pytest.raises(Barred):
        own.find("other.example.net", 443, 5)


def test_plain_text_is_for_the_loopback_alone_even_where_the_operator_vouches() -> None:
    own = Ways(frozenset({"ntfy.lan"}), lookup=lambda _host, _port: ["10.0.0.7"])
    letter = Letter(who="ntfy", url="http://ntfy.lan/", place=("ntfy.lan", 80), headers={}, body=b"x")
    with pytest.raises(Failed) as failed:
        post(own, letter, 5)
    assert failed.value.outcome.code == "address_barred"


def test_a_name_that_moves_inside_between_saving_and_sending_reaches_nobody() -> None:
    with provider() as trap:
        answers = iter((["93.184.216.34"], [LOOPBACK]))
        moving = Ways(lookup=lambda _host, _port: next(answers))
        assert moving.find("push.example.net", 443, 5).address == "93.184.216.34"
        letter = Letter(
            who="push", url="https://push.example.net/x", place=("push.example.net", 443), headers={}, body=b"x"
        )
        with pytest.raises(Failed) as failed:
            post(moving, letter, 5)
        assert (failed.value.outcome.result, failed.value.outcome.code) == ("refused", "address_barred")
        assert trap.heard == []


NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("99999999999999999999", 86_400),
        ("Sun, 22 Nov 2026 15:01:30 GMT", 90),
        ("Sun, 22 Nov 2026 14:00:00 GMT", 0),
        ("Sun, 22 Nov 2099 14:00:00 GMT", 86_400),
        ("Sun, 22 Nov 2026 15:01:30", 0),
        ("-5", 0),
        ("1.5", 0),
        ("٣", 0),
        ("soon", 0),
        ("", 0),
        (None, 0),
    ],
)
def test_a_wish_to_wait_is_understood_in_both_forms_and_nonsense_is_none(said: str | None, seconds: int) -> None:
    assert retry_after(said, NOW) == seconds
