"""What a device may suffer, in a real Chromium: the app starts all the same, or says in a sentence what to do.

One device and one server serve all tests of this file; each finds the app open, kept and with an unsent entry.
"""

import pytest
from playwright.sync_api import Error, Page

from tests.browser.home import Home
from tests.browser.visitor import python_worker, run_python, wait_until_drawn

STORE = """import gc
from app.platform.browser import platform
from app.store import NotSaved, Store
from hep.wire import Row
store = next(thing for thing in gc.get_objects() if isinstance(thing, Store) and thing._platform is platform())
def row(id): return Row(kind='message', id=id, body={'at': '2026-11-22T12:00:00Z', 'text': 'made up'})
"""
UNSENT = f"{STORE}[row.id for row in await store.batch(99)]"
COULD_NOT = "Stepwise could not start. Check your network, then try again: nothing you entered was changed."
REFUSES = "{ get() { throw new DOMException('made up', 'SecurityError'); } }"


@pytest.fixture(scope="module")
def visited(visited: Home) -> Home:
    """With an entry unsent."""
    run_python(visited.page, f"{STORE}await store.put_rows((row('entry-1'),))")
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


def restart(home: Home) -> Page:
    """Another browser process, which knows the kept files from nothing but the device, with a page that begins."""
    home.visitor.restart()
    home.page = home.visitor.new_page()
    home.page.goto(home.server.url, wait_until="commit")
    return home.page


def wait_until_drawn_at_last(page: Page) -> None:
    """Wait for the app's first screen, however often the page starts again before."""
    for _ in range(4):
        try:
            return wait_until_drawn(page)
        except Error as left:
            if "navigation" not in str(left):
                raise
    raise AssertionError("the page starts again and again")


DAMAGES = {
    "/": "new Uint8Array()",
    "/splash.js": "new Uint8Array()",
    "/main.dart.wasm": "new Uint8Array()",
    "/python.zip": "bytes.slice(0, 1e6)",
}


def sizes(page: Page) -> dict[str, int]:
    """How many bytes the device keeps of each file."""
    found: dict[str, int] = page.evaluate(
        """async () => {
            const name = (await caches.keys()).find((each) => /^stepwise-.*(skwasm|canvaskit)/.test(each));
            const cache = await caches.open(name);
            const size = async (key) => [key.url, (await (await cache.match(key)).arrayBuffer()).byteLength];
            return Object.fromEntries(await Promise.all((await cache.keys()).map(size)));
        }"""
    )
    return {url: size for url, size in found.items() if not url.endswith(".snapshot")}


def test_damaged_files_are_fetched_anew_and_the_app_starts(home: Home) -> None:
    before = sizes(home.page)
    damage(home.page, DAMAGES)
    assert sizes(home.page) != before

    page = restart(home)

    wait_until_drawn_at_last(page)
    assert sizes(page) == before
    assert run_python(page, UNSENT) == ["entry-1"]


def test_without_a_network_a_damaged_file_is_said_in_a_sentence_and_the_next_try_with_one_succeeds(home: Home) -> None:
    damage(home.page, {"/start.js": "new Uint8Array()"})
    home.visitor.context.new_cdp_session(home.page).send("Network.clearBrowserCache")
    home.server.kill()
    page = restart(home)
    page.get_by_text(COULD_NOT).wait_for()

    home.server.start()
    page.get_by_role("button", name="Try again").click()

    wait_until_drawn_at_last(page)
    assert run_python(page, UNSENT) == ["entry-1"]


def test_a_full_device_gives_up_what_can_be_fetched_again_before_it_refuses_an_entry(home: Home) -> None:
    def refuse(times: int) -> None:
        python_worker(home.page).evaluate(
            """(times) => {
                const fs = self.python.FS;
                self.write ??= fs.syncfs.bind(fs);
                const full = new DOMException("full", "QuotaExceededError");
                fs.syncfs = (populate, done) => (times-- > 0 ? done(full) : self.write(populate, done));
            }""",
            times,
        )

    home.page.evaluate("caches.open('stepwise-pictures').then((kept) => kept.put('/pictures/one', new Response('')))")
    refuse(1)
    run_python(home.page, f"{STORE}await store.put_rows((row('entry-2'),))")
    assert home.page.evaluate("caches.match('/pictures/one').then((kept) => kept === undefined)")

    refuse(9)
    sentence = run_python(
        home.page,
        f"""{STORE}sentence = None
try: await store.put_rows((row('entry-3'),))
except NotSaved as error: sentence = str(error)
sentence""",
    )
    refuse(0)

    assert "free some space" in sentence
    home.reload()
    assert run_python(home.page, UNSENT) == ["entry-1", "entry-2"]


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
    assert run_python(page, UNSENT)[0] == "entry-1"


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
