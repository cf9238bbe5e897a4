"""The HTTP API: one thin module a resource. `ROUTERS` is everything that is mounted under /v1."""

from fastapi import APIRouter

from server.api import auth, devices, health, invitations, me

ROUTERS: tuple[APIRouter, ...] = (
    auth.router,
    devices.router,
    health.router,
    invitations.router,
    me.router,
)
