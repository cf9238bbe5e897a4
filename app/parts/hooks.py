"""Flet's hooks and components with the types they really have."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import flet as ft

T = TypeVar("T")
Setter = Callable[[T | Callable[[T], T]], None]


class Latest(Generic[T]):
    """A value on a screen. `value` is the newest one, also in a handler of an older drawing.

    Handlers close over what was drawn: two quick taps, or a tap right after typing, must not lose or miss the first.
    """

    def __init__(self, value: T, draw: Callable[[T], Any]) -> None:
        self.value = value
        self._draw = draw

    def put(self, value: T) -> T:
        """Make `value` the newest; returns it."""
        self.value = value
        self._draw(value)
        return value

    def change(self, update: Callable[[T], T]) -> T:
        """Make the newest value what `update` makes of it; returns that."""
        return self.put(update(self.value))


def use_value(initial: T | Callable[[], T]) -> tuple[T, Setter[T]]:
    """`ft.use_state`: the value and what sets it, to a value or by a function of the one before."""
    return ft.use_state(initial)


def use_latest(initial: T) -> Latest[T]:
    """The component's own `Latest`; a change draws the component again."""
    _, draw = use_value(initial)
    held: Any = ft.use_ref(lambda: Latest(initial, draw))
    latest: Latest[T] = held.current
    return latest


def keyed(component: Callable[..., ft.Control], key: str, *args: Any) -> ft.Control:
    """The component under a key: with another key it begins anew."""
    return component(*args, key=key)
