"""Flet's hooks and components with the types they really have."""

from collections.abc import Callable
from typing import Any, TypeVar

import flet as ft

T = TypeVar("T")
Setter = Callable[[T | Callable[[T], T]], None]


def use_value(initial: T | Callable[[], T]) -> tuple[T, Setter[T]]:
    """`ft.use_state`: the value and what sets it, to a value or by a function of the one before."""
    return ft.use_state(initial)


def use_latest(initial: T) -> tuple[T, Callable[[Callable[[T], T]], T]]:
    """A value and what changes it, by a function of the newest value, which it returns.

    Handlers of a screen close over what was drawn; two quick taps before the next drawing must not lose the first.
    """
    newest: Any = ft.use_ref(initial)
    _, draw = use_value(initial)

    def change(update: Callable[[T], T]) -> T:
        changed = update(newest.current)
        newest.current = changed
        draw(changed)
        return changed

    return newest.current, change


def keyed(component: Callable[..., ft.Control], key: str, *args: Any) -> ft.Control:
    """The component under a key: with another key it begins anew."""
    return component(*args, key=key)
