"""The app's page in a real Chromium once the device keeps the app: what it promises Python and its reader.

One browser, one server and one first visit serve all tests of this file; each finds a page that is open and drawn.
"""

import pytest
from playwright.sync_api import Page

from tests.browser.home import GIVEN_UP, Home
from tests.browser.visitor import (
    let_it_draw,
    python_worker,
    run_python,
    wait_for,
    wait_until_drawn,
    wait_until_fast,
)

PLATFORM = "from app.platform.browser import platform\n"
RANDOM = "import random\nrandom.random()"


@pytest.fixture(scope="module")
def visited(visited: Home) -> Home:
    """With everything kept that is ever kept; its first start was none from the snapshot."""
    wait_until_fast(visited.page)
    assert python_worker(visited.page).evaluate("self.restored") is None
    return visited


def test_the_second_start_begins_from_the_memory_of_a_prepared_one(home: Home) -> None:
    numbers = []

    for page in (home.restart(), home.reload()):
        assert python_worker(page).evaluate("self.restored") is True
        numbers.append(run_python(page, RANDOM))

    assert numbers[0] != numbers[1]
    home.visitor.assert_clean()
    run_python(home.page, f"{PLATFORM}platform().tell_page('crashed', '')")
    wait_for(home.page, f"localStorage.getItem('{GIVEN_UP}')")
    home.page.evaluate(f"localStorage.removeItem('{GIVEN_UP}')")


ENTRANCE = "start_connection"
"""A name without which Python starts and then fails."""


@pytest.mark.parametrize(
    ("damage", "sealed"),
    [
        ("bytes[20e6] ^= 1", False),
        (
            "const text = new TextDecoder('latin1').decode(bytes);"
            f"for (let at = -1; (at = text.indexOf('{ENTRANCE}', at + 1)) >= 0;) bytes[at] ^= 32",
            True,
        ),
    ],
    ids=["one bit", "does not run"],
)
def test_a_snapshot_that_does_not_restore_or_not_run_is_left_alone_and_the_app_starts_without_it(
    home: Home, damage: str, sealed: bool
) -> None:
    page = home.page
    try:
        home.damage_snapshot(damage, sealed=sealed)
        home.reload()

        assert page.get_by_role("button").count() > 0
        assert python_worker(page).evaluate("self.restored") is None
        assert page.evaluate(f"localStorage.getItem('{GIVEN_UP}')") is not None
    finally:
        home.repair_snapshot()
    home.visitor.assert_clean()


def halves(page: Page) -> list[str]:
    """Which halves of the app were imported; nothing of the build's rehearsal may be among what is loaded."""
    loaded = run_python(page, "import sys\n[name for name in sys.modules if name.startswith('app.')]")
    assert not [name for name in loaded if "rehearsal" in name]
    return sorted({name for name in loaded if name in ("app.patient", "app.therapist")})


def test_each_half_of_the_app_starts_alone_without_a_server_after_the_first_visit(home: Home) -> None:
    home.server.kill()

    patient = home.restart()

    assert patient.get_by_role("button").count() > 0
    clinic = home.visitor.open(f"{home.server.url}/clinic")
    assert clinic.get_by_role("button").count() > 0
    assert run_python(clinic, f"{PLATFORM}platform().path") == "/clinic"
    assert clinic.locator("link[rel=manifest]").get_attribute("href") == "/clinic.webmanifest"
    assert halves(patient) == ["app.patient"]
    assert halves(clinic) == ["app.therapist"]


def test_the_service_worker_never_answers_for_the_api(home: Home) -> None:
    page = home.page
    assert page.evaluate("fetch('/v1/health').then(r => r.json())") == {"ok": True}

    home.server.kill()

    assert page.evaluate("fetch('/v1/health').then(() => 'answered', () => 'unreachable')") == "unreachable"
    assert page.evaluate("fetch('/').then(r => r.status)") == 200


def test_what_was_flushed_is_there_after_the_browser_was_restarted(home: Home) -> None:
    write = f"""{PLATFORM}import sqlite3
db = sqlite3.connect(await platform().open_folder() / 'probe.db')
db.execute(f'pragma journal_mode={{platform().journal_mode}}')
db.execute('create table kept (value)')
db.execute('insert into kept values (7)')
db.commit()
await platform().flush()"""
    run_python(home.page, write)

    page = home.restart()

    read = f"""{PLATFORM}import sqlite3
db = sqlite3.connect(await platform().open_folder() / 'probe.db')
db.execute('select value from kept').fetchone()"""
    assert run_python(page, read) == [7]


def test_many_flushes_at_once_all_come_back(home: Home) -> None:
    page = home.page

    finished = run_python(
        page,
        f"""{PLATFORM}import asyncio
await platform().open_folder()
len(await asyncio.gather(*(platform().flush() for _ in range(20))))""",
    )

    assert finished == 20


def test_a_second_tab_cannot_hold_the_lock(home: Home) -> None:
    hold = f"{PLATFORM}await platform().hold('probe')"
    first = home.page
    assert run_python(first, hold) is True

    second = home.open_anew()
    assert run_python(second, hold) is False

    first.close()
    assert run_python(second, hold) is True


def test_a_reloaded_tab_gets_its_lock_back(home: Home) -> None:
    page = home.page
    hold = f"{PLATFORM}await platform().hold('probe')"
    assert run_python(page, hold) is True

    home.reload()

    assert run_python(page, hold) is True


def test_the_secret_behind_the_hash_reaches_python_and_leaves_the_address(home: Home) -> None:
    page = home.visitor.new_page()

    page.goto(f"{home.server.url}/#invite=made-up%20secret", wait_until="commit")
    page.wait_for_selector("#stage")
    wait_for(page, "typeof flet !== 'undefined'")

    assert page.url == f"{home.server.url}/"
    assert "#" not in page.evaluate("document.URL")
    wait_until_drawn(page)
    assert run_python(page, f"{PLATFORM}platform().fragment") == "invite=made-up secret"
    assert not any("made-up" in url for url in home.visitor.requests[1:])


def test_an_invitation_opened_over_the_running_app_starts_it_anew(home: Home) -> None:
    page = home.page

    with page.expect_navigation(wait_until="commit", url=home.server.url + "/"):
        page.evaluate("location.hash = 'invite=second'")
    wait_until_drawn(page)

    assert run_python(page, f"{PLATFORM}platform().fragment") == "invite=second"


def test_python_talks_to_the_server_through_the_browser(home: Home) -> None:
    page = home.page

    answer = run_python(
        page,
        f"""{PLATFORM}import httpx
client = httpx.AsyncClient(transport=platform().transport(), base_url=platform().base_url)
answer = await client.post('/v1/echo', json={{'reps': 10}}, headers={{'authorization': 'Bearer made-up'}})
[answer.status_code, answer.json(), (await client.get('/v1/health')).json()]""",
    )

    assert answer == [200, {"body": '{"reps":10}', "authorization": "Bearer made-up"}, {"ok": True}]


def test_a_lost_and_a_slow_server_are_told_apart(home: Home) -> None:
    page = home.page
    ask = f"""{PLATFORM}import httpx
client = httpx.AsyncClient(transport=platform().transport(), base_url=platform().base_url, timeout=0.5)
trouble = None
try: await client.get('/v1/never')
except httpx.TransportError as error: trouble = type(error).__name__
trouble"""
    assert run_python(page, ask) == "ReadTimeout"

    home.server.kill()

    assert run_python(page, ask) == "ConnectError"


def test_the_zone_comes_from_the_device_and_python_knows_it(home: Home) -> None:
    page = home.page

    zone, offset = run_python(
        page,
        f"""{PLATFORM}from zoneinfo import ZoneInfo
from datetime import datetime
[platform().zone, datetime(2026, 7, 1, tzinfo=ZoneInfo('America/New_York')).utcoffset().total_seconds()]""",
    )

    assert zone == page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    assert offset == -4 * 3600


def test_what_is_kept_for_the_tab_survives_a_reload_but_not_another_tab(home: Home) -> None:
    page = home.page
    run_python(page, f"{PLATFORM}platform().session_set('probe', 'kept')")
    wait_for(page, "sessionStorage.getItem('stepwise.probe') === 'kept'")

    home.reload()

    get = f"{PLATFORM}platform().session_get('probe')"
    assert run_python(page, get) == "kept"
    assert run_python(home.open_anew(), get) is None


def test_python_hears_when_the_network_comes_back(home: Home) -> None:
    page = home.page
    run_python(page, f"{PLATFORM}import builtins\nbuiltins.woken = []\nplatform().on_wake(lambda: woken.append(1))")

    page.evaluate("dispatchEvent(new Event('online'))")

    assert run_python(page, "import asyncio\nwhile not woken: await asyncio.sleep(0)\nlen(woken)") == 1


def test_a_character_outside_the_fonts_is_asked_for_once(home: Home) -> None:
    page = home.page

    with page.expect_request("**/fallback-font/**"):
        run_python(
            page,
            """import gc, flet as ft
shown = next(thing for thing in gc.get_objects() if isinstance(thing, ft.Page))
shown.show_dialog(ft.AlertDialog(content=ft.Text('glad \\U0001F600 \\u2192')))""",
        )
    let_it_draw(page, frames=120)

    assert len([url for url in home.visitor.requests if "/fallback-font/" in url]) <= 4
    home.visitor.assert_clean()
    page.close()


def test_a_browser_without_webassembly_gets_one_plain_sentence(home: Home) -> None:
    page = home.visitor.new_page()
    page.add_init_script("delete globalThis.WebAssembly;")

    page.goto(home.server.url)

    page.get_by_text("This browser cannot run Stepwise.").wait_for()
    assert page.get_by_role("button", name="Try again").is_visible()
    assert not any(url.endswith((".wasm", ".zip")) for url in home.visitor.requests)
    home.visitor.assert_clean()
