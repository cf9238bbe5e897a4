"""Bodies that are no JSON: a picture, a zip file. They are read by the route itself, after it knows who is asking."""

from collections.abc import AsyncIterator
from tempfile import TemporaryFile
from typing import IO

from fastapi import Request
from starlette.requests import ClientDisconnect

from server.problems import Declined

BINARY = "application/octet-stream"
"""The media type of every upload: what the file is, is told by what it holds."""

PHOTO_BYTES = 10 * 1024 * 1024
"""Of an uploaded picture, inclusive."""


def body_of(most: int) -> dict[str, object]:
    """A route's `openapi_extra` for an upload of at most so many bytes: OpenAPI counts a file's length in them."""
    schema = {"type": "string", "format": "binary", "maxLength": most}
    return {"requestBody": {"required": True, "content": {BINARY: {"schema": schema}}}}


ARCHIVE_BYTES = 64 * 1024 * 1024
"""Of an uploaded zip file, inclusive: as much as a clinic's own exercises and photos can be."""


async def received_file(request: Request, most: int) -> IO[bytes]:
    """The body as a nameless file, of at most so many bytes, counted while they come. Raises `Declined`."""
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 the caller closes it
    try:
        async for chunk in _chunks(request, most):
            file.write(chunk)
    except Declined:
        file.close()
        raise
    file.seek(0)
    return file


async def received(request: Request, most: int) -> bytes:
    """The body, of at most so many bytes, counted while they come. Raises `Declined`."""
    return b"".join([chunk async for chunk in _chunks(request, most)])


async def _chunks(request: Request, most: int) -> AsyncIterator[bytes]:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != BINARY or request.headers.get("content-encoding", "identity") != "identity":
        raise Declined("encoding_unsupported")
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > most:
                raise Declined("too_large")
            yield chunk
    except ClientDisconnect:
        raise Declined("malformed") from None
