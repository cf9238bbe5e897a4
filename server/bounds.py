"""How long, how many, how much: the bounds of every record that is sent, in the words of JSON Schema.

One table for both: `api.body` and `envelope` refuse what it forbids, `api.description` publishes it. Rules across
fields, and what a text must hold besides its length, are the records' own. All bounds are inclusive.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from hep import codec
from hep.problems import CATALOG, Refused
from hep.wire import MAX_ROWS
from server.reminders.channels.mail import Security

Fragment = Mapping[str, Any]
"""Keywords of JSON Schema that `fits` understands: the ones used below."""


def _text(most: int, least: int = 0) -> Fragment:
    return {"minLength": least, "maxLength": most}


def _number(least: int, most: int) -> Fragment:
    return {"minimum": least, "maximum": most}


def _list(most: int, least: int = 0, item: Fragment | None = None) -> Fragment:
    return {"minItems": least, "maxItems": most} | ({"items": item} if item else {})


def _form(pattern: str, most: int) -> Fragment:
    return {"pattern": pattern, "maxLength": most}


def _one_of(*words: str) -> Fragment:
    return _form(f"^({'|'.join(words)})$", max(map(len, words)))


_PERSON, _LINE, _WORDS = _text(120, 1), _text(200, 1), _text(500, 1)
_ID = _form(r"^[A-Za-z0-9_-]{8,64}$", 64)
_NAMED = _form(r"^[A-Za-z0-9_:-]{1,80}$", 80)
_PHOTO = _form(r"^[0-9a-f]{64}$", 64)
_NONCE = _form(r"^[ -~]{16,200}$", 200)
_DAY = {**_form(f"^{codec.DATE}$", 10), "format": "date"}
_PERMISSION = _one_of("granted", "denied", "default", "unsupported")
_SECURITY = _one_of(*Security)
_COUNT, _SECONDS, _VERSION = _number(1, 200), _number(1, 7200), _number(1, 100_000)
_LINES = _list(50, item=_text(500))
_MEASURED = _number(-1_000_000, 1_000_000)

BOUNDS: Mapping[str, Mapping[str, Fragment]] = {
    "Redeem": {
        "device_name": _text(80, 1),
        "nonce": _NONCE,
        "secret": _LINE,
        "code": _LINE,
        "birth_date": _DAY,
    },
    "SignIn": {"email": _text(254, 1), "password": _text(256, 1), "device_name": _text(80, 1), "nonce": _NONCE},
    "Refresh": {"refresh_token": _text(200), "nonce": _NONCE},
    "NewPatient": {
        "name": _PERSON,
        "zone": _text(64, 1),
        "flags": _list(100, item=_text(60, 1)),
        "equipment": _list(100, item=_text(60, 1)),
        "time_budget_min": _number(5, 240),
        "problem": _LINE,
        "region": _text(80),
    },
    "ClearRequest": {"note": _WORDS},
    "Why": {"reason": _WORDS},
    "Decision": {"reason": _text(500)},
    "Draft": {
        "program_id": _ID,
        "episode_id": _NAMED,
        "base_version": _number(0, 100_000),
        "reason": _text(2000),
        "goals": _list(20),
        "prescriptions": _list(40),
    },
    "Prescription": {
        "id": _ID,
        "goal_id": _text(64),
        "note": _text(1000),
        "overrides": _list(50),
        "dose_since_version": _VERSION,
    },
    "Override": {"flag": _text(60, 1), "reason": _WORDS},
    "Goal": {
        "id": _text(64, 1),
        "text": _LINE,
        "measure": _text(80),
        "unit": _text(80),
        "baseline": _MEASURED,
        "target": _MEASURED,
    },
    "Exercise": {
        "id": _text(80, 1),
        "name": _text(200),
        "region": _text(80),
        "type": _text(80),
        "position": _text(80),
        "times_per_day": _number(0, 24),
        "days_per_week": _number(0, 7),
        "equipment": _LINES,
        "easier": _LINES,
        "harder": _LINES,
        "easier_ids": _LINES,
        "harder_ids": _LINES,
        "cues": _LINES,
        "precaution": _text(1000),
        "flags": _list(50),
        "family": _text(80),
        "stage": _number(0, 100),
        "synonyms": _LINES,
        "why": _text(500),
        "photo": _PHOTO,
        "drawing": _text(80, 1),
    },
    "OwnDraft": {"base_version": _number(0, 100_000)},
    "Review": {"reviewer": _PERSON, "credentials": _PERSON},
    "ExerciseFlag": {"flag": _text(60, 1)},
    "Dose": {
        "sets": _number(1, 20),
        "reps": _COUNT,
        "hold_s": _SECONDS,
        "duration_s": _SECONDS,
        "rest_s": _number(0, 1800),
        "reps_min": _COUNT,
        "reps_max": _COUNT,
        "hold_max_s": _SECONDS,
        "duration_max_s": _SECONDS,
        "load_step_percent": _number(2, 10),
        "effort_target": _number(0, 10),
    },
    "Load": {"amount": _number(0, 500), "band": _text(40, 1)},
    "Schedule": {
        "times_per_day": _number(1, 8),
        "weekdays": {**_list(7, 1, _number(1, 7)), "uniqueItems": True},
        "per_week": _number(1, 7),
    },
    "Subscription": {"endpoint": _text(1000, 1), "p256dh": _text(200, 1), "auth": _text(200, 1)},
    "Permission": {"state": _PERMISSION},
    "Email": {"address": _text(254, 1)},
    "Code": {"code": _text(40, 1)},
    "Opened": {"id": _text(64, 1)},
    "Trial": {"to": _text(254, 1)},
    "SetMail": {
        "host": _text(253, 1),
        "port": _number(1, 65_535),
        "security": _SECURITY,
        "username": _text(254),
        "sender": _text(254, 1),
        "password": _text(500),
    },
    "SetNtfy": {"url": _text(500, 1), "token": _text(500)},
    "PushRequest": {
        "device_id": _text(200),
        "schema": _number(0, 1_000_000),
        "batch_id": _text(200),
        "rows": _list(MAX_ROWS),
    },
}
"""Record → field → bounds. Rows of a push have theirs in `hep.facts`: one bad row refuses no other."""


_OF_PATTERN = {
    _ID["pattern"]: ("id_invalid", "The program carries an id that cannot be used. Reload the page and try again."),
    _NONCE["pattern"]: ("nonce_invalid", "Update the app and try again."),
    _DAY["pattern"]: ("birth_date_invalid", "Write the birth date as year, month and day."),
    _SECURITY["pattern"]: ("channel_invalid", "Choose how the connection is encrypted."),
}


def check(kind: str, data: Mapping[str, Any]) -> None:
    """Refuse a field of a record's JSON that is out of bounds. A value of the wrong type is not looked at.

    Raises `Refused`: `text_invalid` for a length, the code of the pattern, else `invalid`.
    """
    for name, fragment in BOUNDS.get(kind, {}).items():
        if name in data and not fits(data[name], fragment):
            raise _refusal(name, data[name], fragment)


def _refusal(name: str, value: object, fragment: Fragment) -> Refused:
    invalid = ("invalid", CATALOG["invalid"][1])
    if "pattern" in fragment:
        return Refused(*_OF_PATTERN.get(fragment["pattern"], invalid))
    if isinstance(value, str) and "maxLength" in fragment:
        called, least, most = name.replace("_", " "), fragment["minLength"], fragment["maxLength"]
        return Refused("text_invalid", f"Write a {called} of {least} to {most} characters.")
    return Refused(*invalid)


def fits(value: object, fragment: Fragment) -> bool:
    """Whether the value lies within the bounds that concern its type."""
    if isinstance(value, str):
        in_form = "pattern" not in fragment or _compiled(fragment["pattern"]).search(value) is not None
        return in_form and _within(len(value), fragment.get("minLength"), fragment.get("maxLength"))
    if isinstance(value, int) and not isinstance(value, bool):
        return _within(value, fragment.get("minimum"), fragment.get("maximum"))
    if isinstance(value, list):
        enough = _within(len(value), fragment.get("minItems"), fragment.get("maxItems"))
        return enough and ("items" not in fragment or all(fits(item, fragment["items"]) for item in value))
    return True


def _within(value: int, least: int | None, most: int | None) -> bool:
    return (least is None or least <= value) and (most is None or value <= most)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.removesuffix("$") + r"\Z", re.ASCII)
