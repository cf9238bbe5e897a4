"""Bodies that are no JSON: a picture, a zip file. They are read by the route itself, after it knows who is asking."""

from fastapi import Request
from starlette.requests import ClientDisconnect

from server.problems import Declined

BINARY = "application/octet-stream"
"""The media type of every upload: what the file is, is told by what it holds."""

PHOTO_BYTES = 10 * 1024 * 1024
"""Of an uploaded picture, inclusive."""


def body_of(media_type: str = BINARY) -> dict[str, object]:
    """A route's `openapi_extra` for an upload."""
    schema = {"type": "string", "format": "binary"}
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}


async def received(request: Request, most: int) -> bytes:
    """The body, of at most so many bytes, counted while they come. Raises `Declined`."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != BINARY or request.headers.get("content-encoding", "identity") != "identity":
        raise Declined("encoding_unsupported")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise Declined("too_large")
    except ClientDisconnect:
        raise Declined("malformed") from None
    return bytes(body)
