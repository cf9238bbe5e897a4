"""The rows of a push as JSON Schema, from the records of `hep.facts`, and the small tools such descriptions share.

A row that does not fit refuses no request: it gets a verdict of its own. So the description of a push allows anything
as a row, and says what is admitted.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from hep import codec
from hep.facts import CORRECTABLE, FACTS, ITEM_KEY, Fact, Kind, Sign
from server import bounds

Json = dict[str, Any]
Fragment = Mapping[str, Any]

REF = "#/components/schemas/"
ROW_ID = "^[A-Za-z0-9_:-]{8,64}$"

_FORMS: Mapping[object, Fragment] = {
    "date": {"pattern": f"^{codec.DATE}$", "maxLength": 10},
    "date-time": {"pattern": f"^{codec.INSTANT}$", "maxLength": 35},
}
"""The one written form of a date and of an instant."""

_ID: Fragment = {"minLength": 8, "maxLength": 64}
_PAIN: Fragment = {"minimum": 0, "maximum": 10}


def _this_century(form: str) -> Fragment:
    """A written form, with the years that `hep.facts` admits."""
    return {"pattern": f"^{form.replace(codec.YEAR, '20[0-9]{2}', 1)}$"}


def _text(most: int) -> Fragment:
    return {"minLength": 1, "maxLength": most}


_FIELDS: Mapping[str, Fragment] = {
    **dict.fromkeys(("at", "started_at", "ended_at"), _this_century(codec.INSTANT)),
    **dict.fromkeys(("on", "about_on", "from_on", "until_on"), _this_century(codec.DATE)),
    **dict.fromkeys(("session_id", "program_id", "prescription_id", "target_id"), _ID),
    **dict.fromkeys(("pain", "pain_after", "effort"), _PAIN),
    "zone": {"pattern": "^[ -~]{1,64}$", "maxLength": 64},
    "device_seq": {"minimum": 0, "maximum": 2**53 - 1},
    "version": {"minimum": 1, "maximum": 100_000},
    "planned": {**_this_century(ITEM_KEY), "maxLength": 95},
    "set_index": {"minimum": 1, "maximum": 50},
    "reps": {"minimum": 0, "maximum": 1000},
    "signs": {"maxItems": len(Sign), "uniqueItems": True},
    "seconds": {"minimum": 0, "maximum": 36_000},
    "slot": {"minimum": 1, "maximum": 8},
    "stiffness_min": {"minimum": 0, "maximum": 1440},
    "note": _text(500),
    "caregiver": _text(80),
    "sign": _text(80),
    "family": _text(80),
    "name": _text(40),
    "value": _text(200),
    "text": _text(2000),
}
"""The bounds that `hep.facts` refuses by, field by field; a field means the same in every kind."""

_WORDS: Mapping[object, frozenset[str]] = {
    "string": frozenset({"minLength", "maxLength", "pattern", "format"}),
    "integer": frozenset({"minimum", "maximum"}),
    "array": frozenset({"minItems", "maxItems", "uniqueItems", "items"}),
}


def schemas() -> dict[str, Json]:
    """The components that describe a push: its envelope, a row of each kind, and their bodies."""
    found: dict[str, Json] = {}
    for fact in FACTS.values():
        body = TypeAdapter(fact).json_schema(ref_template=REF + "{model}")
        found.update(body.pop("$defs", {}))
        found[fact.__name__] = body
        found[f"{fact.__name__}Row"] = _row(fact)
    for schema in found.values():
        for name, field in schema.get("properties", {}).items():
            narrow(field, bounds.BOUNDS["Load"].get(name, {}) if schema["title"] == "Load" else _FIELDS.get(name, {}))
    _refine(found)
    return found | {"PushRequest": _envelope()}


def _row(fact: type[Fact]) -> Json:
    return {
        "type": "object",
        "title": f"{fact.__name__}Row",
        "properties": {
            "kind": {"type": "string", "enum": [fact.kind.value]},
            "id": {"type": "string", "pattern": ROW_ID, "maxLength": 64},
            "body": {"$ref": REF + fact.__name__},
        },
        "required": ["kind", "id", "body"],
        "additionalProperties": False,
    }


def _refine(found: dict[str, Json]) -> None:
    """What field by field cannot say: a set has one side, and a correction brings another body of what it corrects."""
    found["SetLog"]["properties"]["side"]["enum"] = ["left", "right", None]
    correction = found["Correction"]["properties"]
    correction["corrects"] = {"type": "string", "enum": [kind.value for kind in CORRECTABLE]}
    correction["body"] = {"anyOf": [{"$ref": REF + FACTS[kind].__name__} for kind in CORRECTABLE]}


def _envelope() -> Json:
    rows = [{"$ref": f"{REF}{FACTS[kind].__name__}Row"} for kind in Kind]
    anything: Json = {"description": "Anything else is `rejected`, alone."}
    properties: Json = {
        "device_id": {"type": "string"},
        "schema": {"type": "integer"},
        "batch_id": {"type": "string"},
        "sent_at": {"type": "string", "format": "date-time"},
        "rows": {"type": "array"},
    }
    for name, field in properties.items():
        narrow(field, bounds.BOUNDS["PushRequest"].get(name, {}))
    properties["rows"]["items"] = {"anyOf": [*rows, anything]}
    return {
        "type": "object",
        "title": "PushRequest",
        "description": "A batch of rows; a body of one row is at most 64 KiB of JSON.",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def narrow(field: Json, fragment: Fragment) -> None:
    """Add bounds to the alternatives whose type they concern, and the written forms of dates, instants and decimals.

    A decimal is sent as an integer or as text.
    """
    options: list[Json] = [field, *field.get("anyOf", ())]
    if {"type": "number"} in options:
        for option in options:
            if option.get("type") == "string":
                option.update(pattern=f"^{codec.DECIMAL}$", maxLength=codec.LONGEST_DECIMAL)
            elif option.get("type") == "number":
                option["type"] = "integer"
    for option in options:
        usable = {word: value for word, value in fragment.items() if word in _WORDS.get(option.get("type"), ())}
        if "items" in usable:
            usable["items"] = {**option["items"], **usable["items"]}
        option.update({**_FORMS.get(option.get("format"), {}), **usable})
