"""The start-up check that no route is open by accident: each names its action or says that it is public."""

from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from hep.access import Action
from server.api.deps import PUBLIC, Needs
from server.api.middleware import API


class Undeclared(RuntimeError):
    """A route of the API neither names an action nor is public."""


def declarations(app: FastAPI) -> Iterator[tuple[str, str, Action | None]]:
    """Every route of the API as (method, path template, action or None for public). Raises `Undeclared`."""
    for route in iter_route_contexts(app.routes):
        path = route.path or ""
        if not path.startswith(f"{API}/"):
            continue
        dependant = getattr(route, "dependant", None)
        found = list(_declared(dependant)) if dependant is not None else []
        if len(found) != 1:
            raise Undeclared(f"{path} needs exactly one declaration: needs(Action.…) or PUBLIC")
        for method in sorted(route.methods or ()):
            yield method, path, found[0]


def _declared(dependant: Dependant) -> Iterator[Action | None]:
    for inner in dependant.dependencies:
        if isinstance(inner.call, Needs):
            yield inner.call.action
        elif inner.call is PUBLIC.dependency:
            yield None
