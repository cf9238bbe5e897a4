"""A reminder on a patient's phone: pushed through the DevTools, since no push service is within reach of a test.

The click on a system notification cannot be made by a test: what the worker does then is called in the worker.
"""

import json
from collections.abc import Callable
from time import monotonic
from typing import Any

from playwright.sync_api import CDPSession, Page

from hep.reminding import Purpose, sentence
from tests.browser.conftest import Path, Visit
from tests.browser.fingers import says
from tests.browser.real_clinic import RealClinic
from tests.browser.visitor import wait_for, wait_until_kept

Push = Callable[[str], None]
OPENED_ANEW = """async () => {
    const { clients } = self;
    clients.matchAll = async () => [];
    clients.openWindow = async (address) => address;
    const notification = { close: () => null, data: { id: "reminder 4", path: "/program" } };
    const opened = await openFrom(notification);
    delete clients.matchAll;
    delete clients.openWindow;
    return opened;
}"""
"""Where a tap leads while the app is closed. Opening a window needs a person's tap: the browser's part is played."""
SHOWN = "(await (await navigator.serviceWorker.ready).getNotifications())"
CLOSE_ALL = f"async () => {{ for (const each of {SHOWN}) each.close(); }}"


def pusher(devtools: CDPSession, page: Page, origin: str) -> Push:
    """Delivers the text of a message to the service worker of the app."""
    found: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(each["registrationId"] for each in told["registrations"] if not each["isDeleted"]),
    )
    devtools.send("ServiceWorker.enable")
    while not found:
        page.evaluate("new Promise((next) => setTimeout(next, 20))")

    def push(data: str) -> None:
        devtools.send("ServiceWorker.deliverPushMessage", {"origin": origin, "registrationId": found[-1], "data": data})

    return push


def message(id_: str, purpose: str) -> str:
    return json.dumps({"id": id_, "sentence": purpose, "path": "/clinic", "body": "Your knee hurts"}).ljust(256)


class LockScreen:
    """What the browser has handed to the screen so far: the tag and the words of each notification, in order.

    A page that asks `getNotifications` over and over is no way to wait: asked at the wrong moment, Chromium drops a
    notification that is stored and not on the screen yet.
    """

    def __init__(self, page: Page, devtools: CDPSession) -> None:
        self._page = page
        self.shown: list[tuple[str, str, str]] = []
        devtools.on("BackgroundService.backgroundServiceEventReceived", self._note)
        devtools.send("BackgroundService.startObserving", {"service": "notifications"})
        devtools.send("BackgroundService.setRecording", {"service": "notifications", "shouldRecord": True})

    def wait_for(self, tag: str) -> None:
        end = monotonic() + 30
        while tag not in (each for each, _, _ in self.shown):
            assert monotonic() < end, f"{tag} was never shown: {self.shown}"
            self._page.wait_for_timeout(20)

    def _note(self, told: dict[str, Any]) -> None:
        event = told["backgroundServiceEvent"]
        if event["eventName"] == "Notification displayed":
            words = {each["key"]: each["value"] for each in event["eventMetadata"]}
            self.shown.append((event["instanceId"], words["Title"], words["Body"]))


def tags_of_what_is_there(page: Page) -> list[str]:
    found: list[str] = page.evaluate(f"async () => {SHOWN}.map(({{ tag }}) => tag)")
    return found


def test_a_pushed_reminder_is_shown_once_in_words_of_the_white_list_and_a_tap_opens_its_screen(
    visit: Visit, known: Path, clinic: RealClinic
) -> None:
    visitor = visit(like=known, permissions=["notifications"])
    page = visitor.open(clinic.invitation())
    says(page, "Start session")
    wait_until_kept(page)
    devtools = visitor.context.new_cdp_session(page)
    push = pusher(devtools, page, clinic.url)
    screen = LockScreen(page, devtools)

    push(message("reminder-1", "session"))
    screen.wait_for("reminder-1")

    page.evaluate(CLOSE_ALL)
    push(message("reminder-1", "session"))
    devtools.send("ServiceWorker.stopAllWorkers")
    for told in (message("reminder-1", "session"), "no message of ours", "{}", message("reminder-2", "of tomorrow")):
        push(told)
    screen.wait_for("reminder-2")
    push(message("reminder-3", "test"))
    screen.wait_for("reminder-3")
    words = {
        "reminder-1": sentence(Purpose.SESSION),
        "reminder-2": sentence(Purpose.PROGRAM_CHANGED),
        "reminder-3": sentence(Purpose.TEST),
    }
    assert screen.shown == [(tag, "Stepwise", body) for tag, body in words.items()], "each once, only listed words"
    visitor.assert_clean()
    worker = visitor.context.service_workers[-1]
    assert worker.evaluate(OPENED_ANEW) == "/program#r=reminder%204"
    worker.evaluate(
        """async () => {
            const [shown] = await self.registration.getNotifications({ tag: "reminder-3" });
            await openFrom(shown);
        }"""
    )
    says(page, "What others can see on your lock screen")
    says(page, "What happened lately")
    wait_for(page, "location.pathname === '/reminders'")
    assert tags_of_what_is_there(page) == ["reminder-2"], "the one that was tapped is gone"
