"""Opens a zip file from outside and reads its entries, each within its bounds. Writes nothing to a disk.

How many entries there are is known before any is looked at; how large one is, before it is unpacked, and no more than
that is ever unpacked.
"""

import re
import stat
import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from hep.own import MOST
from hep.own_wire import Entry
from server.archive.writing import MANIFEST
from server.photos import keeping
from server.photos.wire import MOST_BYTES

MOST_ENTRIES = MOST + keeping.MOST + 3
"""Exercises, photos, the manifest, and two folders (inclusive)."""

MOST_DIRECTORY = 512 * 1024
"""Bytes of the file's own list of its entries, inclusive."""

LONGEST_NAME, MOST_TOLD = 80, 100
"""Characters of an entry's name that are told, and entries that are told of (inclusive)."""

_END, _END_SIGNATURE = struct.Struct("<4s4H2LH"), b"PK\x05\x06"
_EXERCISE = re.compile(r"exercises/([A-Za-z0-9_-]{1,80})\.json")
_PHOTO = re.compile(r"photos/([0-9a-f]{64})\.webp")
_SIZES = ((_EXERCISE, 64 * 1024), (_PHOTO, MOST_BYTES), (re.compile(re.escape(MANIFEST)), 64 * 1024))
_FOLDERS = {"exercises/", "photos/"}


class Refusals(Exception):
    """The file is refused, and why, entry by entry."""

    def __init__(self, *entries: Entry) -> None:
        super().__init__("refused")
        self.entries = entries[:MOST_TOLD]


@dataclass(frozen=True, slots=True)
class Contents:
    """What the file holds, by id and by SHA-256, as bytes that nobody has looked into."""

    manifest: bytes
    exercises: dict[str, bytes]
    photos: dict[str, bytes]


def refusal(entry: str, sentence: str) -> Entry:
    """Why an entry is refused."""
    shown = "".join(c if c.isprintable() else "?" for c in entry[:LONGEST_NAME])
    return Entry(entry=shown, sentence=sentence)


def read(file: IO[bytes]) -> Contents:
    """The contents. Raises `Refusals`."""
    _check_directory(file)
    try:
        with ZipFile(file) as opened:
            entries = opened.infolist()
            if len(entries) > MOST_ENTRIES:
                raise Refusals(refusal("the file", f"It holds more than {MOST_ENTRIES} entries."))
            wrong = [refusal(entry.filename, why) for entry in entries if (why := _wrong(entry))]
            wrong += _twice(entries)
            if wrong:
                raise Refusals(*wrong)
            return _unpacked(opened, entries)
    except (BadZipFile, NotImplementedError, ValueError, OSError, EOFError):
        raise Refusals(refusal("the file", "It is no zip file, or a damaged one.")) from None


def _check_directory(file: IO[bytes]) -> None:
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - _END.size - 0xFFFF))
    tail = file.read()
    at = tail.rfind(_END_SIGNATURE)
    if at < 0 or len(tail) - at < _END.size:
        raise Refusals(refusal("the file", "It is no zip file, or a damaged one."))
    _, _, _, _, entries, directory, _, _ = _END.unpack_from(tail, at)
    if entries > MOST_ENTRIES or directory > MOST_DIRECTORY:
        raise Refusals(refusal("the file", f"It holds more than {MOST_ENTRIES} entries."))


def _wrong(entry: ZipInfo) -> str | None:
    """Why an entry cannot be taken; None when it can."""
    name = entry.orig_filename
    if name in _FOLDERS and not entry.file_size:
        return None
    if name.startswith(("/", "\\")) or ".." in name or "\\" in name or ":" in name or "\0" in name:
        return "Its name leads out of the file."
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "It is a link to something else."
    if entry.flag_bits & 0x1:
        return "It is encrypted. Save the file without a password."
    if name.lower().endswith((".zip", ".7z", ".gz", ".tar", ".rar")):
        return "It is a packed file within the file."
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return "It is packed in a way that is not read here."
    most = next((size for pattern, size in _SIZES if pattern.fullmatch(name)), None)
    if most is None:
        return "It has no place in a file of exercises."
    return f"It says it is larger than {most // 1024} kB." if entry.file_size > most else None


def _twice(entries: list[ZipInfo]) -> Iterator[Entry]:
    for name, count in Counter(entry.filename.casefold() for entry in entries).items():
        if count > 1:
            yield refusal(name, "It is there more than once.")


def _unpacked(file: ZipFile, entries: list[ZipInfo]) -> Contents:
    found = Contents(b"", {}, {})
    manifest, wrong = b"", []
    for entry in entries:
        if entry.filename in _FOLDERS:
            continue
        try:
            with file.open(entry) as opened:
                content = opened.read(entry.file_size + 1)
        except Exception:
            wrong.append(refusal(entry.filename, "It cannot be unpacked: it is damaged, or not as large as it says."))
            continue
        exercise, photo = _EXERCISE.fullmatch(entry.filename), _PHOTO.fullmatch(entry.filename)
        if exercise:
            found.exercises[exercise[1]] = content
        elif photo:
            found.photos[photo[1]] = content
        else:
            manifest = content
    if wrong:
        raise Refusals(*wrong)
    return Contents(manifest, found.exercises, found.photos)
