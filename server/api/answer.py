"""Answers of the API: records written by `hep.codec`, the writer both sides share."""

import orjson
from fastapi import Response

from hep import codec

JsonAnswer = Response
"""An answer whose body is the record named by the route's `response_model`."""


def json_answer(record: object, status: int = 200) -> JsonAnswer:
    """The record as JSON."""
    return Response(orjson.dumps(codec.dump(record)), status_code=status, media_type="application/json")
