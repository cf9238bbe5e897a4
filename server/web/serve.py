"""Serves the built web client: files already compressed, headers that close every door the client does not need.

Knows nothing of the API; it answers below `/` and is mounted last. It serves what is in the folder at start, so a new
build needs a new process.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",  # and those that stand in the start page, each by its hash
        "style-src 'self' 'unsafe-inline'",  # Flutter writes style attributes
        "worker-src 'self' blob:",  # skwasm draws in a worker made from a blob
        "connect-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
IMMUTABLE = "public, max-age=31536000, immutable"
ASK_FIRST = "no-cache"

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_TYPES = {
    "": "text/plain; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".otf": "font/otf",
    ".png": "image/png",
    ".ttf": "font/ttf",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_NOT_SERVED = {"stamp"}
_NOTICES = "/assets/NOTICES"
LICENSES = "licenses.txt"
"""Where a person reads the notices of all that the client is made of, whatever the engine's folder is called."""

_API = "v1"


@dataclass(frozen=True)
class _File:
    path: Path
    etag: str
    encodings: tuple[tuple[str, Path], ...]

    @property
    def content_type(self) -> str:
        return _TYPES.get(self.path.suffix, "application/octet-stream")


def web_app(folder: Path) -> ASGIApp:
    """An ASGI app that serves the client built into `folder`. Raises FileNotFoundError when nothing was built there."""
    if not (folder / "index.html").is_file():
        raise FileNotFoundError(f"{folder} holds no web client: build it with `make build-web`")
    files, headers = _read(folder), _headers((folder / "index.html").read_text("utf-8"))
    engine = next(name for name in files if name.endswith("/flutter_bootstrap.js")).rsplit("/", 1)[0]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"the web client answers http, not {scope['type']}")
        response = _answer(files, engine, headers, scope)
        await response(scope, receive, send)

    return app


def _read(folder: Path) -> dict[str, _File]:
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and path.suffix not in {".br", ".gz"} and name not in _NOT_SERVED:
            encodings = [(coding, path.with_name(path.name + suffix)) for coding, suffix in _ENCODINGS]
            etag = hashlib.sha256(path.read_bytes()).hexdigest()[:20]
            found[name] = _File(path, etag, tuple((coding, packed) for coding, packed in encodings if packed.is_file()))
    notices = next((file for name, file in found.items() if name.endswith(_NOTICES)), None)
    return found if notices is None else {**found, LICENSES: notices}


def _headers(index: str) -> dict[str, str]:
    """What goes with every answer; the policy lets the index run its own scripts, word for word, and no others."""
    hashes = [hashlib.sha256(script.encode()).digest() for script in _INLINE.findall(index)]
    own = "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes)
    allowed = "script-src 'self' 'wasm-unsafe-eval'"
    return {**HEADERS, "content-security-policy": CONTENT_SECURITY_POLICY.replace(allowed, allowed + own)}


def _answer(files: dict[str, _File], engine: str, headers: dict[str, str], scope: Scope) -> Response:
    if scope["method"] not in {"GET", "HEAD"}:
        return PlainTextResponse("Only GET and HEAD.", 405, {**headers, "allow": "GET, HEAD"})
    name = _name(scope, engine)
    file = files.get(name)
    if file is None:
        return PlainTextResponse("There is nothing at this address.", 404, {**headers, "cache-control": "no-store"})
    headers = {**headers, "cache-control": IMMUTABLE if name.startswith("b/") else ASK_FIRST}
    return _send(file, headers, Headers(scope=scope))


def _name(scope: Scope, engine: str) -> str:
    """The file that answers a path: a screen's address is the index, any fallback font is the one we have."""
    path = str(scope["path"]).removeprefix(str(scope.get("root_path", ""))).strip("/")
    if path.startswith(f"{engine}/fallback-font/"):
        return f"{engine}/assets/fonts/roboto.woff2"
    first, last = path.split("/", 1)[0], path.rsplit("/", 1)[-1]
    is_screen = first not in {_API, "b"} and "." not in last and path not in _NOT_SERVED
    return "index.html" if is_screen else path


def _send(file: _File, headers: dict[str, str], asked: Headers) -> Response:
    coding, path = _choose(file, asked.get("accept-encoding", ""))
    etag = f'"{file.etag}{"-" + coding if coding else ""}"'
    headers = {**headers, "etag": etag, "vary": "accept-encoding"}
    if etag in {tag.strip().removeprefix("W/") for tag in asked.get("if-none-match", "").split(",")}:
        return Response(status_code=304, headers=headers)
    if coding:
        headers["content-encoding"] = coding
    return FileResponse(path, headers=headers, media_type=file.content_type)


def _choose(file: _File, accepted: str) -> tuple[str, Path]:
    """The best encoding the browser accepts: its name (empty for none) and the file that holds it."""
    offers = {
        part.split(";")[0].strip().lower() for part in accepted.split(",") if "q=0" not in part.replace("q=0.", "")
    }
    for coding, packed in file.encodings:
        if coding in offers:
            return coding, packed
    return "", file.path
