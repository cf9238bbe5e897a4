"""A clinic's own exercises: save one as a new version, retire it, list what there is.

A version is never edited and an exercise never deleted: programs hold the exercise as it was when it was prescribed,
and what was prescribed stays readable. Writers of one clinic's exercises take turns, so that a ladder is whole.
"""

from datetime import datetime

import orjson
from sqlmodel import Session, col, func, select

from hep import codec
from hep.own import MOST, Fault, OwnDraft, OwnExercise, faults, is_own
from hep.records import Exercise
from server import library, stored
from server.problems import Declined
from server.tables.exercises import OwnExerciseHead, OwnExerciseVersion, Photo
from server.tables.people import Clinic


def listed(session: Session, clinic_id: str) -> tuple[OwnExercise, ...]:
    """All of the clinic's own, retired ones too, by name."""
    query = (
        select(OwnExerciseHead, OwnExerciseVersion)
        .join(OwnExerciseVersion, col(OwnExerciseVersion.exercise_id) == OwnExerciseHead.id)
        .where(
            OwnExerciseHead.clinic_id == clinic_id,
            OwnExerciseVersion.clinic_id == clinic_id,
            OwnExerciseVersion.version == OwnExerciseHead.version,
        )
    )
    found = [_view(head, version) for head, version in session.exec(query).all()]
    return tuple(sorted(found, key=lambda own: (own.exercise.name.casefold(), own.exercise.id)))


def offered(session: Session, clinic_id: str) -> tuple[Exercise, ...]:
    """What the clinic offers of its own, by name."""
    return tuple(own.exercise for own in listed(session, clinic_id) if not own.retired)


def newest(session: Session, clinic_id: str, exercise_id: str) -> OwnExercise | None:
    """One of the clinic's own, retired or not; None for another clinic's and for one that never was."""
    head = session.get(OwnExerciseHead, (clinic_id, exercise_id))
    return None if head is None else _view(head, _version_of(session, head))


def any_of(session: Session, clinic_id: str, exercise_id: str | None) -> Exercise | None:
    """An exercise of the shared library or of the clinic's own, retired or not; None for None and for neither."""
    if exercise_id is None or not is_own(exercise_id):
        return library.exercises().get(exercise_id or "")
    found = newest(session, clinic_id, exercise_id)
    return None if found is None else found.exercise


def save(
    session: Session, clinic_id: str, author_name: str, draft: OwnDraft, now: datetime, *, checked: bool = False
) -> OwnExercise:
    """Make the draft the exercise's next version; saving what is stored already changes nothing.

    `checked`: the exercise was found without faults among all that are saved with it.

    Raises `Declined`: `stale_exercise` (detail: the current version), `exercise_incomplete` (detail: faults),
    `library_full`.
    """
    take_turn(session, clinic_id)
    exercise = draft.exercise
    head = session.get(OwnExerciseHead, (clinic_id, exercise.id))
    current = newest(session, clinic_id, exercise.id)
    if current is not None and current.exercise == exercise:
        return current
    if draft.base_version != (current.version if current else 0):
        raise Declined("stale_exercise", detail={"current": codec.dump(current)})
    if not checked:
        _check(session, clinic_id, exercise)
    if head is None:
        _check_room(session, clinic_id)
        head = OwnExerciseHead(id=exercise.id, clinic_id=clinic_id, version=0)
    return _add_version(session, head, exercise, author_name, now)


def retire(session: Session, clinic_id: str, exercise_id: str, retired: bool, now: datetime) -> OwnExercise:
    """Offer an exercise no longer, or again. Raises `Declined` (`not_found`)."""
    take_turn(session, clinic_id)
    head = session.get(OwnExerciseHead, (clinic_id, exercise_id))
    if head is None:
        raise Declined("not_found")
    head.retired_at = (head.retired_at or now) if retired else None
    session.add(head)
    session.flush()
    return _view(head, _version_of(session, head))


def take_turn(session: Session, clinic_id: str) -> None:
    """Wait until nobody else changes this clinic's exercises."""
    session.exec(select(Clinic.id).where(Clinic.id == clinic_id).with_for_update()).one()


def _photo_fault(session: Session, clinic_id: str, exercise: Exercise) -> tuple[Fault, ...]:
    if exercise.photo is None or session.get(Photo, (clinic_id, exercise.photo)) is not None:
        return ()
    return (Fault(field="photo", code="value_unknown", sentence="The photo cannot be found. Choose it again."),)


def _check(session: Session, clinic_id: str, exercise: Exercise) -> None:
    others = {own.exercise.id: own.exercise for own in listed(session, clinic_id)}
    found = faults(exercise, library.exercises(), others) or _photo_fault(session, clinic_id, exercise)
    if found:
        raise Declined("exercise_incomplete", detail={"faults": codec.dump(found)})


def _check_room(session: Session, clinic_id: str) -> None:
    held = session.exec(select(func.count()).where(col(OwnExerciseHead.clinic_id) == clinic_id)).one()
    if held >= MOST:
        raise Declined("library_full")


def _add_version(
    session: Session, head: OwnExerciseHead, exercise: Exercise, author_name: str, now: datetime
) -> OwnExercise:
    head.version += 1
    session.add(head)
    session.flush()
    version = OwnExerciseVersion(
        exercise_id=head.id,
        version=head.version,
        clinic_id=head.clinic_id,
        author_name=author_name,
        saved_at=now,
        photo=exercise.photo,
        body=orjson.dumps(codec.dump(exercise)).decode(),
    )
    session.add(version)
    session.flush()
    return _view(head, version)


def _version_of(session: Session, head: OwnExerciseHead) -> OwnExerciseVersion:
    return session.get_one(OwnExerciseVersion, (head.clinic_id, head.id, head.version))


def _view(head: OwnExerciseHead, version: OwnExerciseVersion) -> OwnExercise:
    return OwnExercise(
        exercise=stored.load(Exercise, version.body),
        version=version.version,
        retired=head.retired_at is not None,
        changed_at=version.saved_at,
        changed_by=version.author_name,
    )
