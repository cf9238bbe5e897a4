"""Opens a push: its outer form. What the rows hold is judged by `rows`, one by one.

Size and compression were dealt with before (`api.middleware.BodyLimit`).
"""

import json

import orjson

from hep import codec
from hep.problems import Refused
from hep.wire import MAX_ROWS, PushRequest
from server import bounds
from server.problems import Declined

_FIELDS = {"device_id", "schema", "batch_id", "sent_at", "rows"}


def open_push(data: bytes) -> PushRequest:
    """The request in a body of JSON. Raises `Declined`: `malformed`, `unknown_field`, `too_many_rows`."""
    given = _parsed(data)
    if not isinstance(given, dict):
        raise Declined("malformed")
    if given.keys() - _FIELDS:
        raise Declined("unknown_field")
    if isinstance(given.get("rows"), list) and len(given["rows"]) > MAX_ROWS:
        raise Declined("too_many_rows")
    try:
        bounds.check("PushRequest", given)
        return codec.load(PushRequest, given)
    except Refused:
        raise Declined("malformed") from None


def _parsed(data: bytes) -> object:
    """The JSON value; the standard library reads what orjson refuses (half a surrogate), so that only its row fails."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(data, parse_constant=_not_json)
    except (ValueError, RecursionError):
        raise Declined("malformed") from None


def _not_json(name: str) -> object:
    raise ValueError(name)
