"""One drawing for one change: of the components that wait to be drawn, those around others go first.

Several components watch the same state, one inside another. Flet draws them in no order of its own: a part that comes
before what is around it is drawn twice, and between the two a tap meets a control that is no longer there.
"""

import asyncio

import flet as ft


def outermost_first(page: ft.Page) -> None:
    """Draw the session's components in that order; drawing one ends the wait of those within it."""
    waiting: dict[ft.BaseControl, None] = {}

    def draw() -> None:
        due = sorted(waiting, key=_depth)
        waiting.clear()
        for control in due:
            control.update()

    def schedule(control: ft.BaseControl) -> None:
        if not waiting:
            asyncio.get_running_loop().call_soon(draw)
        waiting[control] = None

    page.session.schedule_update = schedule  # type: ignore[method-assign]


def _depth(control: ft.BaseControl) -> int:
    depth, parent = 0, control.parent
    while parent is not None:
        depth, parent = depth + 1, parent.parent
    return depth
