"""A text field that never gives back an older text than the one typed into it.

What is typed reaches the field before its change is heard. A drawing in between knows only the older text; sent to
the client, that would undo the newest letters.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from app.parts.hooks import keyed
from app.theme import Color


@dataclass
class _Drawn:
    """The field as it was drawn last, and the text its owner knows to stand in it."""

    field: ft.TextField
    heard: str

    @property
    def text(self) -> str:
        return self.field.value or ""


def TypedField(value: str, on_change: Callable[[str], Any], *, key: str, **more: Any) -> ft.Control:
    """A text field showing `value`, or what was typed since and is not heard yet; `more` is what `ft.TextField` takes.

    `on_change` gets the words.
    """
    return keyed(_Field, f"typed-{key}", value, on_change, {"key": key, **more})


@ft.component
def _Field(value: str, on_change: Callable[[str], Any], looks: dict[str, Any]) -> ft.Control:
    held: Any = ft.use_ref()
    last: _Drawn | None = held.current

    def changed(event: ft.Event[ft.TextField]) -> None:
        typed = event.control.value or ""
        held.current.heard = typed
        on_change(typed)

    unheard = last is not None and last.text != last.heard
    field = ft.TextField(value=last.text if last and unheard else value, on_change=changed, color=Color.ON, **looks)
    held.current = _Drawn(field, last.heard if last and unheard else value)
    return field
