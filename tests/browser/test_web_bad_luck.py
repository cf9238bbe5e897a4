"""What a device may suffer, in a real Chromium: the app starts all the same, or says in a sentence what to do.

One device and one server serve all tests of this file; each finds the app open, kept and with an unsent entry.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, Playwright

from tests.browser.home import Home
from tests.browser.serving import running, tiny_server
from tests.browser.visitor import Visitor, run_python, wait_until_drawn, wait_until_kept

STORE = """import gc
from app.store import NotSaved, Store
from hep.wire import Row
store = next(thing for thing in gc.get_objects() if isinstance(thing, Store))
def row(id): return Row(kind='message', id=id, body={'at': '2026-11-22T12:00:00Z', 'text': 'made up'})
"""
UNSENT = f"{STORE}[row.id for row in await store.batch(99)]"
COULD_NOT = "Stepwise could not start. Check your network, then try again: nothing you entered was changed."
REFUSES = "{ get() { throw new DOMException('made up', 'SecurityError'); } }"


@pytest.fixture(scope="module")
def visited(playwright: Playwright, web_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """After the first visit, with an entry unsent."""
    with running(tiny_server(web_build)) as server:
        visitor = Visitor(playwright, tmp_path_factory.mktemp("profile"))
        home = Home(server, visitor)
        wait_until_kept(home.page)
        run_python(home.page, f"{STORE}await store.put_rows((row('entry-1'),))")
        yield home
        visitor.close()


@pytest.fixture
def home(visited: Home) -> Home:
    """The same, tidied up."""
    visited.tidy()
    return visited


def damage(page: Page, changes: dict[str, str]) -> None:
    """Change the `bytes` of kept files, each named by the end of its address."""
    for ending, change in changes.items():
        page.evaluate(
            f"""async (ending) => {{
                const name = (await caches.keys()).find((each) => /^stepwise-.*(skwasm|canvaskit)/.test(each));
                const cache = await caches.open(name);
                const address = (await cache.keys()).find(({{url}}) => new URL(url).pathname.endsWith(ending));
                const known = await cache.match(address);
                let bytes = new Uint8Array(await known.arrayBuffer());
                bytes = {change};
                await cache.put(address, new Response(bytes, {{headers: known.headers}}));
            }}""",
            ending,
        )


def wait_until_drawn_at_last(page: Page) -> None:
    """Wait for the app's first screen, however often the page starts again before."""
    for _ in range(4):
        try:
            return wait_until_drawn(page)
        except Error as left:
            if "navigation" not in str(left):
                raise
    raise AssertionError("the page starts again and again")


@pytest.mark.parametrize(
    "damages",
    [
        {"/": "new Uint8Array()", "/splash.js": "new Uint8Array()"},
        {"/python.zip": "bytes.slice(0, 1e6)", "/pyodide.asm.wasm": "bytes.slice(0, 5e6)"},
        {"/main.dart.wasm": "new Uint8Array()", "/flutter_bootstrap.js": "bytes.slice(0, 100)"},
    ],
    ids=["of the page", "of Python", "of Flutter"],
)
def test_damaged_files_are_fetched_anew_and_the_app_starts(home: Home, damages: dict[str, str]) -> None:
    damage(home.page, damages)

    home.page.reload(wait_until="commit")

    wait_until_drawn_at_last(home.page)
    assert run_python(home.page, UNSENT) == ["entry-1"]


def test_without_a_network_a_damaged_file_is_said_in_a_sentence_and_the_next_try_with_one_succeeds(home: Home) -> None:
    damage(home.page, {"/start.js": "new Uint8Array()"})
    home.server.kill()
    home.page.reload(wait_until="commit")
    home.page.get_by_text(COULD_NOT).wait_for()

    home.server.start()
    home.page.get_by_role("button", name="Try again").click()

    wait_until_drawn_at_last(home.page)
    assert run_python(home.page, UNSENT) == ["entry-1"]


def test_a_full_device_gives_up_what_can_be_fetched_again_before_it_refuses_an_entry(home: Home) -> None:
    cdp = home.visitor.context.new_cdp_session(home.page)
    wait_for_pictures = (
        "caches.open('stepwise-pictures').then((cache) => cache.put('/filler', new Response(new Uint8Array(4e6))))"
    )
    home.page.evaluate(wait_for_pictures)
    used = home.page.evaluate("navigator.storage.estimate().then(({usage}) => usage)")

    cdp.send("Storage.overrideQuotaForOrigin", {"origin": home.server.url, "quotaSize": used})
    kept = run_python(home.page, f"{STORE}await store.put_rows((row('entry-2'),))\n'kept'")
    cdp.send("Storage.overrideQuotaForOrigin", {"origin": home.server.url, "quotaSize": 1})
    refused = run_python(
        home.page,
        f"{STORE}sentence = None\ntry: await store.put_rows((row('entry-3'),))\n"
        "except NotSaved as error: sentence = str(error)\nsentence",
    )
    cdp.send("Storage.overrideQuotaForOrigin", {"origin": home.server.url})

    assert kept == "kept"
    assert "free some space" in refused
    home.reload()
    assert run_python(home.page, UNSENT) == ["entry-1", "entry-2"]
    run_python(
        home.page, f"{STORE}store._db.execute(\"DELETE FROM outbox WHERE id = 'entry-2'\")\nawait store.set_meta({{}})"
    )


@pytest.mark.parametrize("name", ["indexedDB", "sessionStorage"])
def test_a_browser_that_keeps_nothing_says_so(home: Home, name: str) -> None:
    page = home.visitor.new_page()
    page.add_init_script(f"Object.defineProperty(window, '{name}', {REFUSES})")

    page.goto(home.server.url, wait_until="commit")

    page.get_by_text("This browser keeps nothing. Leave private browsing or allow storage").wait_for()
    page.close()


def test_a_browser_that_only_keeps_entries_starts_the_app(home: Home) -> None:
    page = home.visitor.new_page()
    home.page.close()
    for name in ("localStorage", "caches"):
        page.add_init_script(f"Object.defineProperty(window, '{name}', {REFUSES})")
    page.add_init_script(f"Object.defineProperty(Navigator.prototype, 'serviceWorker', {REFUSES})")

    page.goto(home.server.url, wait_until="commit")

    wait_until_drawn(page)
    assert run_python(page, UNSENT) == ["entry-1"]


def test_a_browser_whose_store_refuses_later_says_so_on_the_apps_own_page(home: Home) -> None:
    refusing = "indexedDB.open = () => { throw new DOMException('made up', 'SecurityError'); };"
    damage(home.page, {"/worker.js": f"new TextEncoder().encode(`{refusing}` + new TextDecoder().decode(bytes))"})

    home.reload()

    home.page.get_by_text("Leave private browsing or free some space").first.wait_for()


def test_a_browser_without_modules_is_told_that_it_is_too_old(home: Home) -> None:
    page = home.visitor.new_page()
    page.add_init_script("delete HTMLScriptElement.prototype.noModule;")

    page.goto(home.server.url, wait_until="commit")

    page.get_by_text("This browser is too old to run Stepwise.").wait_for()
    page.close()
