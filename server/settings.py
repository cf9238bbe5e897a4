"""Where the server listens, what it stores where, and the key it signs with. Read from the environment.

Refuses to start with a short or well-known key. Without `DATABASE_URL` the server is the demo clinic: invented
people in a file of their own, never mixed with a real clinic.
"""

import os
import re
from pathlib import Path
from secrets import token_hex
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url

ROOT = Path(__file__).resolve().parents[1]
SHORTEST_KEY = 32
"""Characters; 64 hexadecimal ones are made on first run."""

PUSH_HOSTS = "fcm.googleapis.com, updates.push.services.mozilla.com, web.push.apple.com, .notify.windows.com"
"""The push services of Chrome and Edge on Android, Firefox, Safari, and Edge on Windows."""

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Settings(BaseSettings):
    """The settings, by their environment names in capitals. Times are in the code, not here."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    data_dir: Path = Path("data")
    web_dir: Path = ROOT / "build" / "web"
    database_url: str | None = None
    secret_key: SecretStr | None = None
    backup_key_file: Path | None = None
    public_origin: str | None = None
    trusted_proxies: str = "127.0.0.1"
    push_contact: str | None = None
    push_hosts: str = PUSH_HOSTS
    outgoing_vouched: str = ""
    argon2_memory_kib: int = Field(default=19 * 1024, ge=8)
    argon2_rounds: int = Field(default=2, ge=1)

    @field_validator("secret_key")
    @classmethod
    def _strong(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _check_key(value.get_secret_value())
        return value

    @field_validator("public_origin")
    @classmethod
    def _safe_origin(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        bare = parts.netloc and not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
        if not bare or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
            raise ValueError("PUBLIC_ORIGIN is https://host (plain http only on this machine), without a path")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("push_contact")
    @classmethod
    def _reachable(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(
            r"(mailto:[^\s@<>]+@|https://)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", value
        ):
            raise ValueError("PUSH_CONTACT is mailto:name@host or https://host, of whoever runs the server")
        return value

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.database_url is not None and make_url(self.database_url).database == str(self.demo_file):
            raise ValueError("DATABASE_URL names the demo clinic's file: leave it out, or name another file")
        return self

    @property
    def demo(self) -> bool:
        """True when no real database is named."""
        return self.database_url is None

    @property
    def demo_file(self) -> Path:
        """The demo clinic's database file."""
        return self.data_dir / "demo.db"

    @property
    def database(self) -> str:
        """The address of the database in use."""
        return self.database_url or f"sqlite:///{self.demo_file}"

    @property
    def origin(self) -> str:
        """Scheme, host and port that people type, without a trailing slash."""
        return self.public_origin or f"http://{self.host}:{self.port}"

    @property
    def push_services(self) -> tuple[str, ...]:
        """The hosts of push services; with a dot in front, every host below."""
        return _names(self.push_hosts)

    @property
    def vouched(self) -> frozenset[str]:
        """Hosts (`host` or `host:port`) of their own network that the operator lets the server visit."""
        return frozenset(_names(self.outgoing_vouched))

    def key(self) -> bytes:
        """The server's secret: SECRET_KEY, else the file `secret.key`, which is made on first use for its owner only.

        Raises ValueError for a file that others may read or that holds too little.
        """
        if self.secret_key is not None:
            return self.secret_key.get_secret_value().encode()
        path = self.data_dir / "secret.key"
        if not path.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            _write_key(path)
        if path.stat().st_mode & 0o077:
            raise ValueError("secret.key can be read by others: chmod 600 it")
        return _check_key(path.read_text().strip()).encode()


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.lower() for name in text.replace(",", " ").split())


def _write_key(path: Path) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(token_hex(32))


def _check_key(key: str) -> str:
    if len(key) < SHORTEST_KEY or len(set(key)) < 10 or "secret" in key.lower() or "change" in key.lower():
        raise ValueError(f"the secret key needs at least {SHORTEST_KEY} random characters")
    return key
