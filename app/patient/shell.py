"""Stands in for the patient's screens until they are here."""

import flet as ft

from app.platform.port import Platform


async def start(page: ft.Page, platform: Platform) -> None:
    """Show one text and a button."""
    page.title = "Stepwise"
    page.add(ft.Text("Stepwise patient placeholder"), ft.FilledButton("Begin"))
