"""`python -m server.photos.worker`: opens pictures that come by standard input, one after the other, within limits.

It can write no file, has no settings and no secrets in its environment, and may use so much memory and no more.
"""

import resource
import sys
import warnings
from contextlib import suppress
from typing import BinaryIO

from PIL import Image

from server.photos.developing import Unfit, as_it_is, develop
from server.photos.wire import ARCHIVED, HEADER, LENGTH, Developed

MEMORY = 400 * 1024 * 1024
"""Bytes of address space."""

_LIMITS = {resource.RLIMIT_AS: MEMORY, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_NOFILE: 16, resource.RLIMIT_CORE: 0}


def main(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer until the input ends."""
    while length := source.read(LENGTH.size):
        request = source.read(*LENGTH.unpack(length))
        answer = _answer(request)
        sink.write(LENGTH.pack(len(answer)))
        sink.write(answer)
        sink.flush()


def _answer(request: bytes) -> bytes:
    try:
        done = _developed(request[1:], archived=request[:1] == ARCHIVED)
    except Unfit as unfit:
        return b"-" + str(unfit).encode()
    except MemoryError:
        return b"-picture_too_hard"
    except Exception:
        return b"-picture_damaged"
    return b"+" + HEADER.pack(done.width, done.height, done.had_location) + done.content


def _developed(content: bytes, archived: bool) -> Developed:
    return (as_it_is(content) if archived else None) or develop(content)


if __name__ == "__main__":
    for limit, most in _LIMITS.items():
        with suppress(ValueError, OSError):  # a system that knows this limit not keeps the others
            resource.setrlimit(limit, (most, most))
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    main(sys.stdin.buffer, sys.stdout.buffer)
