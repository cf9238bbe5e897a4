"""Judges the rows of a push one by one, without a database: which are facts, and why another is not.

One bad row never fails its neighbors: whatever a row holds, the answer is a `Sound` or an `Unsound` one.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from hep import facts
from hep.access import Role, may_write
from hep.facts import FACTS, Acknowledgement, Correction, Fact, ItemSkip, Kind, RedFlag, SetLog
from hep.problems import Refused
from server import stored

MAX_ROW_BYTES = 64 * 1024
"""Bytes of one row's body, inclusive."""

REMEMBERED = 16_384
"""Facts kept in memory once read, about 25 MB."""

Versions = Mapping[tuple[str, int], frozenset[str]]
"""(program id, version) → prescription ids, of one patient."""

_PRESCRIBED = (SetLog, ItemSkip)
_USABLE = re.compile(r"[A-Za-z0-9_:-]{8,64}")
_FIELDS = {"kind", "id", "body"}
KINDS = {kind.value: kind for kind in Kind}
"""The kinds by their names on the wire."""


class Sound(NamedTuple):
    """A row that may be kept: `text` is the body as canonical JSON, `digest` that of it with its kind."""

    id: str
    kind: Kind
    fact: Fact
    text: str
    digest: str


class Unsound(NamedTuple):
    """A row that may not: `id` is empty when it named none, `text` holds what was sent."""

    id: str
    code: str
    sentence: str
    text: str
    digest: str


def judge(raw: object, role: Role, versions: Versions) -> Sound | Unsound:
    """The verdict on one row as parsed from JSON. Never raises for anything a phone can send."""
    try:
        return _judge(raw, role, versions)
    except Refused as refused:
        text = _text(raw)
        return Unsound(id_of(raw), refused.code, refused.sentence, text, _digest(text.encode()))


def fact_of(kind: Kind, text: str) -> Fact:
    """The fact in a stored body, read once as long as it is remembered. Raises `Unreadable`."""
    fact = _remembered.get((kind, text))
    if fact is None:
        fact = stored.load(FACTS[kind], text)
        _remember(kind, text, fact)
    return fact


_remembered: dict[tuple[Kind, str], Fact] = {}


def _remember(kind: Kind, text: str, fact: Fact) -> None:
    """Facts never change, so that what was read needs no reading again; the memory starts afresh when it is full."""
    if len(_remembered) >= REMEMBERED:
        _remembered.clear()
    _remembered[kind, text] = fact


def _judge(raw: object, role: Role, versions: Versions) -> Sound:
    if not isinstance(raw, dict):
        raise Refused("row_malformed", "An entry is not of the expected form. Update the app and try again.")
    if not raw.keys() <= _FIELDS:
        raise Refused("unknown_field", "An entry holds a field this server does not know. Update the app.")
    row_id, kind, body = raw.get("id"), _kind_of(raw.get("kind")), raw.get("body")
    if not isinstance(row_id, str) or not _USABLE.fullmatch(row_id):
        raise Refused("id_invalid", "An entry carries an id that cannot be used. Update the app and try again.")
    if not isinstance(body, dict):
        raise Refused("invalid", "An entry is not of the expected form (object).")
    if not may_write(role, kind):
        raise Refused("not_allowed", "This entry may not be written with this account.")
    text, digest = _frozen(kind, body)
    fact = facts.read(kind, body)
    _check_program(fact, versions)
    _remember(kind, text, fact)
    return Sound(row_id, kind, fact, text, digest)


def _kind_of(name: object) -> Kind:
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise Refused("kind_unknown", "This server does not know this sort of entry yet.")
    return kind


def _frozen(kind: Kind, body: dict[str, Any]) -> tuple[str, str]:
    """The body as canonical JSON, and the digest of that with its kind."""
    try:
        text = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONEncodeError, TypeError, RecursionError):
        raise Refused("invalid", "An entry is not of the expected form (JSON).") from None
    if len(text) > MAX_ROW_BYTES:
        raise Refused("row_too_large", "An entry is too long to be sent. Shorten its text.")
    return text.decode(), digest_of(kind, text)


def digest_of(kind: str, text: bytes) -> str:
    """The digest of a body, given as canonical JSON, with its kind."""
    return _digest(b'["%b",%b]' % (kind.encode(), text))


def _digest(canonical: bytes) -> str:
    return hashlib.sha256(canonical).hexdigest()


def _check_program(fact: Fact, versions: Versions) -> None:
    """The program, version and prescription a fact names are this patient's own."""
    if isinstance(fact, Correction):
        _check_program(facts.read(fact.corrects, fact.body), versions)
    elif isinstance(fact, _PRESCRIBED):
        if fact.prescription_id not in _prescriptions(fact.program_id, fact.version, versions):
            raise Refused("prescription_unknown", "An entry names an exercise that this program does not hold.")
    elif isinstance(fact, Acknowledgement):
        _prescriptions(fact.program_id, fact.version, versions)
    elif (
        isinstance(fact, RedFlag)
        and fact.prescription_id is not None
        and not any(fact.prescription_id in ids for ids in versions.values())
    ):
        raise Refused("prescription_unknown", "An entry names an exercise that this program does not hold.")


def _prescriptions(program_id: str, version: int, versions: Versions) -> frozenset[str]:
    known = versions.get((program_id, version))
    if known is None:
        raise Refused("version_unknown", "An entry names no version of the program.")
    return known


def id_of(raw: object) -> str:
    """The row's id as far as it can be given back: the phone finds its entry by it."""
    row_id = raw.get("id") if isinstance(raw, dict) else None
    if not isinstance(row_id, str):
        return ""
    return row_id[:200].encode(errors="replace").decode()


def _text(raw: object) -> str:
    try:
        return json.dumps(raw)[:MAX_ROW_BYTES]
    except RecursionError:
        return "unreadable"
