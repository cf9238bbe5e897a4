"""The composition root: picks the platform and the half of the app that was asked for. Knows no screen."""

from importlib import import_module
from types import ModuleType

import flet as ft

from app.platform.here import platform_here
from app.platform.port import Platform


def shell_of(path: str) -> ModuleType:
    """The half of the app that lives at `path`: the therapist's at `/clinic` and below, else the patient's."""
    is_clinic = path == "/clinic" or path.startswith("/clinic/")
    return import_module("app.therapist.shell" if is_clinic else "app.patient.shell")


def begin(platform: Platform) -> None:
    """Have the half that was asked for open what it keeps; `main` follows once there is a page."""
    shell_of(platform.path).begin(platform)


async def main(page: ft.Page) -> None:
    """Flet's entry point: one call for each session."""
    platform = platform_here(page)
    await shell_of(platform.path).start(page, platform)
