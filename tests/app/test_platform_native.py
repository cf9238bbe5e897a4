"""The platform of desktop and phone builds: a real folder, a real lock, a zone the machine knows."""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import flet as ft
import pytest

from app.platform.android import AndroidNotifying
from app.platform.native import NativePlatform, local_zone
from app.platform.notifying import Permission, Planned, Tap
from app.platform.port import Platform, StorageRefused


def native(folder: Path) -> tuple[NativePlatform, Any]:
    page = SimpleNamespace(route="/", platform=ft.PagePlatform.ANDROID, on_app_lifecycle_state_change=None)
    return NativePlatform(cast(ft.Page, page), folder), page


async def test_the_folder_is_made_and_keeps_what_is_written(tmp_path: Path) -> None:
    platform: Platform = native(tmp_path / "new" / "folder")[0]

    folder = await platform.open_folder()

    (folder / "kept").write_text("yes")
    await platform.flush()
    assert (tmp_path / "new" / "folder" / "kept").read_text() == "yes"


async def test_a_folder_that_cannot_be_made_is_refused_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StorageRefused, match="Free some space"):
        await native(tmp_path / "file" / "folder")[0].open_folder()


async def test_another_process_cannot_hold_the_same_lock(tmp_path: Path) -> None:
    platform, _ = native(tmp_path)
    assert await platform.hold("store")
    assert await platform.hold("store")

    other = (
        "import fcntl, sys; handle = open(sys.argv[1], 'ab')\n"
        "try: fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
        "except OSError: sys.exit(3)"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", other, str(tmp_path / "store.lock"))

    assert await process.wait() == 3
    assert await native(tmp_path)[0].hold("store") is False


async def test_coming_back_to_the_screen_wakes_the_client(tmp_path: Path) -> None:
    platform, page = native(tmp_path)
    woken: list[int] = []
    platform.on_wake(lambda: woken.append(1))

    page.on_app_lifecycle_state_change(SimpleNamespace(state=ft.AppLifecycleState.PAUSE))
    page.on_app_lifecycle_state_change(SimpleNamespace(state=ft.AppLifecycleState.RESUME))

    assert woken == [1]


def test_values_of_the_tab_are_kept_and_forgotten(tmp_path: Path) -> None:
    platform, _ = native(tmp_path)
    platform.session_set("token", "made up")
    assert platform.session_get("token") == "made up"

    platform.session_set("token", None)

    assert platform.session_get("token") is None


def test_the_zone_is_one_that_python_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", ":America/New_York")
    assert local_zone() == "America/New_York"

    monkeypatch.delenv("TZ")
    (tmp_path / "zoneinfo" / "Europe").mkdir(parents=True)
    (tmp_path / "zoneinfo" / "Europe" / "Lisbon").touch()
    (tmp_path / "localtime").symlink_to(tmp_path / "zoneinfo" / "Europe" / "Lisbon")
    assert local_zone(tmp_path / "localtime") == "Europe/Lisbon"
    assert local_zone(tmp_path / "nothing") == "UTC"
    assert ZoneInfo(local_zone()).key


class Extension:
    """What flet-android-notifications does, as far as it is asked."""

    def __init__(self, *, on: bool, consents: bool = True) -> None:
        self.on, self.consents = on, consents
        self.waiting: list[tuple[int, str, str, datetime, str]] = []
        self.on_notification_tap: Any = None

    async def are_notifications_enabled(self) -> bool:
        return self.on

    async def request_permissions(self) -> bool:
        self.on = self.consents
        return self.on

    async def cancel_all(self) -> None:
        self.waiting.clear()

    async def schedule_notification(
        self, number: int, title: str, body: str, at: datetime, *, payload: str, **more: str
    ) -> None:
        self.waiting.append((number, title, body, at, payload))


async def test_a_build_without_the_extension_says_that_it_shows_no_reminders(tmp_path: Path) -> None:
    platform, _ = native(tmp_path)
    await platform.schedule([])
    assert not platform.schedules
    for answer in (await platform.notifying(), await platform.allow_notifying(), await platform.subscribe("key")):
        assert answer.permission is Permission.UNSUPPORTED


async def test_an_android_build_is_given_fifty_reminders_and_tells_of_taps() -> None:
    extension = Extension(on=False)
    phone = AndroidNotifying(extension)
    assert (await phone.notifying()).permission is Permission.DEFAULT
    assert (await phone.allow_notifying()).permission is Permission.GRANTED
    at = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
    for _ in range(2):
        await phone.schedule([Planned(f"id-{n}", at + timedelta(hours=n), "Time", "/program") for n in range(60)])
    assert [number for number, *_ in extension.waiting] == list(range(1, 51))
    assert extension.waiting[0][1:4] == ("Stepwise", "Time", at)

    taps: list[Tap] = []
    phone.on_tap(taps.append)
    for data in (extension.waiting[0][4], json.dumps({"payload": extension.waiting[1][4]}), "{", "[]", "{}"):
        extension.on_notification_tap(SimpleNamespace(data=data))
    assert taps == [Tap("id-0", "/program"), Tap("id-1", "/program")]


async def test_an_android_phone_whose_owner_said_no_counts_as_blocked() -> None:
    phone = AndroidNotifying(Extension(on=False, consents=False))
    assert (await phone.allow_notifying()).permission is Permission.DENIED
    assert (await phone.subscribe("key")).subscription is None
