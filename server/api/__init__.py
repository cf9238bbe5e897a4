"""The HTTP API: one thin module a resource. `ROUTERS` is everything that is mounted under /v1."""

from fastapi import APIRouter

from server.api import health

ROUTERS: tuple[APIRouter, ...] = (health.router,)
