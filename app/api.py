"""The clinic's server as the client calls it, for both halves: bearer tokens, refresh, and errors as exceptions.

    ApiError            every one has a sentence a person can act on
    ├── Offline         no usable answer: no network, a time-out, a reply cut short, a page that is not ours
    ├── SignInNeeded    there is no sign-in, or it is used up; nothing on the device is lost
    ├── Revoked         the clinic signed this device out; it may only push into quarantine
    ├── UpdateNeeded    426: this app is too old to pull
    ├── Resync          410: the cursor is of no use, fetch everything again
    └── ServerSaid      any other refusal: `status`, stable `code`, `sentence`, `detail`, `retry_after_s`

It retries nothing except a call whose access token had run out. httpx is imported with the first call, not before.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from app.tokens import Keeper
from hep import codec
from hep.problems import CATALOG, Refused
from hep.wire import Redeem, Refresh, SignIn, Tokens

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

TIMEOUT_S = 30
"""Seconds without progress after which a call counts as offline."""

_FILES = ("image/webp", "application/zip")
"""What an answer may be besides JSON; its data are the bytes."""

SQUEEZE_OVER = 1024
"""Bytes above which a body that may be compressed is (sync.md)."""


class ApiError(Exception):
    """A call that did not succeed; `sentence` says what a person can do."""

    sentence = "Something went wrong. Try again in a moment."

    def __str__(self) -> str:
        return self.sentence


class Offline(ApiError):
    """No usable answer came."""

    sentence = "Your clinic cannot be reached right now. Check the connection and try again."


class SignInNeeded(ApiError):
    """There is no sign-in, or it is used up."""

    sentence = CATALOG["sign_in_required"][1]


class Revoked(ApiError):
    """The clinic signed this device out."""

    sentence = CATALOG["device_revoked"][1]


class UpdateNeeded(ApiError):
    """This app is too old to pull."""

    sentence = CATALOG["schema_too_old"][1]


class Resync(ApiError):
    """Everything must be fetched again."""

    sentence = CATALOG["resync"][1]


class ServerSaid(ApiError):
    """A refusal with a stable `code`; `retry_after_s` when the server named a time."""

    def __init__(
        self,
        status: int,
        code: str,
        sentence: str,
        detail: Mapping[str, Any] | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.sentence = sentence
        self.detail = detail or {}
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: `status` 200 to 204 with `data` (JSON, or a file's bytes), or 304 with none; `etag` for next time."""

    status: int
    data: Any
    etag: str | None

    def read(self, kind: type[T]) -> T:
        """The data as a record. Raises `ServerSaid` (`reply_unreadable`)."""
        try:
            return codec.load(kind, self.data)
        except Refused:
            raise ServerSaid(self.status, "reply_unreadable", "Update the app and try again.") from None


class Api:
    """One server, one sign-in. `transport` gives httpx's transport when it is first needed; None is httpx's own."""

    def __init__(
        self, base_url: str, transport: "Callable[[], httpx.AsyncBaseTransport | None]", keeper: Keeper
    ) -> None:
        self._base_url = base_url
        self._transport = transport
        self._keeper = keeper
        self._client: httpx.AsyncClient | None = None
        self._refreshing = asyncio.Lock()

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def tokens(self) -> Tokens | None:
        """The sign-in as it is kept, or None."""
        return await self._keeper.load()

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: Any = None,
        etag: str | None = None,
        squeeze: bool = False,
    ) -> Reply:
        """Call `path` with the sign-in, refreshing it once if its access token ran out. Raises `ApiError`."""

        async def send(tokens: Tokens) -> Reply | None:
            headers = {"Authorization": f"Bearer {tokens.access_token}"}
            if etag:
                headers["If-None-Match"] = etag
            try:
                return await self._send(method, path, query=query, body=body, headers=headers, squeeze=squeeze)
            except ServerSaid as refusal:
                if refusal.status != 401:
                    raise
                return None

        tokens = await self._usable()
        reply = await send(tokens)
        if reply is None:
            renewed = await self.refresh(tokens)
            reply = await send(renewed) if renewed.person_id == tokens.person_id else None
        if reply is None:
            raise SignInNeeded
        return reply

    async def fetch(self, path: str) -> bytes:
        """The bytes of a file of the clinic's. Raises `ApiError`."""
        reply = await self.call("GET", path)
        if not isinstance(reply.data, bytes):
            raise Offline
        return reply.data

    async def refresh(self, stale: Tokens | None = None) -> Tokens:
        """Exchange the refresh token, repeating a lost exchange word for word. Raises `ApiError`, `NotSaved`.

        Where the newest token is unknown, as after a restore, older exchanges are repeated. Does nothing when `stale`
        was replaced meanwhile. Raises `Revoked`, with the sign-in for quarantine kept, when that is all the clinic
        still gives to a device that had more.
        """
        async with self._refreshing:
            tokens = await self._usable()
            if stale is not None and tokens.access_token != stale.access_token:
                return tokens
            successor = await self._exchange(tokens)
        if successor.scope != "full" and tokens.scope == "full":
            raise Revoked
        return successor

    async def _exchange(self, tokens: Tokens) -> Tokens:
        newest = Refresh(refresh_token=tokens.refresh_token, nonce=await self._keeper.nonce())
        try:
            for wanted in (newest, *await self._keeper.spent()):
                if successor := await self._successor(wanted):
                    await self._keeper.exchanged(wanted, successor)
                    return successor
        except Revoked:
            await self._use_up(tokens)
            raise
        await self._use_up(tokens)
        raise SignInNeeded

    async def _successor(self, wanted: Refresh) -> Tokens | None:
        try:
            return (await self._send("POST", "/v1/auth/refresh", body=wanted)).read(Tokens)
        except ServerSaid as refusal:
            if refusal.status != 401:
                raise
            return None

    async def _use_up(self, tokens: Tokens) -> None:
        await self._keeper.save(replace(tokens, access_token="", refresh_token=""))

    async def _usable(self) -> Tokens:
        tokens = await self._keeper.load()
        if tokens is None or not tokens.refresh_token:
            raise SignInNeeded
        return tokens

    async def nonce(self) -> str:
        """The nonce to redeem or sign in with; the same again until one of them succeeds. Raises `NotSaved`."""
        return await self._keeper.nonce()

    async def redeem(self, wanted: Redeem) -> Tokens:
        """Turn an invitation into this device's sign-in. Raises `ApiError`, `NotSaved`."""
        return await self._begin("/v1/auth/redeem", wanted)

    async def sign_in(self, wanted: SignIn) -> Tokens:
        """Sign a staff member in. Raises `ApiError`."""
        return await self._begin("/v1/auth/sign-in", wanted)

    async def _begin(self, path: str, wanted: Redeem | SignIn) -> Tokens:
        tokens = (await self._send("POST", path, body=wanted)).read(Tokens)
        await self._keeper.save(tokens)
        return tokens

    async def sign_out(self) -> None:
        """Tell the server, then forget the sign-in whatever it answered. Raises `NotSaved`."""
        try:
            await self.call("POST", "/v1/auth/sign-out")
        except ApiError:
            pass
        finally:
            await self._keeper.save(None)

    async def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        squeeze: bool = False,
    ) -> Reply:
        import httpx

        content, more_headers = _encode(body, squeeze)
        if self._client is None:
            self._client = httpx.AsyncClient(
                base_url=self._base_url, transport=self._transport(), timeout=httpx.Timeout(TIMEOUT_S)
            )
        try:
            async with asyncio.timeout(2 * TIMEOUT_S):
                response = await self._client.request(
                    method, path, params=query, content=content, headers={**(headers or {}), **more_headers}
                )
        except (httpx.HTTPError, httpx.StreamError, OSError, TimeoutError) as error:
            raise Offline from error
        return _answer(response)


def _encode(body: Any, squeeze: bool) -> tuple[bytes | None, dict[str, str]]:
    if body is None:
        return None, {}
    if isinstance(body, bytes):
        return body, {"Content-Type": "application/octet-stream"}
    content = json.dumps(codec.dump(body), separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json"}
    if squeeze and len(content) > SQUEEZE_OVER:
        import gzip

        return gzip.compress(content, 6, mtime=0), {**headers, "Content-Encoding": "gzip"}
    return content, headers


def _answer(response: "httpx.Response") -> Reply:
    etag = response.headers.get("etag")
    if response.status_code in (204, 304):
        return Reply(response.status_code, None, etag)
    data: Any = None
    if response.headers.get("content-type", "") in _FILES:
        data = response.content
    else:
        with suppress(ValueError):
            data = response.json()
    if response.status_code < 400:
        if response.status_code >= 300 or data is None:
            raise Offline
        return Reply(response.status_code, data, etag)
    raise _error(response, data if isinstance(data, dict) else {})


def _error(response: "httpx.Response", problem: Mapping[str, Any]) -> ApiError:
    status = response.status_code
    code = str(problem.get("code") or f"http_{status}")
    if code == "device_revoked":
        return Revoked()
    if code == "resync":
        return Resync()
    if status == 426:
        return UpdateNeeded()
    detail = problem.get("detail")
    wait = response.headers.get("retry-after", "")
    return ServerSaid(
        status,
        code,
        str(problem.get("sentence") or ApiError.sentence),
        detail if isinstance(detail, dict) else None,
        float(wait) if wait.isdecimal() else None,
    )
