"""The HTTP API: one thin module a resource. `ROUTERS` is everything that is mounted under /v1."""

from fastapi import APIRouter

from server.api import (
    archive,
    auth,
    calendar,
    caseload,
    channels,
    devices,
    exercises,
    flags,
    health,
    invitations,
    library,
    me,
    patients,
    photos,
    programs,
    proposals,
    quarantine,
    reminders,
    sync,
)

ROUTERS: tuple[APIRouter, ...] = (
    archive.router,
    auth.router,
    calendar.router,
    caseload.router,
    channels.router,
    devices.router,
    exercises.router,
    flags.router,
    health.router,
    invitations.router,
    library.router,
    me.router,
    patients.router,
    photos.router,
    programs.router,
    proposals.router,
    quarantine.router,
    reminders.router,
    sync.router,
)
