"""Imported by the parent of all processes to kill: what the first app of a process takes its time for is done then."""

from pathlib import Path

from server.app import create_app
from server.settings import Settings

create_app(Settings(database_url="sqlite://", data_dir=Path(), secret_key="0123456789abcdefghijklmnopqrstuvwxyz"))
