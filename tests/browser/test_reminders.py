"""A reminder on a patient's phone: pushed through the DevTools, since no push service is within reach of a test.

The click on a system notification cannot be made by a test: what the worker does then is called in the worker.
"""

import json
from collections.abc import Callable
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


def notifications(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(
        f"async () => {SHOWN}.map(({{ title, body, tag }}) => ({{ title, body, tag }}))"
    )
    return found


def wait_for_notification(page: Page, tag: str) -> None:
    page.evaluate(
        """async (tag) => {
            const registration = await navigator.serviceWorker.ready;
            const end = performance.now() + 30000;
            while (!(await registration.getNotifications({ tag })).length) {
                if (performance.now() > end) throw new Error("waited in vain for a notification");
                await new Promise((next) => setTimeout(next, 20));
            }
        }""",
        tag,
    )


def test_a_pushed_reminder_is_shown_once_in_words_of_the_white_list_and_a_tap_opens_its_screen(
    visit: Visit, known: Path, clinic: RealClinic
) -> None:
    visitor = visit(like=known, permissions=["notifications"])
    page = visitor.open(clinic.invitation())
    says(page, "Start session")
    wait_until_kept(page)
    devtools = visitor.context.new_cdp_session(page)
    push = pusher(devtools, page, clinic.url)

    push(message("reminder-1", "session"))
    wait_for_notification(page, "reminder-1")
    assert notifications(page) == [{"title": "Stepwise", "body": sentence(Purpose.SESSION), "tag": "reminder-1"}]

    page.evaluate(CLOSE_ALL)
    push(message("reminder-1", "session"))
    devtools.send("ServiceWorker.stopAllWorkers")
    for told in (message("reminder-1", "session"), "no message of ours", "{}", message("reminder-2", "of tomorrow")):
        push(told)
    wait_for_notification(page, "reminder-2")
    otherwise = {"title": "Stepwise", "body": sentence(Purpose.PROGRAM_CHANGED), "tag": "reminder-2"}
    assert notifications(page) == [otherwise], "the first is not shown twice, and nothing of a message but the list"

    push(message("reminder-3", "test"))
    wait_for_notification(page, "reminder-3")
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
    assert [each["tag"] for each in notifications(page)] == ["reminder-2"], "the one that was tapped is gone"
