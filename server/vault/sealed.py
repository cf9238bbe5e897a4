"""The packing of a backup: gzip inside `age`, a piece at a time in both directions.

`age --decrypt -i KEY FILE | gunzip` opens the same file. A cut, changed or lengthened file is refused.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

import pyrage
from pyrage.x25519 import Identity, Recipient

_GZIP = 31
"""zlib's number for a window of 32 KiB and gzip's frame."""

_LEVEL = 3
_PIECE = 1 << 18
"""Bytes that are unpacked at a time: what is small when packed may be large."""


class Unopened(Exception):
    """The file cannot be opened. `wrong_key`: it may well be whole, and made for another key."""

    def __init__(self, *, wrong_key: bool) -> None:
        super().__init__("wrong key" if wrong_key else "damaged")
        self.wrong_key = wrong_key


def seal(pieces: Iterator[bytes], file: BinaryIO, recipients: Sequence[Recipient]) -> None:
    """Write what the pieces hold. Raises whatever they and the file raise."""
    source = _Source(_packed(pieces))
    target = _Watched(file.write)
    try:
        pyrage.encrypt_io(source, target, list(recipients))
    except Exception as error:
        raise source.error or target.error or error from None


def unseal(file: BinaryIO, take: Callable[[bytes], None], identities: Sequence[Identity]) -> None:
    """Hand over what the file holds, piece by piece, before its end is known to be right.

    Raises `Unopened`, and whatever `take` and the file raise.
    """
    source = _Watched(file.read)
    unpacking = _Unpacking(take)
    target = _Watched(unpacking.write)
    try:
        pyrage.decrypt_io(source, target, list(identities))
        unpacking.end()
    except (pyrage.DecryptError, OSError, zlib.error) as error:
        stopped = source.error or target.error
        if stopped is not None and not isinstance(stopped, zlib.error):
            raise stopped from None
        raise Unopened(wrong_key="No matching keys" in str(error)) from None


def _packed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packing = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    for piece in pieces:
        if packed := packing.compress(piece):
            yield packed
    yield packing.flush()


class _Source:
    """An iterator as a file to read. Keeps what it raised: on the way through the library it would lose its type."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""
        self.error: Exception | None = None

    def read(self, size: int) -> bytes:
        try:
            while not self._rest:
                self._rest = next(self._pieces)
        except StopIteration:
            return b""
        except Exception as error:
            self.error = error
            raise
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


class _Watched:
    """A file's reading or writing half that keeps what it raised."""

    def __init__(self, do: Callable[..., object]) -> None:
        self._do = do
        self.error: Exception | None = None

    def read(self, size: int) -> object:
        return self._tried(size)

    def write(self, piece: bytes) -> object:
        return self._tried(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def _tried(self, argument: object) -> object:
        try:
            return self._do(argument)
        except Exception as error:
            self.error = error
            raise


class _Unpacking:
    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._unpacking = zlib.decompressobj(_GZIP)

    def write(self, packed: bytes) -> int:
        if self._unpacking.eof:
            raise zlib.error("more after the end")
        rest = packed
        while rest:
            self._take(self._unpacking.decompress(rest, _PIECE))
            rest = self._unpacking.unconsumed_tail
        return len(packed)

    def end(self) -> None:
        if not self._unpacking.eof or self._unpacking.unused_data:
            raise zlib.error("no end, or more after it")
