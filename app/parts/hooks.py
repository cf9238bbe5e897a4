"""Flet's hooks and components with the types they really have."""

from collections.abc import Callable
from typing import Any, TypeVar

import flet as ft

T = TypeVar("T")
Setter = Callable[[T | Callable[[T], T]], None]


def use_value(initial: T | Callable[[], T]) -> tuple[T, Setter[T]]:
    """`ft.use_state`: the value and what sets it, to a value or by a function of the one before."""
    return ft.use_state(initial)


def keyed(component: Callable[..., ft.Control], key: str, *args: Any) -> ft.Control:
    """The component under a key: with another key it begins anew."""
    return component(*args, key=key)
