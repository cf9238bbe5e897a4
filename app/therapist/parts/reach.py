"""Whether reminders reach the patient, as it is: small, below the phones, and loud only where nothing arrives."""

from collections.abc import Callable
from datetime import datetime

import flet as ft

from app import strings_clinic as words
from app.parts import Card, Heading, Notice, Text
from app.theme import Color, Style
from app.therapist.parts.desk import Muted, grow, lines, row
from app.therapist.parts.when import day_near, moment
from app.therapist.state import Desk
from hep.reaching import AddressView, ReachView

Near = Callable[[datetime], str]

_ICONS = {
    "webpush": ft.Icons.NOTIFICATIONS_OUTLINED,
    "email": ft.Icons.MAIL_OUTLINE,
    "ntfy": ft.Icons.NOTIFICATIONS_ACTIVE_OUTLINED,
}


@ft.component
def Reach(desk: Desk, reach: ReachView) -> ft.Control:
    """What was last taken and opened, then each way with its state."""

    def near(at: datetime) -> str:
        return moment(at, desk.now(), desk.zone)

    parts: list[ft.Control] = []
    if reach.unreached_since is not None:
        since = day_near(reach.unreached_since, desk.now(), desk.zone)
        parts.append(Notice(words.unreached(since, ever=reach.last_sent_at is not None), key="unreached"))
    if reach.unreached_since is None or reach.last_sent_at is not None:
        parts.append(Muted(_said(reach, near), Style.SMALL))
    return Card(
        Heading(words.REMINDERS, Style.DESK_TITLE, 2),
        *parts,
        *(_way(address, near) for address in reach.addresses),
        padding=18,
    )


def _said(reach: ReachView, near: Near) -> str:
    if not reach.addresses:
        return words.NO_WAY
    if reach.last_sent_at is None:
        return words.NOTHING_SENT
    opened = words.last_opened(near(reach.last_opened_at)) if reach.last_opened_at else words.NEVER_OPENED
    return words.last_sent(near(reach.last_sent_at), opened)


def _way(address: AddressView, near: Near) -> ft.Control:
    trouble = address.state in ("blocked", "gone") or address.last_failure_code is not None
    return row(
        ft.Icon(_ICONS.get(address.kind, ft.Icons.SEND), size=22, color=Color.CAUTION if trouble else Color.MUTED),
        grow(
            lines(
                Text(words.way(address.kind, address.device_name), Style.SMALL_STRONG),
                Muted(words.way_state(address.state, address.last_failure_code, _last(address, near))),
            )
        ),
    )


def _last(address: AddressView, near: Near) -> str:
    return near(address.last_ok_at) if address.last_ok_at else ""
