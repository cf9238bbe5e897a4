"""Finds out where the client runs and hands over the platform for it."""

import sys

import flet as ft

from app.platform.port import Platform

PICTURES = "/pictures" if sys.platform == "emscripten" else "exercises"
"""Where the exercises' pictures are: the web build's folder of that name, elsewhere the app's own assets."""


def platform_here(page: ft.Page) -> Platform:
    """The platform of this process: a browser tab, or a native build."""
    if sys.platform == "emscripten":
        from app.platform.browser import platform

        return platform()
    from app.platform.native import NativePlatform

    return NativePlatform(page)
