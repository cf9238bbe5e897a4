"""Every channel against a real provider on the loopback: what arrives there, and what each answer of it means."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from hep.reminding import LANGUAGES, SENTENCES, Purpose
from server.reminders.channels import mail, ntfy, posting, webpush, words
from server.reminders.channels.mail import Mail, MailServer, Security
from server.reminders.channels.ntfy import Ntfy, NtfyServer
from server.reminders.channels.vapid import Vapid
from server.reminders.channels.ways import Ways
from server.reminders.channels.webpush import PushHosts, WebPush
from server.reminders.port import Address, Message, Outcome, Result
from server.security import Keys
from tests.server.outside import (
    FAR,
    LOOPBACK,
    Browser,
    Provider,
    Sink,
    claims_of,
    mail_sink,
    mute,
    provider,
    trusting,
)

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
KEYS = Keys(b"a key of this test, long enough to be one")
VAPID = Vapid(KEYS, "mailto:operator@example.org")
MESSAGE = Message(id="0123456789abcdef0123456789abcdef", sentence="session", language="en", path="/", ttl_s=3600)
ENOUGH_S = 20.0
SHORT_S = 0.5
"""How long somebody is waited for who never comes to an end."""


def at_home(_host: str, _port: int) -> list[str]:
    return [LOOPBACK]


HOME = Ways(frozenset({LOOPBACK, FAR, "mail.example.net"}), lookup=at_home)
"""The way of tests: the operator vouches for the loopback, whatever it is called."""


def pushing(ways: Ways = HOME) -> WebPush:
    return WebPush(ways, PushHosts((FAR,)), VAPID, clock=lambda: NOW)


def address(kind: str, **data: Any) -> Address:
    return Address(id="address", clinic_id="clinic", kind=kind, data=data)


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with provider() as made:
        yield made


@pytest.fixture
def service(running: Provider) -> Provider:
    running.answers.clear()
    running.heard.clear()
    return running


def test_a_browser_opens_what_was_pushed_and_nobody_else_learns_anything(service: Provider) -> None:
    browser = Browser(f"http://{FAR}:{service.port}/send/abc?x=1")
    outcome = pushing().send(address("webpush", **browser.subscription), MESSAGE, ENOUGH_S)
    assert outcome == Outcome.sent()
    (heard,) = service.heard
    told = {"id": MESSAGE.id, "sentence": "session", "language": "en", "path": "/"}
    assert browser.opened(heard.body) == told
    assert (heard.path, heard.headers["host"]) == ("/send/abc?x=1", f"{FAR}:{service.port}")
    assert {name: heard.headers[name] for name in ("ttl", "topic", "urgency", "content-encoding")} == {
        "ttl": "3600",
        "topic": MESSAGE.id,
        "urgency": "high",
        "content-encoding": "aes128gcm",
    }
    claims = claims_of(heard.headers["authorization"])
    assert claims == {
        "aud": f"http://{FAR}:{service.port}",
        "sub": "mailto:operator@example.org",
        "exp": int(NOW.timestamp()) + 12 * 3600,
    }
    assert heard.headers["authorization"].endswith(f"k={VAPID.public}")
    assert set(heard.headers) == {
        *("host", "connection", "authorization", "content-encoding", "content-type", "ttl", "topic", "urgency"),
        *("accept-encoding", "content-length"),
    }


def test_all_pushes_are_of_one_length_so_that_it_tells_nothing(service: Provider) -> None:
    for purpose in Purpose:
        message = replace(MESSAGE, sentence=purpose.value, path="/reminders", language="es-MX")
        pushing().send(address("webpush", **Browser(f"http://{FAR}:{service.port}/x").subscription), message, ENOUGH_S)
    assert len(service.heard) == len(Purpose)
    assert len({len(heard.body) for heard in service.heard}) == 1


def test_the_servers_push_key_follows_from_its_own_secret_and_from_nothing_else() -> None:
    assert Vapid(Keys(b"a key of this test, long enough to be one"), "mailto:x@example.org").public == VAPID.public
    assert Vapid(Keys(b"another key of this test, long enough too"), "mailto:x@example.org").public != VAPID.public


INTO = {"Location": f"http://{LOOPBACK}:1/admin"}
ANSWERS: list[tuple[int, dict[str, str], str, str, float]] = [
    (200, {}, "sent", "sent", 0),
    (201, {}, "sent", "sent", 0),
    (202, {}, "sent", "sent", 0),
    (301, INTO, "refused", "redirected", 0),
    (302, INTO, "refused", "redirected", 0),
    (307, INTO, "refused", "redirected", 0),
    (308, INTO, "refused", "redirected", 0),
    (400, {}, "refused", "400", 0),
    (401, {}, "refused", "401", 0),
    (403, {}, "refused", "403", 0),
    (404, {}, "gone", "404", 0),
    (408, {}, "later", "408", 0),
    (410, {}, "gone", "410", 0),
    (413, {}, "refused", "413", 0),
    (429, {"Retry-After": "120"}, "later", "429", 120),
    (429, {}, "later", "429", 0),
    (500, {}, "later", "500", 0),
    (502, {}, "later", "502", 0),
    (503, {"Retry-After": "nonsense"}, "later", "503", 0),
    (599, {}, "later", "599", 0),
    (999, {}, "later", "answer_odd", 0),
]


@pytest.mark.parametrize(("status", "headers", "result", "code", "after_s"), ANSWERS)
def test_every_answer_of_a_push_service_has_its_outcome(
    service: Provider, status: int, headers: dict[str, str], result: str, code: str, after_s: float
) -> None:
    service.answers.append((status, headers))
    subscribed = Browser(f"http://{FAR}:{service.port}/x").subscription
    outcome = pushing().send(address("webpush", **subscribed), MESSAGE, ENOUGH_S)
    said = code if code == "sent" else f"push_{code}"
    assert (outcome.result, outcome.code, outcome.after_s) == (result, said, after_s)
    assert len(service.heard) == 1, "a redirect is never followed"


@pytest.mark.parametrize(("status", "headers", "result", "code", "after_s"), ANSWERS)
def test_every_answer_of_an_ntfy_server_has_its_outcome_and_none_gives_a_topic_up(
    service: Provider, status: int, headers: dict[str, str], result: str, code: str, after_s: float
) -> None:
    service.answers.append((status, headers))
    server = NtfyServer(url=service.url, token="")
    outcome = Ntfy(HOME, lambda _clinic: server).send(
        address("ntfy", server=service.url, topic="topic"), MESSAGE, ENOUGH_S
    )
    said = code if code == "sent" else f"ntfy_{code}"
    assert (outcome.result, outcome.code, outcome.after_s) == ("refused" if result == "gone" else result, said, after_s)
    assert len(service.heard) == 1


def test_ntfy_gets_a_topic_and_a_sentence_in_its_body_and_nothing_in_its_address(service: Provider) -> None:
    topic = ntfy.new_topic()
    server = NtfyServer(url=service.url, token="tk_secret")
    outcome = Ntfy(HOME, lambda clinic: server if clinic == "clinic" else None).send(
        address("ntfy", server=service.url, topic=topic), MESSAGE, ENOUGH_S
    )
    assert outcome == Outcome.sent()
    (heard,) = service.heard
    assert (heard.path, heard.headers["authorization"]) == ("/", "Bearer tk_secret")
    assert json.loads(heard.body) == {
        "topic": topic,
        "title": "Time for your session",
        "message": "Time for your session",
        "priority": 4,
        "sequence_id": MESSAGE.id,
    }


def test_ntfy_topics_are_of_128_bits_and_never_the_same() -> None:
    made = {ntfy.new_topic() for _ in range(200)}
    assert len(made) == 200
    assert {len(topic) for topic in made} == {22}


@pytest.mark.parametrize(
    ("server", "code"),
    [
        (None, "channel_off"),
        (NtfyServer(url="https://other.example.net", token=""), "ntfy_moved"),
    ],
)
def test_a_topic_of_a_server_that_the_clinic_left_gets_nothing_more(server: NtfyServer | None, code: str) -> None:
    stored = address("ntfy", server="https://ntfy.example.net", topic="topic")
    assert Ntfy(HOME, lambda _clinic: server).send(stored, MESSAGE, ENOUGH_S) == Outcome.refused(code)


def test_a_provider_that_says_nothing_is_given_up_in_time() -> None:
    with mute() as port:
        subscribed = Browser(f"http://{FAR}:{port}/x").subscription
        assert pushing().send(address("webpush", **subscribed), MESSAGE, SHORT_S) == Outcome.later("push_timed_out")


@pytest.mark.parametrize("says", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\nA: "])
def test_a_provider_that_never_comes_to_an_end_is_cut_off(says: bytes) -> None:
    with mute(says) as port:
        subscribed = Browser(f"http://{FAR}:{port}/x").subscription
        outcome = pushing().send(address("webpush", **subscribed), MESSAGE, SHORT_S)
        assert outcome.result is Result.LATER


@pytest.mark.parametrize(
    "says", [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 OK\r\n\r\n", b"\0" * 100_000, b"HTTP/1.1 200\r\n" * 99]
)
def test_a_provider_that_speaks_something_else_is_tried_later(says: bytes) -> None:
    with mute(says) as port:
        subscribed = Browser(f"http://{FAR}:{port}/x").subscription
        outcome = pushing().send(address("webpush", **subscribed), MESSAGE, SHORT_S)
        assert (outcome.result, outcome.code[:5]) == (Result.LATER, "push_")


def test_a_provider_that_is_not_there_is_tried_later() -> None:
    with provider() as gone:
        port = gone.port
    subscribed = Browser(f"http://{FAR}:{port}/x").subscription
    outcome = pushing().send(address("webpush", **subscribed), MESSAGE, ENOUGH_S)
    assert outcome == Outcome.later("push_unreachable")


def test_a_provider_without_a_good_certificate_gets_nothing() -> None:
    with mail_sink("tls") as strange:
        subscribed = Browser(f"https://{FAR}:{strange.port}/x").subscription
        outcome = pushing().send(address("webpush", **subscribed), MESSAGE, ENOUGH_S)
    assert outcome == Outcome.later("push_certificate")


def test_an_endpoint_that_left_the_list_since_it_was_saved_gets_nothing(service: Provider) -> None:
    subscribed = Browser("https://push.other.example/x").subscription
    assert pushing().send(address("webpush", **subscribed), MESSAGE, ENOUGH_S) == Outcome.refused("address_barred")


ODD = [
    {},
    {"endpoint": f"https://{FAR}/x"},
    {"endpoint": f"https://{FAR}/x", "p256dh": "", "auth": ""},
    {"endpoint": f"https://{FAR}/x", "p256dh": "A" * 87, "auth": "A" * 22},
    {"endpoint": 7, "p256dh": None, "auth": []},
]


@pytest.mark.parametrize("data", ODD)
@pytest.mark.parametrize("kind", ["webpush", "email", "ntfy"])
def test_a_stored_address_that_makes_no_sense_is_refused_and_nothing_is_raised(kind: str, data: dict[str, Any]) -> None:
    channels = {"webpush": pushing(), "email": Mail(HOME, lambda _c: None), "ntfy": Ntfy(HOME, lambda _c: None)}
    assert channels[kind].send(address(kind, **data), MESSAGE, ENOUGH_S).result is Result.REFUSED


def mail_by(sink: Sink, security: Security = Security.NONE, **changes: Any) -> MailServer:
    given = {"username": "", "password": "", "host": LOOPBACK, "sender": "reminders@example.org"}
    return MailServer(port=sink.port, security=security, **(given | changes))


def mailed(server: MailServer | None, ways: Ways = HOME, timeout_s: float = ENOUGH_S, **changes: Any) -> Outcome:
    message = replace(MESSAGE, **changes)
    return Mail(ways, lambda _clinic: server).send(address("email", email="ana@example.com"), message, timeout_s)


def test_a_mail_arrives_with_a_sentence_of_the_list_and_says_nothing_else() -> None:
    with mail_sink() as sink:
        assert mailed(mail_by(sink)) == Outcome.sent()
    (letter,) = sink.letters
    assert (letter["Subject"], letter["To"], letter["From"]) == (
        "Time for your session",
        "ana@example.com",
        "reminders@example.org",
    )
    assert letter.get_content().replace("\r", "") == (
        "Time for your session.\n\nOpen the app to go on. You can change or stop these messages there.\n"
    )
    assert letter["Message-ID"] == f"<{MESSAGE.id}@example.org>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert sink.hellos == ["[127.0.0.1]"]
    assert b"http" not in sink.raw[0]


@pytest.fixture
def believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client believes the sink's certificate."""
    for module in (posting, mail):
        monkeypatch.setattr(module, "tls", trusting)


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_mail_is_encrypted_from_the_beginning_or_before_anything_is_said(security: Security, believed: None) -> None:
    with mail_sink(security.value, sign_in=("clinic", "pass word")) as sink:
        server = mail_by(sink, security, host="mail.example.net", username="clinic", password="pass word")
        assert mailed(server, language="es") == Outcome.sent()
    assert sink.encrypted == [True]
    assert sink.letters[0]["Subject"] == "Es hora de su sesión"


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_mail_server_without_a_good_certificate_gets_neither_password_nor_mail(security: Security) -> None:
    with mail_sink(security.value, sign_in=("clinic", "word")) as sink:
        server = mail_by(sink, security, username="clinic", password="word")
        assert mailed(server) == Outcome.later("mail_certificate")
    assert sink.letters == []


def test_a_certificate_of_another_name_is_no_good_one(believed: None) -> None:
    with mail_sink("tls") as sink:
        assert mailed(mail_by(sink, Security.TLS, host=FAR)) == Outcome.later("mail_certificate")


def test_a_mail_server_that_offers_no_encryption_gets_no_mail() -> None:
    with mail_sink() as sink:
        assert mailed(mail_by(sink, Security.STARTTLS)) == Outcome.refused("mail_not_encrypted")
        elsewhere = Ways(frozenset({"mail.lan"}), lookup=lambda _host, _port: ["10.0.0.9"])
        assert mailed(mail_by(sink, host="mail.lan"), elsewhere) == Outcome.refused("mail_not_encrypted")
    assert sink.letters == []


REPLIES = [
    ("550 5.1.1 No such user here", "gone", "mail_no_such_mailbox"),
    ("550 5.7.1 Relaying denied", "refused", "mail_550"),
    ("552 5.2.2 Mailbox full", "refused", "mail_552"),
    ("554 no", "refused", "mail_554"),
    ("450 4.2.1 Try again", "later", "mail_450"),
    ("451 4.7.1 Greylisted", "later", "mail_451"),
    ("421 4.3.2 Closing", "later", "mail_421"),
]


def test_every_refusal_of_a_mail_server_has_its_outcome() -> None:
    with mail_sink() as sink:
        for refusal, result, code in REPLIES:
            sink.refusal = refusal
            outcome = mailed(mail_by(sink))
            assert (outcome.result, outcome.code) == (result, code), refusal
    assert sink.letters == []


def test_a_mail_server_that_knows_another_password_refuses(believed: None) -> None:
    with mail_sink("starttls", sign_in=("clinic", "word")) as sink:
        server = mail_by(sink, Security.STARTTLS, username="clinic", password="old word")
        assert mailed(server) == Outcome.refused("mail_sign_in_refused")


@pytest.mark.parametrize("security", [Security.NONE, Security.TLS])
def test_a_mail_server_that_hangs_is_given_up_in_time(security: Security) -> None:
    with mute() as port:
        server = MailServer(
            host=LOOPBACK, port=port, security=security, username="", password="", sender="reminders@example.org"
        )
        assert mailed(server, timeout_s=SHORT_S) == Outcome.later("mail_timed_out")


@pytest.mark.parametrize("says", [b"220-still here\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0" * 9999])
def test_a_mail_server_that_talks_on_or_nonsense_got_nothing(says: bytes) -> None:
    with mute(says) as port:
        server = MailServer(
            host=LOOPBACK, port=port, security=Security.NONE, username="", password="", sender="reminders@example.org"
        )
        assert mailed(server, timeout_s=SHORT_S).result in (Result.LATER, Result.REFUSED)


def test_a_mail_server_that_moved_inside_since_it_was_set_gets_nothing() -> None:
    with mail_sink() as sink:
        server = mail_by(sink, Security.STARTTLS, host="mail.example.com")
        moved = Ways(lookup=at_home)
        assert mailed(replace(server, port=587), moved) == Outcome.refused("address_barred")
        assert mailed(None) == Outcome.refused("channel_off")
    assert (sink.letters, sink.hellos) == ([], [])


NO_EMAIL = [
    "",
    "ana",
    "ana@",
    "@example.org",
    "ana@example",
    "ana@@example.org",
    "ana@example.org\r\nBcc: eve@example.org",
    "ana@example.org\n",
    "ana example.org",
    "ana@example.org,eve@example.org",
    "Ana <ana@example.org>",
    "ana..b@example.org",
    ".ana@example.org",
    "añá@example.org",
    "ana@exámple.org",
    "ana@[127.0.0.1]",
    "ana@127.0.0.1",
    "a" * 65 + "@example.org",
    "ana@" + "a" * 64 + ".org",
    "ana@" + "example." * 40 + "org",
    "ana@-example.org",
    "ana@example-.org",
]


def test_what_is_no_mailbox_is_neither_saved_nor_sent_to() -> None:
    assert [text for text in NO_EMAIL if mail.is_email(text)] == []
    assert mail.check_email(" ana.b+c@mail.example.org ") == "ana.b+c@mail.example.org"


def test_a_subscription_is_saved_only_with_a_known_service_and_real_keys() -> None:
    good = Browser(f"https://{FAR}/x").subscription
    ways, hosts = Ways(), PushHosts((FAR,))
    assert webpush.subscription(ways, hosts, **good) == good
    for change in (
        {"endpoint": "https://push.other.example/x"},
        {"endpoint": f"http://{FAR}/x"},
        {"p256dh": good["auth"]},
        {"p256dh": "A" * 87},
        {"p256dh": good["p256dh"][:-4]},
        {"p256dh": "ß"},
        {"auth": ""},
        {"auth": good["p256dh"]},
        {"auth": "ß"},
    ):
        with pytest.raises(ValueError, match="push service"):
            webpush.subscription(ways, hosts, **(good | change))


def test_the_frames_of_mails_and_calendars_are_written_in_every_language_of_the_sentences() -> None:
    assert set(LANGUAGES) == set(SENTENCES)
    for language in LANGUAGES:
        assert language == "en" or words.calendar(language) != words.calendar("en")
        assert language == "en" or words.code_mail("123456", language) != words.code_mail("123456", "en")
        for purpose in Purpose:
            letter = words.mail(purpose.value, language)
            assert letter.subject == SENTENCES[language][purpose]
    assert words.mail("session", "fr-CA") == words.mail("session", "en")
