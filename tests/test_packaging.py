"""What would ship to a phone, and what a fresh machine needs."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CLIENT_LIBRARIES = {"flet", "flet_charts", "httpx", "app", "hep"}
OPTIONAL = {"flet_android_notifications"}
"""Tried for and done without: the extra `android` brings it into a build for such phones."""
BROWSER_ONLY = {"js", "pyodide", "pyodide_js", "msgpack"}


def tracked_top_level() -> set[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return {line.split("/")[0] for line in listed.stdout.splitlines()}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_exactly_the_client_would_ship_to_a_phone() -> None:
    excluded = set(PROJECT["tool"]["flet"]["app"]["exclude"])
    assert tracked_top_level() - excluded == {"main.py", "app", "hep", "assets", "pyproject.toml"}


def test_the_folders_a_build_leaves_behind_would_not_ship_either() -> None:
    ignored = {line.strip("/") for line in (ROOT / ".gitignore").read_text().split() if line.endswith("/")}
    excluded = set(PROJECT["tool"]["flet"]["app"]["exclude"])
    assert ignored - {"__pycache__"} <= excluded


def test_the_client_imports_only_what_a_phone_installs() -> None:
    allowed = CLIENT_LIBRARIES | OPTIONAL | BROWSER_ONLY | set(sys.stdlib_module_names)
    foreign = {
        (str(path.relative_to(ROOT)), name)
        for folder in ("app", "hep")
        for path in (ROOT / folder).rglob("*.py")
        for name in imports(path) - allowed
    }
    assert foreign == set()


def test_the_rules_import_nothing_but_the_standard_library() -> None:
    foreign = {
        (path.name, name)
        for path in (ROOT / "hep").glob("*.py")
        for name in imports(path) - set(sys.stdlib_module_names) - {"hep"}
    }
    assert foreign == set()


def test_every_library_of_the_lock_file_is_pinned_with_a_hash() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        pins = [line for line in lock.read_text().splitlines() if line and not line.startswith((" ", "#"))]
        assert pins
        assert all("==" in pin and pin.endswith("\\") for pin in pins)
