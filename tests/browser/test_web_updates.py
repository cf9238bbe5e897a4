"""New releases come to a device in a real Chromium: whole, between starts, and back again where one does not start.

One device and one server serve all tests of this file, in this order; the release in use at the end of one is the first
of the next.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

from tests.browser.releases import FIRST_WORKER, Releases, with_source
from tests.browser.serving import ServerProcess, tiny_server
from tests.browser.visitor import (
    START_PATIENCE_MS,
    Visitor,
    run_python,
    wait_until_drawn,
    wait_until_fast,
    wait_until_kept,
)

UPDATE = "from app.platform.browser import platform\nplatform().tell_page('update', '')"
STORE = """import gc
from app.platform.browser import platform
from app.store import Store
from hep.wire import Row
store = next(thing for thing in gc.get_objects() if isinstance(thing, Store) and thing._platform is platform())
"""
UNSENT = f"{STORE}[row.id for row in await store.batch(99)]"


def enter(id_: str) -> str:
    """Python that keeps an unsent entry."""
    row = f"Row(kind='message', id='{id_}', body={{'at': '2026-11-22T12:00:00Z', 'text': 'made up'}})"
    return f"{STORE}await store.put_rows(({row},))"


class Phone:
    """A device, the server it visits, and the releases that server gives out."""

    def __init__(self, server: ServerProcess, visitor: Visitor, releases: Releases) -> None:
        self.server, self.visitor, self.releases = server, visitor, releases

    @property
    def page(self) -> Page:
        return self.visitor.context.pages[-1]

    def open(self, release: str) -> Page:
        """Open a tab, and return once the app is on screen in that release, whatever came before it."""
        page = self.visitor.new_page()
        page.goto(self.server.url, wait_until="commit")
        self.wait_until_drawn(release)
        return page

    def begin(self, release: str) -> None:
        """Open a tab in a release that never comes to its first screen, and close it."""
        page = self.visitor.new_page()
        page.goto(self.server.url, wait_until="commit")
        page.wait_for_selector(f"script[data-own='/b/own-{release}/']", state="attached")
        page.wait_for_load_state("load")
        page.close()

    def wait_until_drawn(self, release: str) -> None:
        """A release that does not start may come first: then this waits for the length of two starts."""
        own = f"script[data-own='/b/own-{release}/']"
        self.page.wait_for_selector(own, state="attached", timeout=START_PATIENCE_MS)
        wait_until_drawn(self.page)

    def restart(self, release: str, script: str = "") -> None:
        """End the browser, start it again: no tab of an earlier release is left. `script` runs first in each page."""
        self.visitor.restart()
        self.visitor.context.add_init_script(script)
        self.open(release)

    def look_for_a_new_version(self, state: str = "installed") -> set[str]:
        """Let the browser look; what it asked of the server until the new version came to that state."""
        reached, asked = self.page.evaluate(
            """async () => {
                    const asked = () => fetch("/v1/asked", {method: "POST"}).then((answer) => answer.json());
                    await asked();
                    const kept = await navigator.serviceWorker.ready;
                    await kept.update();
                    const fresh = kept.installing ?? kept.waiting;
                    while (fresh?.state === "installing") await new Promise((next) => setTimeout(next, 20));
                    return [fresh?.state ?? "none", await asked()];
                }"""
        )
        assert reached == state
        return set(asked)

    def wait_until_known(self, expected: str) -> None:
        """Wait until the device knows just that of the releases it keeps or has given up, such as `second started`."""
        self.page.evaluate(
            """async ([expected, patience]) => {
                const name = (contents) => /own-([a-z]+)\\/start/.exec(Object.keys(contents).join(" "))[1];
                const end = performance.now() + patience;
                while (performance.now() < end) {
                    const notes = await caches.open("releases");
                    const all = await Promise.all((await notes.keys()).map((key) => notes.match(key)));
                    const read = await Promise.all(all.map((each) => each.json()));
                    const known = read.map(({state, contents}) => `${name(contents)} ${state}`).sort().join(", ");
                    if (known === expected) return;
                    await new Promise((next) => setTimeout(next, 50));
                }
                throw new Error(`not ${expected}`);
            }""",
            [expected, START_PATIENCE_MS],
        )


@pytest.fixture(scope="module")
def phone(playwright: Playwright, web_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phone]:
    """A device that keeps the release `first`, with the app open and an entry unsent."""
    releases = Releases(web_build, tmp_path_factory.mktemp("served") / "web")
    server = tiny_server(releases.folder)
    releases.publish(server, "first", worker=FIRST_WORKER)
    visitor = Visitor(playwright, tmp_path_factory.mktemp("profile"))
    try:
        phone = Phone(server, visitor, releases)
        phone.open("first")
        wait_until_kept(phone.page)
        wait_until_fast(phone.page)
        run_python(phone.page, enter("first-1"))
        yield phone
    finally:
        visitor.close()
        server.kill()


def changed_keeper(own: Path) -> None:
    keeper = own / "keeper.js"
    keeper.write_text(keeper.read_text("utf-8") + f"// {own.name}\n", "utf-8")


def test_a_new_version_is_fetched_in_the_background_and_a_download_that_broke_off_goes_on(phone: Phone) -> None:
    phone.releases.publish(phone.server, "second", changed_keeper, lost="keeper.js")
    asked = phone.look_for_a_new_version("redundant")
    assert {path for path in asked if not path.startswith("/b/own-second/")} == {"/sw.js", "/"}
    phone.server.kill()
    phone.page.reload(wait_until="commit")
    phone.wait_until_drawn("first")

    phone.releases.find_again(phone.server)
    asked = phone.look_for_a_new_version()

    assert asked == {"/sw.js", "/b/own-second/keeper.js"}


def test_tabs_stay_with_the_version_they_have_until_all_are_closed(phone: Phone) -> None:
    first = phone.page
    second = phone.open("first")
    first.reload(wait_until="commit")
    first.wait_for_selector("script[data-own='/b/own-first/']", state="attached")
    second.close()

    phone.restart("second")

    assert run_python(phone.page, UNSENT) == ["first-1"]
    phone.wait_until_known("second started")
    wait_until_fast(phone.page)


LAST_TABLE = '    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;\n    """,\n'
OPENED = "    await model.load_look()\n"
TAPPED_AND_BROKEN = """    from hep.wire import Row
    body = {'at': '2026-11-22T12:00:00Z', 'text': 'made up'}
    await beginning.parts.store.put_rows((Row(kind='message', id='third-1', body=body),))
    raise RuntimeError
"""


ANSWERED_LATE = """
    const post = ServiceWorker.prototype.postMessage;
    ServiceWorker.prototype.postMessage = function (...all) {
        setTimeout(() => post.apply(this, all), all[0].topic === "failed" ? 4000 : 0);
    };
"""
"""A device so slow that what Flet draws of a failure is there before the service worker has done something about it."""


def migrating_and_failing(own: Path) -> None:
    """A version that changes the store, is tapped on, and breaks before its first screen is there."""
    with_source(own, "app/storefile.py", LAST_TABLE, f'{LAST_TABLE}    "ALTER TABLE outbox ADD color TEXT",\n')
    with_source(own, "app/patient/shell.py", OPENED, TAPPED_AND_BROKEN)


def test_a_version_that_does_not_start_gives_way_by_itself_with_what_was_entered_in_it(phone: Phone) -> None:
    phone.releases.publish(phone.server, "third", migrating_and_failing)
    phone.look_for_a_new_version()

    phone.restart("second", ANSWERED_LATE)

    assert run_python(phone.page, UNSENT) == ["first-1", "third-1"]
    assert run_python(phone.page, "from app.platform.browser import FOLDER\nimport os\nsorted(os.listdir(FOLDER))") == [
        "stepwise-v1.db",
        "stepwise-v2.db",
        "stepwise.db",
    ]
    phone.wait_until_known("second started, third failed")
    assert phone.look_for_a_new_version("none") == {"/sw.js"}
    phone.page.reload(wait_until="commit")
    phone.wait_until_drawn("second")


def silent(own: Path) -> None:
    (own / "start.js").write_text("globalThis.flet = {};", "utf-8")


def test_a_version_that_ends_without_a_word_is_tried_once_more_and_then_left_alone(phone: Phone) -> None:
    phone.releases.publish(phone.server, "fourth", silent)
    phone.look_for_a_new_version()
    phone.visitor.restart()

    phone.begin("fourth")
    phone.open("second").close()
    phone.begin("fourth")

    phone.open("second")
    phone.wait_until_known("fourth failed, second started, third failed")
    assert run_python(phone.page, UNSENT) == ["first-1", "third-1"]


def test_the_next_version_costs_only_what_is_new_in_it_and_is_taken_at_once_where_the_app_asks(phone: Phone) -> None:
    phone.releases.publish(phone.server, "fifth", changed_keeper)
    assert phone.look_for_a_new_version() == {"/sw.js", "/", "/b/own-fifth/keeper.js"}

    with phone.page.expect_navigation(wait_until="commit"):
        run_python(phone.page, UPDATE)

    phone.wait_until_drawn("fifth")
    assert run_python(phone.page, UNSENT) == ["first-1", "third-1"]
    phone.wait_until_known("fifth started")


def test_a_service_worker_that_cannot_be_read_is_left_alone(phone: Phone, tmp_path: Path) -> None:
    broken = tmp_path / "sw.js"
    broken.write_text("a language of tomorrow", "utf-8")
    phone.releases.publish(phone.server, "sixth", worker=broken)
    update = "navigator.serviceWorker.ready.then((kept) => kept.update()).then(() => 'taken', (error) => error.name)"
    assert phone.page.evaluate(update) == "TypeError"

    phone.page.reload(wait_until="commit")

    phone.wait_until_drawn("fifth")
