"""The HTTP API: one thin module a resource. `ROUTERS` is everything that is mounted under /v1."""

from fastapi import APIRouter

from server.api import (
    archive,
    auth,
    caseload,
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
    sync,
)

ROUTERS: tuple[APIRouter, ...] = (
    archive.router,
    auth.router,
    caseload.router,
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
    sync.router,
)
