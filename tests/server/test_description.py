"""The API's own description: whatever is sent has bounds, in words of JSON Schema, and they are the server's own."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from httpx import Response

from hep.facts import FACTS, Kind, read
from hep.problems import Refused
from server.rows import MAX_ROW_BYTES
from tests.hep.test_facts import BODIES
from tests.server.matrix import ALLOWED, Cast
from tests.server.world import Signed, World

Json = dict[str, Any]
Place = tuple[str | int, ...]

WORDS = {
    *("$ref", "allOf", "anyOf", "oneOf", "not", "enum", "const", "type", "format", "pattern", "minLength", "maxLength"),
    *("minimum", "maximum", "items", "minItems", "maxItems", "uniqueItems", "properties", "required"),
    *("additionalProperties", "title", "description", "default"),
}
"""Those of JSON Schema that a description may come to need."""

NEEDED = {
    "integer": {"minimum", "maximum"},
    "number": {"minimum", "maximum"},
    "string": {"maxLength"},
    "array": {"maxItems", "items"},
    "boolean": set(),
    "null": set(),
}
"""What bounds a value of each type; an object has no additional properties."""

OPEN = {*(fact.__name__ for fact in FACTS.values()), "Load"}
"""A fact's body, and the load in it, may hold what a newer app added; the bytes of a row are bounded."""

ANY_ROW = {"description": "Anything else is `rejected`, alone."}


@pytest.fixture(scope="module")
def document(shared_world: World) -> Json:
    return shared_world.app.openapi()


@pytest.fixture(scope="module")
def cast(shared_world: World) -> Cast:
    return Cast(shared_world)


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def inner(schema: Json) -> Iterator[tuple[str, Json]]:
    """The schemas that a schema is made of, without those it refers to, each with its name."""
    yield from schema.get("properties", {}).items()
    for word in ("anyOf", "allOf", "oneOf"):
        yield from (("", option) for option in schema.get(word, ()))
    for word in ("items", "additionalProperties", "propertyNames", "not"):
        if isinstance(schema.get(word), dict):
            yield f"[{word}]", schema[word]


def written(node: Any) -> Iterator[Json]:
    """Every schema that stands within a part of the document, and all that these are made of."""
    if isinstance(node, list):
        for item in node:
            yield from written(item)
    elif isinstance(node, dict):
        if "schema" in node:
            yield from whole(node["schema"])
        for value in node.values():
            yield from written(value)


def whole(schema: Json) -> Iterator[Json]:
    """A schema and all that it is made of."""
    yield schema
    for _, part in inner(schema):
        yield from whole(part)


def sent(document: Json) -> Iterator[tuple[str, Json]]:
    """Every value of a request, each place once: its parameters, its body, and all that these refer to."""
    seen: set[str] = set()

    def values(place: str, schema: Json) -> Iterator[tuple[str, Json]]:
        if "$ref" not in schema:
            yield place, schema
            for name, part in inner(schema):
                yield from values(f"{place}.{name}" if name else place, part)
        elif schema["$ref"] not in seen:
            seen.add(schema["$ref"])
            name = schema["$ref"].rsplit("/", 1)[1]
            yield from values(name, document["components"]["schemas"][name])

    for method, path, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            yield from values(f"{method} {path} {parameter['name']}", parameter["schema"])
        for content in operation.get("requestBody", {}).get("content", {}).values():
            yield from values(f"{method} {path}", content["schema"])


def unbounded(place: str, schema: Json) -> bool:
    if schema.keys() & {"enum", "const", "anyOf", "allOf", "oneOf"}:
        return False
    if schema.get("type") == "object":
        return schema.get("additionalProperties") is not False and place not in OPEN
    return schema != ANY_ROW and not NEEDED.get(schema.get("type", ""), {"a type"}) <= schema.keys()


def test_the_description_says_nothing_that_json_schema_does_not_know(document: Json) -> None:
    schemas = [*written(document["paths"])]
    for component in document["components"]["schemas"].values():
        schemas += whole(component)
    assert {word for schema in schemas for word in schema} - WORDS == set()


def test_every_value_that_is_sent_has_bounds(document: Json) -> None:
    values = list(sent(document))
    assert [place for place, schema in values if unbounded(place, schema)] == []
    assert {place for place, _ in values} >= {*OPEN, "PushRequest.rows", "GET /v1/sync/pull limit", "SetLog.signs"}
    assert f"at most {MAX_ROW_BYTES // 1024} KiB" in document["components"]["schemas"]["PushRequest"]["description"]


def options(document: Json, schema: Json) -> Iterator[Json]:
    """The alternatives of a value, each without a reference."""
    if "$ref" in schema:
        yield from options(document, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    elif "anyOf" in schema:
        for option in schema["anyOf"]:
            yield from options(document, option)
    else:
        yield schema


def fields(document: Json, schema: Json, example: Any, place: Place = ()) -> Iterator[tuple[Place, Json, Any]]:
    """Every value that an example holds, or could: where it stands, what bounds it, what is there."""
    for option in options(document, schema):
        yield place, option, example
        if option.get("type") == "object" and isinstance(example, dict):
            for name, field in option["properties"].items():
                yield from fields(document, field, example.get(name), (*place, name))
        if option.get("type") == "array" and example:
            yield from fields(document, option["items"], example[0], (*place, 0))


def edges(schema: Json, example: Any) -> Iterator[tuple[Any, Any]]:
    """The last value within each bound, and the first beyond it. A written form may have no such pair."""
    kind, forms = schema.get("type"), schema.get("pattern", "")
    if kind == "integer":
        yield schema["minimum"], schema["minimum"] - 1
        yield schema["maximum"], schema["maximum"] + 1
    if kind == "string" and "enum" not in schema and re.search(forms, "a" * schema["maxLength"]):
        yield "a" * schema["maxLength"], "a" * (schema["maxLength"] + 1)
    if schema.get("minLength"):
        yield "a" * schema["minLength"], "a" * (schema["minLength"] - 1)
    if kind == "array" and (example or schema["items"].get("type") == "string"):
        items = (example or ["a"])[:1] * schema["maxItems"]
        yield items, [*items, items[0]]


def put(example: Any, place: Place, value: Any) -> Any:
    """A copy of the example with another value at a place."""
    if not place:
        return value
    inside = example[place[0]] if len(place) > 1 else None
    changed = put(inside, place[1:], value)
    return [changed] if isinstance(example, list) else {**example, place[0]: changed}


def at_the_edges(document: Json, schema: Json, example: Any) -> Iterator[tuple[Place, Any, Any]]:
    """Every bound within an example: where it is, the example at the bound, and beyond it."""
    for place, field, there in fields(document, schema, example):
        for last, first in edges(field, there):
            yield place, put(example, place, last), put(example, place, first)


def somebody(cast: Cast, method: str, path: str) -> Signed:
    """Somebody who is let in."""
    actor = next(each for each in ("therapist", "admin", "patient", "nobody") if each in ALLOWED[method, path])
    return cast.known(actor, path)


def answer(reply: Response) -> tuple[int, str]:
    told = reply.json() if reply.headers.get("content-type") == "application/json" else {}
    return reply.status_code, told.get("code", "")


def test_every_bound_of_a_parameter_is_where_the_server_refuses(document: Json, cast: Cast) -> None:
    tried = set()
    for method, path, operation in operations(document):
        who = somebody(cast, method, path)
        for parameter in operation.get("parameters", ()):
            name, kind = parameter["name"], parameter["in"]
            for _, within, beyond in at_the_edges(document, parameter["schema"], None):
                last, first = (_with(who, cast, method, path, kind, name, value) for value in (within, beyond))
                assert last[0] != 422, (path, name, within)
                assert first == (422, "invalid"), (path, name, beyond)
                tried.add(f"{kind} {name}")
    assert tried >= {"query limit", "query schema", "query cursor", "header if-none-match", "path patient_id"}


def _with(who: Signed, cast: Cast, method: str, path: str, kind: str, name: str, value: Any) -> tuple[int, str]:
    """The answer to a request with one parameter changed."""
    ids = cast.here.ids | ({name: value} if kind == "path" else {})
    more = {"query": {"params": {name: value}}, "header": {"headers": {name: value}}}.get(kind, {})
    return answer(who.request(method, path.format(**ids), **cast.here.sent(method, path), **more))


RULED = {"reps_min", "reps_max", "reviewer", "credentials", "zone", "band", "weekdays", "signs"}
"""Refused at the bound, too, in an example that is not about them: another field, or what they hold, decides."""


def test_every_bound_of_a_body_is_where_the_server_refuses(document: Json, cast: Cast) -> None:
    tried = 0
    for method, path, operation in operations(document):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is not None:
            who, url = somebody(cast, method, path), path.format(**cast.here.ids)
            example = cast.here.body(method, path)
            for place, within, beyond in at_the_edges(document, content["schema"], example):
                last, first = (answer(who.request(method, url, json=body)) for body in (within, beyond))
                assert first[0] in {400, 413, 422}, (path, place)
                if not RULED & {*place}:
                    assert last != first, (path, place, first)
                    assert last[1] not in {"invalid", "text_invalid", "malformed"}, (path, place)
                tried += 1
    assert tried > 150


@pytest.mark.parametrize("kind", Kind)
def test_every_bound_of_a_fact_is_where_it_is_refused(document: Json, kind: Kind) -> None:
    described = document["components"]["schemas"][FACTS[kind].__name__]
    own = {**described["properties"]}
    own.pop("body", None)  # of a correction: a fact of its own
    tried = set()
    for place, within, beyond in at_the_edges(document, described | {"properties": own}, BODIES[kind]):
        first = judged(kind, beyond)
        assert first is not None, place
        assert judged(kind, within) != first or RULED & {*place}, (place, first)
        tried.add(place[0])
    assert tried >= {"device_seq", "session_id"}


def judged(kind: Kind, body: Json) -> str | None:
    """The code of the refusal, if the body is refused."""
    try:
        read(kind, body)
    except Refused as refused:
        return refused.code
    return None
