"""A clinic's server that answers as it is told: for answers that the real one gives only in bad hours."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from hep import codec
from hep.wire import Tokens
from tests.app.examples import NOW

Answer = Callable[[dict[str, Any]], httpx.Response]


def says(status: int, body: Any = None, **headers: str) -> httpx.Response:
    """An answer; underscores in header names stand for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return (
        httpx.Response(status, headers=named, json=body) if body is not None else httpx.Response(status, headers=named)
    )


def problem(status: int, code: str, sentence: str = "Try again.", **headers: str) -> httpx.Response:
    """A refusal of ours."""
    return says(status, {"code": code, "sentence": sentence}, **headers)


def tokens(n: int = 1, person_id: str = "patient-a", scope: str = "full") -> Tokens:
    """A sign-in, the n-th of its device."""
    return Tokens(
        access_token=f"access-{n}",
        refresh_token=f"refresh-{n}",
        access_expires_at=NOW,
        role="patient",
        device_id="device-0001",
        person_id=person_id,
        person_name="Ana Rivera",
        clinic_name="Hillside",
        scope=scope,
    )


def accept_all(body: dict[str, Any]) -> httpx.Response:
    """The good answer to a push."""
    results = [{"id": row["id"], "status": "accepted"} for row in body["rows"]]
    return says(200, {"results": results, "high": 1, "epoch": 1, "server_time": codec.dump(NOW)})


def page(cursor: str = "c1", changes: Any = (), more: bool = False, epoch: int = 1, high: int = 1) -> dict[str, Any]:
    """The body of a pull's answer."""
    return {"changes": codec.dump(changes), "cursor": cursor, "more": more, "epoch": epoch, "high": high}


@dataclass
class Clinic(httpx.AsyncBaseTransport):
    """Answers with `plan[path]`, one after another, then with `usual[path]`; `asked` is what it heard."""

    plan: dict[str, list[httpx.Response | Exception | Answer]] = field(default_factory=dict)
    usual: dict[str, Answer] = field(
        default_factory=lambda: {
            "/v1/sync/push": accept_all,
            "/v1/sync/pull": lambda _: says(200, page(), etag='"p-1-1"'),
            "/v1/auth/refresh": lambda _: says(200, codec.dump(tokens(2))),
            "/v1/auth/redeem": lambda _: says(200, codec.dump(tokens(1))),
            "/v1/auth/sign-out": lambda _: says(204),
        }
    )
    asked: list[tuple[str, dict[str, Any], httpx.Request]] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        content = await request.aread()
        if request.headers.get("content-encoding") == "gzip":
            content = gzip.decompress(content)
        body = json.loads(content) if content else {}
        path = request.url.path
        self.asked.append((path, body, request))
        planned = self.plan.get(path)
        answer = planned.pop(0) if planned else self.usual[path]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else answer(body)

    def paths(self) -> list[str]:
        """What was asked, in order."""
        return [path for path, _, _ in self.asked]

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """The bodies sent to `path`."""
        return [body for asked, body, _ in self.asked if asked == path]
