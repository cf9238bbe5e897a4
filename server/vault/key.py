"""The key of the backups: a file in the form of `age`, made by `python -m server backup-key` or by `age-keygen`.

A file with public keys only (`age1…`) can make backups and not open them: the better choice for a server.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pyrage import IdentityError, RecipientError
from pyrage.x25519 import Identity, Recipient

from server.problems import CannotDo

_SECRET = "AGE-SECRET-KEY-"  # noqa: S105 - how a line with a secret begins, not a secret


@dataclass(frozen=True, slots=True)
class Key:
    """Whom a backup is for, and what opens it; `identities` may be empty."""

    recipients: tuple[Recipient, ...]
    identities: tuple[Identity, ...]

    def opening(self) -> tuple[Identity, ...]:
        """What opens a backup. Raises `CannotDo` when this file only makes them."""
        if not self.identities:
            raise CannotDo(
                "The key file holds public keys only and opens nothing. Set BACKUP_KEY_FILE to the file with the "
                f"line that begins with {_SECRET}."
            )
        return self.identities


def load(path: Path | None) -> Key:
    """The key in a file. Raises `CannotDo` when none is named, or it cannot be used."""
    if path is None:
        raise CannotDo(
            "Set BACKUP_KEY_FILE to the file with the key of the backups. `python -m server backup-key FILE` makes one."
        )
    try:
        lines = [line.strip() for line in path.read_text().splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise CannotDo(f"The key file {path} cannot be read ({type(error).__name__}). Check BACKUP_KEY_FILE.") from None
    return _key([line for line in lines if line and not line.startswith("#")], path)


def _key(lines: list[str], path: Path) -> Key:
    try:
        identities = tuple(Identity.from_str(line) for line in lines if line.startswith(_SECRET))
        recipients = tuple(Recipient.from_str(line) for line in lines if not line.startswith(_SECRET))
    except (IdentityError, RecipientError):
        raise CannotDo(f"The key file {path} holds a line that is no age key. Take it from your own copy.") from None
    if identities and path.stat().st_mode & 0o077:
        raise CannotDo(f"The key file {path} can be read by others: chmod 600 it.")
    if not (identities or recipients):
        raise CannotDo(f"The key file {path} holds no key. Take it from your own copy.")
    return Key((*recipients, *(identity.to_public() for identity in identities)), identities)


def make(path: Path, now: datetime) -> str:
    """Write a new key for its owner only; returns its public half. Raises `CannotDo`, never replaces a file."""
    identity = Identity.generate()
    public = str(identity.to_public())
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"# created: {now:%Y-%m-%dT%H:%M:%SZ}\n# public key: {public}\n{identity}\n")
    except FileExistsError:
        raise CannotDo(f"{path} is there already. A key is never replaced: name another file.") from None
    except OSError as error:
        raise CannotDo(f"{path} cannot be written ({type(error).__name__}). Name another place.") from None
    return public
