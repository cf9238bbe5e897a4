"""A device at which the app is open, for the tests of a module that share it (the fixture `home` in conftest.py)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, Playwright

from tests.browser.serving import ServerProcess, running, tiny_server
from tests.browser.visitor import Visitor, wait_until_drawn, wait_until_kept

GIVEN_UP = "stepwise.snapshot-failed"
_PLACES = """
    const address = `${document.querySelector("script[data-own]").dataset.own}patient.snapshot`;
    const name = (await caches.keys()).find((each) => each.startsWith("stepwise-") && !each.endsWith("pictures"));
    const [cache, spare] = [await caches.open(name), await caches.open("spare")];
"""
_DAMAGE = """
    let bytes = new Uint8Array(await (await cache.match(address)).arrayBuffer());
    if (!(await spare.match(address))) await spare.put(address, new Response(bytes));
    CHANGE;
    await cache.put(address, new Response(bytes));
"""
_SEAL = """
    bytes.set(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.subarray(0, -32))), bytes.length - 32);
"""
_REPAIR = """
    await cache.put(address, await spare.match(address));
    await caches.delete("spare");
"""
_TRUST = f"localStorage.removeItem('{GIVEN_UP}');"


class Home:
    """A server, a browser that visited it before, and the app's page in it."""

    def __init__(self, server: ServerProcess, visitor: Visitor) -> None:
        self.server, self.visitor = server, visitor
        self.page = visitor.open(server.url)

    def open_anew(self) -> Page:
        """The app in a fresh tab, which takes the place of `page`."""
        self.page = self.visitor.open(self.server.url)
        return self.page

    def reload(self) -> Page:
        """Load the page once more."""
        self.page.reload(wait_until="commit")
        wait_until_drawn(self.page)
        return self.page

    def restart(self) -> Page:
        """End the browser's process; start another one and open the app."""
        self.visitor.restart()
        return self.open_anew()

    def tidy(self) -> None:
        """The server runs, other tabs are closed, the app is open."""
        if not self.server.is_running:
            self.server.start()
        for page in self.visitor.context.pages:
            if page is not self.page:
                page.close()
        if self.page.is_closed():
            self.open_anew()
        self.visitor.errors.clear()
        self.visitor.requests.clear()

    def damage_snapshot(self, change: str, *, sealed: bool = False) -> None:
        """Change the `bytes` of the kept snapshot; the device still trusts it. `sealed`: its checksum is right."""
        steps = _DAMAGE.replace("CHANGE", f"{change}; {_SEAL if sealed else ''}")
        self.page.evaluate(f"async () => {{ {_PLACES} {steps} {_TRUST} }}")

    def repair_snapshot(self) -> None:
        """Take the damage back."""
        self.page.evaluate(f"async () => {{ {_PLACES} {_REPAIR} {_TRUST} }}")


@contextmanager
def visited_home(playwright: Playwright, build: Path, profile: Path) -> Iterator[Home]:
    """A device after its first visit, when the service worker keeps the app, with the server it visited."""
    with running(tiny_server(build)) as server:
        visitor = Visitor(playwright, profile)
        try:
            home = Home(server, visitor)
            wait_until_kept(home.page)
            yield home
        finally:
            visitor.close()
