"""Publishes program versions: complete or not at all, and never over somebody else's change.

A version is never edited. Publishing moves the program's head on from the version the draft was opened from; everything
that follows (change row, proposals, flags, caseload) belongs to the same transaction.
"""

from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlmodel import Session, col, select

from hep import codec
from hep.prescribing import Change, Draft, difference, gaps, revise
from hep.records import ProgramState, ProgramVersion
from hep.wire import ServerKind
from server import changes, upkeep
from server.chart import read_version
from server.problems import Declined
from server.snapshots import changed_exercises
from server.tables.care import Episode, ProgramHead, ProgramVersionRow
from server.tables.people import Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """The therapist who publishes or decides."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A new version and what it changes against the one before."""

    program: ProgramVersion
    changes: tuple[Change, ...]


def publish(session: Session, patient: Patient, author: Author, draft: Draft, now: datetime) -> Published:
    """Make the draft the program's next version.

    A program that had ended is announced whole: a phone that came while it was not in use was not given it.
    Raises `Declined`: `stale_base` (detail: base and current version), `not_publishable` (detail: gaps), `not_found`
    for an episode or program of somebody else. Ids and sizes were looked at before (`bounds`).
    """
    sync = changes.hold(session, patient.id, patient.clinic_id)
    _check_episode(session, patient, draft)
    head = _head(session, patient, draft)
    base = _version(session, draft.program_id, head.version) if head.version else None
    if draft.base_version != head.version:
        raise Declined("stale_base", detail=_both(session, draft, base))
    _check_complete(session, draft, patient, base)
    version = revise(base, draft, author_id=author.id, author_name=author.name, published_at=now)
    not_given = range(1, version.version) if head.state != ProgramState.ACTIVE.value else ()
    _store(session, patient, head, version)
    earlier = [f"{version.program_id}:{number}" for number in not_given]
    changes.announce(session, sync, ServerKind.PROGRAM, [*earlier, version.id])
    upkeep.after_publish(session, patient, version, now)
    return Published(program=version, changes=difference(base, version))


def _check_episode(session: Session, patient: Patient, draft: Draft) -> None:
    episode = session.get(Episode, draft.episode_id)
    if episode is None or episode.patient_id != patient.id:
        raise Declined("not_found")


def _head(session: Session, patient: Patient, draft: Draft) -> ProgramHead:
    """The program's head, fresh (version 0) for a new one. A program that ended stays so while another is in use."""
    head = session.get(ProgramHead, draft.program_id)
    if head is not None and head.patient_id != patient.id:
        raise Declined("not_found")
    if head is not None and head.state == ProgramState.ACTIVE.value:
        return head
    in_use = select(ProgramHead).where(
        ProgramHead.patient_id == patient.id, col(ProgramHead.state) == ProgramState.ACTIVE.value
    )
    other = session.exec(in_use).first()
    if other is not None:
        current = codec.dump(_version(session, other.id, other.version))
        raise Declined("stale_base", detail={"base": None, "current": current})
    return head or ProgramHead(
        id=draft.program_id,
        clinic_id=patient.clinic_id,
        patient_id=patient.id,
        episode_id=draft.episode_id,
        version=0,
        state=draft.state.value,
    )


def _version(session: Session, program_id: str, version: int) -> ProgramVersion | None:
    row = session.get(ProgramVersionRow, (program_id, version))
    return None if row is None else read_version(row.body)


def _both(session: Session, draft: Draft, current: ProgramVersion | None) -> dict[str, object]:
    base = _version(session, draft.program_id, draft.base_version)
    return {"base": codec.dump(base), "current": codec.dump(current)}


def _check_complete(session: Session, draft: Draft, patient: Patient, base: ProgramVersion | None) -> None:
    """No gap by the rules the builder shows too, and every exercise as the library holds it."""
    missing = (*gaps(draft, patient.flags), *changed_exercises(session, patient.clinic_id, draft, base))
    if missing:
        raise Declined("not_publishable", detail={"gaps": codec.dump(missing)})


def _store(session: Session, patient: Patient, head: ProgramHead, version: ProgramVersion) -> None:
    head.version, head.state, head.episode_id = version.version, version.state.value, version.episode_id
    session.add(head)
    session.add(
        ProgramVersionRow(
            program_id=version.program_id,
            version=version.version,
            clinic_id=patient.clinic_id,
            patient_id=patient.id,
            author_id=version.author_id,
            published_at=version.published_at,
            effective_on=version.effective_on,
            body=orjson.dumps(codec.dump(version)).decode(),
        )
    )
    session.flush()
