"""Providers on the loopback: a push service that can open what it gets, an ntfy server, mail servers, and bad ones."""

import json
import ssl
import warnings
from asyncio import get_running_loop
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from secrets import token_bytes
from socket import create_server, socket
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

import http_ece
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from anyio.from_thread import start_blocking_portal
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from py_vapid import Vapid02

LOOPBACK = "127.0.0.1"
FAR = "push.example.net"
"""The name of a push service; tests say where it is."""


@dataclass(frozen=True)
class Heard:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Provider:
    """An HTTP server that answers as it is told (`answers`, then 201 for ever) and remembers what came."""

    port: int = 0
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider in a thread of its own."""
    made = Provider()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            made.heard.append(Heard(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            status, headers = made.answers.pop(0) if made.answers else (201, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"a provider's own words")

        do_GET = do_POST

        def log_message(self, format: str, *args: Any) -> None:
            return

    with ThreadingHTTPServer((LOOPBACK, 0), Answering) as server:
        made.port = server.server_port
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def mute(*says: bytes) -> Iterator[int]:
    """A port where somebody takes every call, says this again and again without an end, and then nothing."""
    done, held = Event(), list[socket]()

    def take(listener: socket) -> None:
        while True:
            try:
                talk, _ = listener.accept()
            except OSError:
                return
            held.append(talk)
            Thread(target=speak, args=(talk,), daemon=True).start()

    def speak(talk: socket) -> None:
        while says and not done.wait(0.02):
            try:
                talk.sendall(b"".join(says))
            except OSError:
                return

    with create_server((LOOPBACK, 0)) as listener:
        Thread(target=take, args=(listener,), daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            done.set()
            for talk in held:
                talk.close()


class Browser:
    """A browser that subscribed: only it can open what is sent to it."""

    def __init__(self, endpoint: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = token_bytes(16)
        self.endpoint = endpoint

    @property
    def subscription(self) -> dict[str, str]:
        point = self._key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return {"endpoint": self.endpoint, "p256dh": _text(point), "auth": _text(self._auth)}

    def opened(self, sealed: bytes) -> dict[str, Any]:
        """What the service worker would see."""
        plain = http_ece.decrypt(sealed, private_key=self._key, auth_secret=self._auth, version="aes128gcm")
        return dict(json.loads(plain))


def claims_of(authorization: str) -> dict[str, Any]:
    """What a server signed, checked with the key that it says is its own."""
    assert Vapid02.verify(authorization)
    token = authorization.split("t=")[1].split(",")[0]
    part = token.split(".")[1]
    return dict(json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Sink:
    """A mail server that keeps what it gets. `refusal`: what it says to every recipient instead."""

    port: int = 0
    refusal: str = ""
    letters: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    hellos: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content or b""
        assert isinstance(content, bytes)
        self.raw.append(content)
        self.letters.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        self.hellos.append(str(session.host_name))
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 OK"


@contextmanager
def mail_sink(secure: str = "none", sign_in: tuple[str, str] | None = None) -> Iterator[Sink]:
    """A real mail server: `secure` is none, starttls or tls (with the certificate of `trusting`)."""
    sink = Sink()

    def allowed(_server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == sign_in
        return AuthResult(success=good, handled=False)

    def made() -> SMTP:
        with_tls = server_context() if secure == "starttls" else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it does not see TLS that is there from the beginning
            return SMTP(
                sink,
                tls_context=with_tls,
                require_starttls=with_tls is not None,
                authenticator=allowed if sign_in else None,
                auth_required=sign_in is not None,
                auth_require_tls=secure == "starttls",
            )

    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())

        async def begin() -> Any:
            context = server_context() if secure == "tls" else None
            return await get_running_loop().create_server(made, LOOPBACK, 0, ssl=context)

        async def end(server: Any) -> None:
            server.close()

        server = portal.call(begin)
        stack.callback(portal.call, end, server)
        sink.port = server.sockets[0].getsockname()[1]
        yield sink


@cache
def _certificate() -> tuple[bytes, bytes]:
    """A certificate of its own for the loopback, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK)), x509.DNSName("mail.example.net")]), False
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.public_bytes(serialization.Encoding.PEM), private


@cache
def server_context() -> ssl.SSLContext:
    """For a server with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "both.pem"
        path.write_bytes(b"".join(_certificate()))
        context.load_cert_chain(path)
    return context


@cache
def trusting() -> ssl.SSLContext:
    """For a client that believes that certificate and no other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=_certificate()[0].decode())
    return context
