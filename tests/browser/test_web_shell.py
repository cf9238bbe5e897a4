"""The app's first start in a real Chromium, and its change to a new release.

What holds once it has started is in test_web_page.py.
"""

import shutil
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.serving import ServerProcess, running, tiny_server
from tests.browser.visitor import Visitor, run_python, wait_until_drawn, wait_until_kept

UPDATE = "from app.platform.browser import platform\nplatform().tell_page('update', '')"
MANIFEST = "manifest.webmanifest"


def release_again(server: ServerProcess, folder: Path, name: str, lost: str = "") -> None:
    """Serve a release with an index and a version of that name from the same port; `lost` names a file it lacks."""
    server.kill()
    index, worker = folder / "index.html", folder / "sw.js"
    index.write_text(index.read_text().replace("<head>", f'<head><meta name="{name}">'))
    worker.write_text(worker.read_text().replace('"version": "', f'"version": "{name}-'))
    for path in (index, worker):
        for packed in (".br", ".gz"):
            path.with_name(path.name + packed).unlink(missing_ok=True)
    if lost:
        (folder / lost).rename(folder / "lost")
    elif (folder / "lost").exists():
        (folder / "lost").rename(folder / MANIFEST)
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


def look_for_a_new_version(page: Page, state: str) -> None:
    """Let the browser look, and return once what it found is `installed` (complete) or `redundant` (given up)."""
    page.evaluate("navigator.serviceWorker.ready.then((kept) => kept.update())")
    wait_for_the_new_version(page, state)


def check_first_screen(visitor: Visitor, page: Page, renderer: str) -> None:
    """The first screen is there for everyone, and what starts the app is kept."""
    assert page.evaluate("flet.webRenderer") == renderer
    assert page.get_by_role("button").count() > 0
    assert page.evaluate("crossOriginIsolated") is True
    wait_until_kept(page)
    page.wait_for_selector("#splash", state="detached")
    visitor.assert_clean()


def test_a_start_that_fails_says_so_and_the_next_one_is_readable_for_screen_readers(
    visit: Visit, web_server: ServerProcess
) -> None:
    visitor = visit()
    visitor.context.route("**/python.zip", lambda route: route.abort())
    page = visitor.new_page()
    page.goto(f"{web_server.url}/?renderer=skwasm")
    page.get_by_text("Stepwise could not start.").wait_for()

    visitor.context.unroute("**/python.zip")
    visitor.errors.clear()
    page.get_by_role("button", name="Try again").click()

    wait_until_drawn(page)
    check_first_screen(visitor, page, "skwasm")


def test_the_app_starts_where_the_newer_renderer_does_not_run(visit: Visit, web_server: ServerProcess) -> None:
    visitor = visit()

    page = visitor.open(f"{web_server.url}/?renderer=canvaskit")

    check_first_screen(visitor, page, "canvaskit")


def test_a_new_version_comes_whole_or_not_at_all_with_the_next_start_or_at_once(
    visit: Visit, web_build: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(web_build, tmp_path / "served")
    with running(tiny_server(folder)) as server:
        visitor = visit()
        page = visitor.open(server.url)
        wait_until_kept(page)

        # one that cannot be fetched whole leaves the old one alone
        release_again(server, folder, "broken", lost=MANIFEST)
        look_for_a_new_version(page, "redundant")
        server.kill()
        page.reload(wait_until="commit")
        wait_until_drawn(page)
        assert page.locator("meta[name=broken]").count() == 0

        # a whole one waits for the next start
        release_again(server, folder, "second")
        look_for_a_new_version(page, "installed")
        assert 'name="second"' not in page.evaluate("fetch('/').then((answer) => answer.text())")
        visitor.restart()
        page = visitor.open(server.url)
        assert page.locator("meta[name=second]").count() == 1
        caches = page.evaluate("caches.keys()")
        assert [name for name in caches if not name.endswith("pictures")] == [
            name for name in caches if "second" in name
        ]

        # or is taken at once where the app asks for it
        release_again(server, folder, "third")
        with page.expect_navigation(wait_until="commit"):
            run_python(page, UPDATE)
        wait_until_drawn(page)
        assert page.locator("meta[name=third]").count() == 1
