"""The app's shell in a real Chromium: it starts, asks nobody else, survives the network and keeps what it is given."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import DESK
from tests.browser.conftest import Visit
from tests.browser.serving import ServerProcess, running, tiny_server
from tests.browser.visitor import (
    let_it_draw,
    python_worker,
    run_python,
    wait_for,
    wait_until_drawn,
    wait_until_fast,
    wait_until_kept,
)

PLATFORM = "from app.platform.browser import platform\n"
RANDOM = "import random\nrandom.random()"
SECOND = "second-release"
GIVEN_UP = "stepwise.snapshot-failed"
DAMAGE = """async () => {
    const address = `${document.querySelector("script[data-own]").dataset.own}patient.snapshot`;
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        const kept = await cache.match(address);
        if (!kept) continue;
        let bytes = new Uint8Array(await kept.arrayBuffer());
        DAMAGE;
        await cache.put(address, new Response(bytes));
    }
}"""


def release_again(server: ServerProcess, folder: Path, lost: str = "") -> None:
    """Serve a release with another index and version from the same port; `lost` names a file it lacks."""
    server.kill()
    index, worker = folder / "index.html", folder / "sw.js"
    index.write_text(index.read_text().replace("<head>", f'<head><meta name="{SECOND}">'))
    worker.write_text(worker.read_text().replace('"version": "', f'"version": "{SECOND}-'))
    for path in (index, worker):
        for packed in (".br", ".gz"):
            path.with_name(path.name + packed).unlink()
    if lost:
        (folder / lost).unlink()
    server.start()


def wait_for_the_new_version(page: Page, state: str) -> None:
    """Return once the service worker that is being installed is `installed` (complete) or `redundant` (given up)."""
    page.evaluate(
        """(state) => navigator.serviceWorker.ready.then((kept) => new Promise((done) => {
            const fresh = kept.installing ?? kept.waiting;
            const look = () => (!fresh || fresh.state === state ? done() : setTimeout(look, 20));
            look();
        }))""",
        state,
    )


@pytest.mark.parametrize("renderer", ["skwasm", "canvaskit"])
def test_the_app_starts_on_a_phone_and_is_readable_for_screen_readers(
    visit: Visit, web_server: ServerProcess, renderer: str
) -> None:
    visitor = visit()

    page = visitor.open(f"{web_server.url}/?renderer={renderer}")

    assert page.evaluate("flet.webRenderer") == renderer
    assert page.get_by_role("button").count() > 0
    assert page.evaluate("crossOriginIsolated") is True
    wait_until_kept(page)
    page.wait_for_selector("#splash", state="detached")
    visitor.assert_clean()


def test_the_clinic_lives_at_its_own_path_of_the_same_client(visit: Visit, web_server: ServerProcess) -> None:
    visitor = visit(viewport=DESK)

    page = visitor.open(f"{web_server.url}/clinic")

    assert run_python(page, f"{PLATFORM}platform().path") == "/clinic"
    assert page.locator("link[rel=manifest]").get_attribute("href") == "/clinic.webmanifest"
    visitor.assert_clean()


def test_the_app_starts_without_a_server_after_the_first_visit(visit: Visit, web_server: ServerProcess) -> None:
    visitor = visit()
    wait_until_kept(visitor.open(web_server.url))

    web_server.kill()
    visitor.restart()

    patient = visitor.open(web_server.url)
    assert patient.get_by_role("button").count() > 0
    clinic = visitor.open(f"{web_server.url}/clinic")
    assert clinic.get_by_role("button").count() > 0


def test_a_new_version_waits_for_the_next_start(visit: Visit, web_build: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(web_build, tmp_path / "served")
    with running(tiny_server(folder)) as server:
        visitor = visit()
        page = visitor.open(server.url)
        wait_until_kept(page)
        release_again(server, folder)

        page.evaluate("navigator.serviceWorker.ready.then((kept) => kept.update())")
        wait_for_the_new_version(page, "installed")
        during = page.evaluate("fetch('/').then((answer) => answer.text())")
        visitor.restart()
        next_start = visitor.open(server.url)

        assert SECOND not in during
        assert next_start.locator(f"meta[name={SECOND}]").count() == 1
        caches = next_start.evaluate("caches.keys()")
        assert [name for name in caches if not name.endswith("pictures")] == [name for name in caches if SECOND in name]


def test_the_app_can_move_to_a_new_version_at_once(visit: Visit, web_build: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(web_build, tmp_path / "served")
    with running(tiny_server(folder)) as server:
        page = visit().open(server.url)
        wait_until_kept(page)
        release_again(server, folder)

        with page.expect_navigation(wait_until="commit"):
            run_python(page, f"{PLATFORM}platform().tell_page('update', '')")
        wait_until_drawn(page)

        assert page.locator(f"meta[name={SECOND}]").count() == 1


def test_a_new_version_that_cannot_be_fetched_whole_leaves_the_old_one_alone(
    visit: Visit, web_build: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(web_build, tmp_path / "served")
    with running(tiny_server(folder)) as server:
        visitor = visit()
        page = visitor.open(server.url)
        wait_until_kept(page)
        release_again(server, folder, lost="manifest.webmanifest")

        page.evaluate("navigator.serviceWorker.ready.then((kept) => kept.update())")
        wait_for_the_new_version(page, "redundant")
        server.kill()
        visitor.restart()

        assert visitor.open(server.url).locator(f"meta[name={SECOND}]").count() == 0


def test_the_service_worker_never_answers_for_the_api(visit: Visit, web_server: ServerProcess) -> None:
    page = visit().open(web_server.url)
    wait_until_kept(page)
    assert page.evaluate("fetch('/v1/health').then(r => r.json())") == {"ok": True}

    web_server.kill()

    assert page.evaluate("fetch('/v1/health').then(() => 'answered', () => 'unreachable')") == "unreachable"
    assert page.evaluate("fetch('/').then(r => r.status)") == 200


def test_what_was_flushed_is_there_after_the_browser_was_restarted(visit: Visit, web_server: ServerProcess) -> None:
    visitor = visit()
    write = f"""{PLATFORM}import sqlite3
db = sqlite3.connect(await platform().open_folder() / 'probe.db')
db.execute(f'pragma journal_mode={{platform().journal_mode}}')
db.execute('create table kept (value)')
db.execute('insert into kept values (7)')
db.commit()
await platform().flush()"""
    run_python(visitor.open(web_server.url), write)

    visitor.restart()

    read = f"""{PLATFORM}import sqlite3
db = sqlite3.connect(await platform().open_folder() / 'probe.db')
db.execute('select value from kept').fetchone()"""
    assert run_python(visitor.open(web_server.url), read) == [7]


def test_many_flushes_at_once_all_come_back(visit: Visit, web_server: ServerProcess) -> None:
    page = visit().open(web_server.url)

    finished = run_python(
        page,
        f"""{PLATFORM}import asyncio
await platform().open_folder()
len(await asyncio.gather(*(platform().flush() for _ in range(20))))""",
    )

    assert finished == 20


def test_a_second_tab_cannot_hold_the_lock(visit: Visit, web_server: ServerProcess) -> None:
    visitor = visit()
    hold = f"{PLATFORM}await platform().hold('probe')"
    first, second = visitor.open(web_server.url), visitor.open(web_server.url)
    assert run_python(first, hold) is True

    assert run_python(second, hold) is False

    first.close()
    assert run_python(second, hold) is True


def test_a_reloaded_tab_gets_its_lock_back(visit: Visit, web_server: ServerProcess) -> None:
    page = visit().open(web_server.url)
    hold = f"{PLATFORM}await platform().hold('probe')"
    assert run_python(page, hold) is True

    page.reload(wait_until="commit")
    wait_until_drawn(page)

    assert run_python(page, hold) is True


def test_the_secret_behind_the_hash_reaches_python_and_leaves_the_address(
    visit: Visit, web_server: ServerProcess
) -> None:
    visitor = visit()
    page = visitor.new_page()

    page.goto(f"{web_server.url}/#invite=made-up%20secret", wait_until="commit")
    page.wait_for_selector("#stage")
    wait_for(page, "typeof flet !== 'undefined'")

    assert page.url == f"{web_server.url}/"
    assert "#" not in page.evaluate("document.URL")
    wait_until_drawn(page)
    assert run_python(page, f"{PLATFORM}platform().fragment") == "invite=made-up secret"
    assert not any("made-up" in url for url in visitor.requests[1:])


def test_an_invitation_opened_over_the_running_app_starts_it_anew(visit: Visit, web_server: ServerProcess) -> None:
    page = visit().open(web_server.url)

    with page.expect_navigation(wait_until="commit", url=web_server.url + "/"):
        page.evaluate("location.hash = 'invite=second'")
    wait_until_drawn(page)

    assert run_python(page, f"{PLATFORM}platform().fragment") == "invite=second"


def test_python_talks_to_the_server_through_the_browser(visit: Visit, web_server: ServerProcess) -> None:
    page = visit().open(web_server.url)

    answer = run_python(
        page,
        f"""{PLATFORM}import httpx
client = httpx.AsyncClient(transport=platform().transport(), base_url=platform().base_url)
answer = await client.post('/v1/echo', json={{'reps': 10}}, headers={{'authorization': 'Bearer made-up'}})
[answer.status_code, answer.json(), (await client.get('/v1/health')).json()]""",
    )

    assert answer == [200, {"body": '{"reps":10}', "authorization": "Bearer made-up"}, {"ok": True}]


def test_a_lost_and_a_slow_server_are_told_apart(visit: Visit, web_server: ServerProcess) -> None:
    page = visit().open(web_server.url)
    ask = f"""{PLATFORM}import httpx
client = httpx.AsyncClient(transport=platform().transport(), base_url=platform().base_url, timeout=0.5)
trouble = None
try: await client.get('/v1/never')
except httpx.TransportError as error: trouble = type(error).__name__
trouble"""
    assert run_python(page, ask) == "ReadTimeout"

    web_server.kill()

    assert run_python(page, ask) == "ConnectError"


def test_the_zone_comes_from_the_device_and_python_knows_it(visit: Visit, web_server: ServerProcess) -> None:
    page = visit().open(web_server.url)

    zone, offset = run_python(
        page,
        f"""{PLATFORM}from zoneinfo import ZoneInfo
from datetime import datetime
[platform().zone, datetime(2026, 7, 1, tzinfo=ZoneInfo('America/New_York')).utcoffset().total_seconds()]""",
    )

    assert zone == page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    assert offset == -4 * 3600


def test_what_is_kept_for_the_tab_survives_a_reload_but_not_another_tab(
    visit: Visit, web_server: ServerProcess
) -> None:
    visitor = visit()
    page = visitor.open(web_server.url)
    run_python(page, f"{PLATFORM}platform().session_set('probe', 'kept')")
    wait_for(page, "sessionStorage.getItem('stepwise.probe') === 'kept'")

    page.reload(wait_until="commit")
    wait_until_drawn(page)

    get = f"{PLATFORM}platform().session_get('probe')"
    assert run_python(page, get) == "kept"
    assert run_python(visitor.open(web_server.url), get) is None


def test_python_hears_when_the_network_comes_back(visit: Visit, web_server: ServerProcess) -> None:
    page = visit().open(web_server.url)
    run_python(page, f"{PLATFORM}import builtins\nbuiltins.woken = []\nplatform().on_wake(lambda: woken.append(1))")

    page.evaluate("dispatchEvent(new Event('online'))")

    assert run_python(page, "import asyncio\nwhile not woken: await asyncio.sleep(0)\nlen(woken)") == 1


def test_a_character_outside_the_fonts_is_asked_for_once(visit: Visit, web_server: ServerProcess) -> None:
    visitor = visit()
    page = visitor.open(web_server.url)

    with page.expect_request("**/fallback-font/**"):
        run_python(
            page,
            """import gc, flet as ft
shown = next(thing for thing in gc.get_objects() if isinstance(thing, ft.Page))
shown.show_dialog(ft.AlertDialog(content=ft.Text('glad \\U0001F600 \\u2192')))""",
        )
    let_it_draw(page, frames=120)

    assert len([url for url in visitor.requests if "/fallback-font/" in url]) <= 4
    visitor.assert_clean()


def test_a_browser_without_webassembly_gets_one_plain_sentence(visit: Visit, web_server: ServerProcess) -> None:
    visitor = visit()
    visitor.context.add_init_script("delete globalThis.WebAssembly;")
    page = visitor.new_page()

    page.goto(web_server.url)

    page.get_by_text("This browser cannot run Stepwise.").wait_for()
    assert page.get_by_role("button", name="Try again").is_visible()
    assert not any(url.endswith((".wasm", ".zip")) for url in visitor.requests)
    visitor.assert_clean()


def test_a_start_that_fails_says_so_and_can_be_tried_again(visit: Visit, web_server: ServerProcess) -> None:
    visitor = visit()
    visitor.context.route("**/python.zip", lambda route: route.abort())
    page = visitor.new_page()
    page.goto(web_server.url)
    page.get_by_text("Stepwise could not start.").wait_for()

    visitor.context.unroute("**/python.zip")
    page.get_by_role("button", name="Try again").click()

    wait_until_drawn(page)


def test_the_splash_shows_what_was_left_for_today_and_nothing_of_yesterday(
    visit: Visit, web_server: ServerProcess
) -> None:
    visitor = visit()
    page = visitor.open(web_server.url)
    run_python(
        page,
        f"""{PLATFORM}import json, js
today = js.Date.new().toLocaleDateString('sv')
platform().tell_page('last-today', json.dumps({{'on': today, 'lines': ['4 exercises, about 12 min']}}))""",
    )
    wait_for(page, "localStorage.getItem('stepwise.last-today')")

    page.reload(wait_until="commit")
    page.get_by_text("4 exercises, about 12 min").wait_for()
    page.evaluate("localStorage.setItem('stepwise.last-today', JSON.stringify({on: '2020-01-01', lines: ['old']}))")
    page.reload(wait_until="commit")

    wait_for(page, "typeof flet !== 'undefined'")
    assert page.locator("#last-today").is_hidden()


def test_the_second_start_begins_from_the_memory_of_a_prepared_one(visit: Visit, web_server: ServerProcess) -> None:
    visitor = visit()
    first = visitor.open(web_server.url)
    wait_until_kept(first)
    wait_until_fast(first)
    assert python_worker(first).evaluate("self.restored") is None

    visitor.restart()
    numbers = [run_python(visitor.open(web_server.url), RANDOM)]
    visitor.restart()
    page = visitor.open(web_server.url)

    assert python_worker(page).evaluate("self.restored") is True
    numbers.append(run_python(page, RANDOM))
    assert numbers[0] != numbers[1]
    visitor.assert_clean()
    run_python(page, f"{PLATFORM}platform().tell_page('crashed', '')")
    wait_for(page, f"localStorage.getItem('{GIVEN_UP}')")


def test_a_snapshot_that_does_not_restore_or_not_run_is_left_alone_and_the_app_starts_without_it(
    visit: Visit, web_server: ServerProcess
) -> None:
    visitor = visit()
    page = visitor.open(web_server.url)
    wait_until_kept(page)
    wait_until_fast(page)

    for damage in ("bytes.fill(0, bytes.length / 2, bytes.length / 2 + 4e6)", "bytes = bytes.slice(0, 1000)"):
        page.evaluate(DAMAGE.replace("DAMAGE", damage))
        page.evaluate(f"localStorage.removeItem('{GIVEN_UP}')")
        page.reload(wait_until="commit")
        wait_until_drawn(page)

        assert page.get_by_role("button").count() > 0
        assert python_worker(page).evaluate("self.restored") is None
        assert page.evaluate(f"localStorage.getItem('{GIVEN_UP}')") is not None
    visitor.assert_clean()
