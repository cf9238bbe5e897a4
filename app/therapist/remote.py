"""A value that comes from the clinic's server: not there yet, there, or refused with words that say what to do."""

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from app.api import ApiError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Remote(Generic[T]):
    """`value` is the last one that came; `problem` says why a newer one did not; `busy` while one is asked for."""

    value: T | None = None
    busy: bool = False
    problem: ApiError | None = None

    def asking(self) -> "Remote[T]":
        """The same value, while a newer one is on its way."""
        return replace(self, busy=True, problem=None)

    def refused(self, problem: ApiError) -> "Remote[T]":
        """The same value, and why there is no newer one."""
        return replace(self, busy=False, problem=problem)
