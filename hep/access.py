"""Who may do what: the one table that both sides ask.

A scope is how far a permission reaches: nobody's, the person's own record, or the whole clinic. Another clinic is
out of reach for everyone, always. Admin, assistant, caregiver and auditor have their columns before their screens.
"""

from enum import StrEnum

from hep.facts import Kind


class Role(StrEnum):
    """The people."""

    PATIENT = "patient"
    CAREGIVER = "caregiver"
    ASSISTANT = "assistant"
    THERAPIST = "therapist"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Scope(StrEnum):
    """How far a permission reaches."""

    NONE = "none"
    OWN = "own"
    CLINIC = "clinic"


class Action(StrEnum):
    """What can be asked of the clinic's server."""

    SYNC_PUSH = "sync.push"
    SYNC_PULL = "sync.pull"
    OWN_SESSION = "session.own"
    OWN_DEVICES = "devices.own"
    LIBRARY_READ = "library.read"
    EXERCISES_READ = "exercises.read"
    EXERCISES_WRITE = "exercises.write"
    PHOTO_READ = "photo.read"
    CASELOAD_READ = "caseload.read"
    RECORD_READ = "record.read"
    PATIENT_WRITE = "patient.write"
    PROGRAM_PUBLISH = "program.publish"
    PROPOSAL_DECIDE = "proposal.decide"
    FLAG_CLEAR = "flag.clear"
    INVITE = "invitation.write"
    DEVICES_MANAGE = "devices.manage"
    QUARANTINE_DECIDE = "quarantine.decide"
    REMINDERS_OWN = "reminders.own"
    CHANNELS_MANAGE = "channels.manage"


_OWN, _CLINIC = Scope.OWN, Scope.CLINIC

POLICY: dict[Action, dict[Role, Scope]] = {
    Action.SYNC_PUSH: {Role.PATIENT: _OWN, Role.CAREGIVER: _OWN},
    Action.SYNC_PULL: {Role.PATIENT: _OWN, Role.CAREGIVER: _OWN},
    Action.OWN_SESSION: dict.fromkeys(Role, _OWN),
    Action.OWN_DEVICES: dict.fromkeys(Role, _OWN),
    Action.LIBRARY_READ: {Role.THERAPIST: _CLINIC, Role.ASSISTANT: _CLINIC, Role.PATIENT: _CLINIC},
    Action.EXERCISES_READ: {Role.THERAPIST: _CLINIC, Role.ASSISTANT: _CLINIC},
    Action.EXERCISES_WRITE: {Role.THERAPIST: _CLINIC},
    Action.PHOTO_READ: {Role.THERAPIST: _CLINIC, Role.ASSISTANT: _CLINIC, Role.PATIENT: _OWN, Role.CAREGIVER: _OWN},
    Action.CASELOAD_READ: {Role.THERAPIST: _CLINIC, Role.ASSISTANT: _CLINIC},
    Action.RECORD_READ: {Role.THERAPIST: _CLINIC, Role.ASSISTANT: _CLINIC},
    Action.PATIENT_WRITE: {Role.THERAPIST: _CLINIC},
    Action.PROGRAM_PUBLISH: {Role.THERAPIST: _CLINIC},
    Action.PROPOSAL_DECIDE: {Role.THERAPIST: _CLINIC},
    Action.FLAG_CLEAR: {Role.THERAPIST: _CLINIC},
    Action.INVITE: {Role.THERAPIST: _CLINIC, Role.ADMIN: _CLINIC},
    Action.DEVICES_MANAGE: {Role.THERAPIST: _CLINIC, Role.ADMIN: _CLINIC},
    Action.QUARANTINE_DECIDE: {Role.THERAPIST: _CLINIC},
    Action.REMINDERS_OWN: {Role.PATIENT: _OWN, Role.CAREGIVER: _OWN},
    Action.CHANNELS_MANAGE: {Role.ADMIN: _CLINIC},
}
"""Action → role → scope; a role that is not listed has none. Admins see no clinical content (decisions 11)."""

WRITERS: dict[Kind, frozenset[Role]] = dict.fromkeys(Kind, frozenset({Role.PATIENT, Role.CAREGIVER}))
"""One writer per kind: every fact is the patient's (or the caregiver's, attributed); the clinic writes the rest."""


def scope(role: Role, action: Action) -> Scope:
    """How far `role` may go with `action`; NONE unless the table says otherwise."""
    return POLICY[action].get(role, Scope.NONE)


def may_write(role: Role, kind: Kind) -> bool:
    """Whether `role` may push rows of this kind."""
    return role in WRITERS[kind]
