"""Entry point of the desktop and phone builds (`flet build`, `flet run`); the browser starts in `app/boot.py`."""

import flet as ft

from app.main import main

if __name__ == "__main__":
    ft.run(main)
