"""An httpx transport over the browser's `fetch`, because Python in a browser has no sockets."""

import asyncio
from typing import Any

import httpx

_NOT_OURS = {"accept-encoding", "connection", "content-length", "host", "user-agent"}
_ALREADY_DONE = {"content-encoding", "content-length", "transfer-encoding"}


class FetchTransport(httpx.AsyncBaseTransport):
    """Raises httpx.ConnectError when the server cannot be reached and httpx.ReadTimeout when it takes too long.

    The browser tells no phases apart, so the longest of the request's timeouts bounds the whole exchange.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and read its whole answer. Cancelling the caller aborts the request."""
        import js

        controller = js.AbortController.new()
        exchange = asyncio.ensure_future(_exchange(request, await request.aread(), controller.signal))
        try:
            return await asyncio.wait_for(exchange, _bound(request))
        except TimeoutError as error:
            raise httpx.ReadTimeout("The server took too long to answer.", request=request) from error
        finally:
            controller.abort()


def _bound(request: httpx.Request) -> float | None:
    limits = [limit for limit in request.extensions.get("timeout", {}).values() if limit is not None]
    return max(limits, default=None)


async def _exchange(request: httpx.Request, body: bytes, signal: Any) -> httpx.Response:
    import js
    from pyodide.ffi import JsException, to_js

    options = {
        "method": request.method,
        "headers": [[name, value] for name, value in request.headers.items() if name.lower() not in _NOT_OURS],
        "body": body or None,
        "cache": "no-store",
        "credentials": "same-origin",
        "signal": signal,
    }
    try:
        answer = await js.fetch(str(request.url), to_js(options, dict_converter=js.Object.fromEntries))
        content = (await answer.arrayBuffer()).to_bytes()
    except JsException as error:
        raise httpx.ConnectError("The server cannot be reached.", request=request) from error
    headers = [(name, value) for name, value in answer.headers.to_py() if name.lower() not in _ALREADY_DONE]
    return httpx.Response(answer.status, headers=headers, content=content, request=request)
