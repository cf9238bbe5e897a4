"""The out-of-the-ordinary things a demo patient does on one day: signs, words, pauses, corrections, doubts."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hep import codec
from hep.facts import Correction, Kind, Message, Pause, RedFlag, Retraction, SetLog
from server.demo.life import Life, PlannedSkip
from server.demo.phone import wall
from server.demo.story import Happening

LOSE_PHONE = "lose_phone"
"""The one happening that concerns the clinic as well: `simulate` plays it."""

_Args = Mapping[str, Any]


def prepare(life: Life, on: date) -> None:
    """What has to be known before the day is lived."""
    for happening in _of(life, on):
        if happening.what == "skip":
            args = happening.args
            life.skips.append(PlannedSkip(args["key"], args["reason"], args["note"]))
        elif happening.what == "short_set":
            life.shorts.append(happening.args["key"])
        elif happening.what == "pause":
            _pause(life, on, happening.args)


def play(life: Life, on: date, until: datetime) -> None:
    """What the patient adds at the end of the day; nothing at or after `until`."""
    for happening in _of(life, on):
        at = wall(on, happening.args.get("hour", 20.0), life.phone.zone)
        doing = _DOINGS.get(happening.what)
        if doing is not None and at < until:
            doing(life, on, at, happening.args)


def _of(life: Life, on: date) -> list[Happening]:
    return [happening for happening in life.story.happenings if happening.ago == life.ago(on)]


def _pause(life: Life, on: date, args: _Args) -> None:
    at = wall(on, 7.0, life.phone.zone)
    until_on = life.today - timedelta(days=args["until_ago"])
    life.phone.write(Pause, at, on, from_on=on, until_on=until_on, reason=args["reason"])


def _red_flag(life: Life, on: date, at: datetime, args: _Args) -> None:
    life.phone.write(RedFlag, at, on, sign=args["sign"], family=None)


def _message(life: Life, on: date, at: datetime, args: _Args) -> None:
    life.phone.write(Message, at, on, text=args["text"])


def _correct_set(life: Life, on: date, at: datetime, args: _Args) -> None:
    found = life.phone.last_set()
    if found is None:
        return
    row_id, fact = found
    amount = {"reps": fact.reps - args["less"]} if fact.reps is not None else {"seconds": (fact.seconds or 10) - 5}
    body = codec.dump(replace(fact, **amount))
    life.phone.write(Correction, at, on, fact.session_id, target_id=row_id, corrects=Kind.SET_LOG, body=body)


def _retract_double(life: Life, on: date, at: datetime, args: _Args) -> None:
    """A set entered twice by mistake; the second entry is withdrawn."""
    found = life.phone.last_set()
    if found is None:
        return
    fields = {name: getattr(found[1], name) for name in _SET_FIELDS}
    doubled = life.phone.write(SetLog, at, found[1].on, found[1].session_id, **fields)
    life.phone.write(Retraction, at + timedelta(seconds=20), on, found[1].session_id, target_id=doubled)


_SET_FIELDS = ("program_id", "version", "prescription_id", "planned", "set_index", "side", "reps", "seconds", "load")

_DOINGS: dict[str, Callable[[Life, date, datetime, _Args], None]] = {
    "red_flag": _red_flag,
    "message": _message,
    "correct_set": _correct_set,
    "retract_double": _retract_double,
}
