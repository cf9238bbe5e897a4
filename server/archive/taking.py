"""Takes a file of exercises into a clinic's own: every entry is judged first, then all are saved in one transaction."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

import orjson
from sqlalchemy import Engine
from sqlmodel import Session

from hep.own import OwnDraft, faults
from hep.own_wire import Entry, Taken
from hep.problems import Refused
from hep.records import Exercise
from server import audit, exercises, library
from server.api.body import read_body
from server.archive import entries
from server.archive.entries import Contents, Refusals, refusal
from server.archive.writing import FORM, MANIFEST
from server.audit import Actor
from server.database import writing
from server.photos import keeping
from server.photos.darkroom import darkroom
from server.problems import Declined


@dataclass(frozen=True, slots=True)
class _Judged:
    exercises: dict[str, Exercise]
    photos: dict[str, bytes]
    retired: frozenset[str]


def take(engine: Engine, file: IO[bytes], actor: Actor, author_name: str, now: datetime) -> Taken:
    """Take the file in. Raises `Refusals` and `Declined`; nothing of it is kept then."""
    judged = _judge(entries.read(file))
    with writing(engine) as session:
        exercises.take_turn(session, actor.clinic_id)
        held = {own.exercise.id: own for own in exercises.listed(session, actor.clinic_id)}
        _check_together(judged, {id_: own.exercise for id_, own in held.items()})
        _check_photos(session, actor.clinic_id, judged)
        for content in judged.photos.values():
            keeping.add(session, actor.clinic_id, content, now)
        versions = {id_: own.version for id_, own in held.items()}
        for exercise in judged.exercises.values():
            draft = OwnDraft(base_version=versions.get(exercise.id, 0), exercise=exercise)
            exercises.save(session, actor.clinic_id, author_name, draft, now, checked=True)
            exercises.retire(session, actor.clinic_id, exercise.id, exercise.id in judged.retired, now)
        audit.record(session, actor, "library.import", now, resource="library")
    same = sum(1 for id_, exercise in judged.exercises.items() if id_ in held and held[id_].exercise == exercise)
    known = len(judged.exercises.keys() & held.keys())
    return Taken(added=len(judged.exercises) - known, changed=known - same, unchanged=same)


def _judge(found: Contents) -> _Judged:
    """Every entry by itself. Raises `Refusals`."""
    wrong: list[Entry] = []
    read: dict[str, Exercise] = {}
    for id_, content in found.exercises.items():
        try:
            read[id_] = _exercise(id_, content)
        except Refused as refused:
            wrong.append(refusal(f"exercises/{id_}.json", refused.sentence))
    retired = _retired(found, wrong)
    named = {exercise.photo for exercise in read.values()}
    with darkroom() as room:
        for sha256, content in found.photos.items():
            try:
                whole = room.develop(content, archived=True).content == content
            except Declined:
                whole = False
            if not whole or hashlib.sha256(content).hexdigest() != sha256:
                wrong.append(refusal(f"photos/{sha256}.webp", "It is not as it was exported. Add the photo by hand."))
            elif sha256 not in named and not wrong:
                wrong.append(refusal(f"photos/{sha256}.webp", "No exercise of the file names it."))
    if wrong:
        raise Refusals(*wrong)
    return _Judged(read, found.photos, retired)


def _exercise(id_: str, content: bytes) -> Exercise:
    try:
        data: Any = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise Refused("malformed", "It is no JSON.") from None
    exercise = read_body(Exercise, data)
    if exercise.id != id_:
        raise Refused("id_invalid", "The id within is another one than its name says.")
    return exercise


def _retired(found: Contents, wrong: list[Entry]) -> frozenset[str]:
    try:
        manifest = orjson.loads(found.manifest)
        retired = frozenset(manifest["retired"])
        if manifest["stepwise_library"] == FORM and retired <= found.exercises.keys():
            return retired
    except (orjson.JSONDecodeError, TypeError, KeyError):
        pass
    wrong.append(refusal(MANIFEST, "It is missing, or of a newer version of Stepwise, or names what is not there."))
    return frozenset()


def _check_together(judged: _Judged, held: dict[str, Exercise]) -> None:
    """Every exercise among the others. Raises `Refusals`."""
    everyone, shared = held | judged.exercises, library.exercises()
    wrong = [
        refusal(f"exercises/{id_}.json", f"{fault.field}: {fault.sentence}")
        for id_, exercise in judged.exercises.items()
        for fault in faults(exercise, shared, everyone)
    ]
    if wrong:
        raise Refusals(*wrong)


def _check_photos(session: Session, clinic_id: str, judged: _Judged) -> None:
    wrong = [
        refusal(f"exercises/{id_}.json", "photo: The photo it names is not in the file.")
        for id_, exercise in judged.exercises.items()
        if exercise.photo is not None
        and exercise.photo not in judged.photos
        and not keeping.holds(session, clinic_id, exercise.photo)
    ]
    if wrong:
        raise Refusals(*wrong)
