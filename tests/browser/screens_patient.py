"""The tours through the patient's half. A tour changes its clinic: each gets a copy of its own."""

import re
from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.demo_clinic import DemoClinic
from tests.browser.fingers import named, open_tab, says, says_no_more, tap
from tests.browser.visitor import Visitor, let_it_draw, wait_until_kept

WHO = "Maria Santos"
Take = Callable[[Page, str], None]


def everything(visitor: Visitor, clinic: DemoClinic, take: Take) -> None:
    """From the invitation to the end of a session, and every other tab."""
    page = visitor.open(clinic.url)
    says(page, "Welcome")
    take(page, "join")
    clinic.accept_first_proposal(WHO)
    _walk(_at_home(visitor, clinic, page), take)


def everything_large(visitor: Visitor, clinic: DemoClinic, take: Take) -> None:
    """The same with text at 200%."""
    clinic.accept_first_proposal(WHO)
    page = _at_home(visitor, clinic, visitor.open(clinic.url))
    open_tab(page, "Settings")
    tap(page, "200%")
    open_tab(page, "Today")
    _walk(page, take)
    tap(page, "Sign out on this phone")
    tap(page, "Sign out and take my program off")
    says(page, "Welcome")
    take(page, "join")


def main(visitor: Visitor, clinic: DemoClinic, take: Take) -> None:
    """The screens most seen, on a wide window."""
    page = _at_home(visitor, clinic, visitor.open(clinic.url))
    take(page, "today")
    tap(page, "Start session")
    says(page, "Set 1 now")
    take(page, "player-reps")
    tap(page, "Set 1 done")
    take(page, "pain")
    tap(page, "Leave session")
    says(page, "Continue session|Start session")
    open_tab(page, "Progress")
    take(page, "progress")
    open_tab(page, "Program")
    take(page, "program")
    open_tab(page, "Settings")
    take(page, "settings")
    _reminders(page, take)


def trouble(visitor: Visitor, clinic: DemoClinic, take: Take) -> None:
    """Rest day, a second tab, no network, a phone that was signed out."""
    clinic.give_a_rest_day(WHO)
    page = _at_home(visitor, clinic, visitor.open(clinic.url), wanted="Rest day")
    tap(page, "Got it")
    says_no_more(page, "Your program changed")
    take(page, "rest-day")
    second = visitor.open(clinic.url)
    says(second, "open in another tab")
    take(second, "second-tab")
    second.close()
    wait_until_kept(page)
    clinic.server.kill()
    page.reload()
    says(page, "Offline")
    take(page, "offline")
    clinic.server.start()
    page.reload()
    says_no_more(page, "Offline")
    clinic.sign_phones_out(WHO)
    page.reload()
    says(page, "signed this phone out")
    take(page, "signed-out")


def _at_home(visitor: Visitor, clinic: DemoClinic, page: Page, wanted: str = "Start session|Today's session") -> Page:
    page.close()
    page = visitor.open(clinic.invitation(WHO))
    says(page, wanted)
    return page


def _walk(page: Page, take: Take) -> None:
    _change(page, take)
    _today(page, take)
    _session(page, take)
    _finish(page, take)
    _tabs(page, take)
    _stop(page, take)


def _today(page: Page, take: Take) -> None:
    take(page, "today")
    down(page, 560)
    take(page, "today-below")
    if named(page, "button", "Answer").count():  # asked for on the day after a session
        tap(page, "Answer")
        says(page, "Not stiff")
        take(page, "morning")
        tap(page, "1 Mild")
        says_no_more(page, "Not stiff")
    tap(page, "Straight leg raise")
    says(page, "How to do it")
    take(page, "exercise")
    down(page, 900)
    take(page, "exercise-below")
    tap(page, "Back")


def _session(page: Page, take: Take) -> None:
    tap(page, "Start session")
    says(page, "Set 1 now")
    take(page, "player-reps")
    tap(page, "How do I do this")
    says(page, "How to do it")
    take(page, "help")
    tap(page, "Back to the set")
    says(page, "Set 1 now")
    tap(page, "Set 1 done")
    says(page, "Most pain")
    take(page, "pain")
    tap(page, "2 Mild")
    down(page, 900)
    take(page, "effort")
    tap(page, "Good")
    says(page, "Skip rest")
    take(page, "rest")
    tap(page, "Skip rest")
    says(page, "Set 2 now")
    tap(page, "It hurts")
    says(page, "How much does it hurt")
    take(page, "hurts")
    tap(page, "4 Moderate")
    says(page, "Go on gently")
    take(page, "hurts-answered")
    tap(page, "Leave this exercise out")
    says(page, "Why skip")
    take(page, "skip")
    tap(page, "It hurts")
    _others(page, take)


def _others(page: Page, take: Take) -> None:
    """Do the other exercises, each in a few taps; the one with a timer is photographed and skipped."""
    while True:
        place = _place(page)
        if place == "Start timer":
            _hold(page, take)
        elif place == "Skip rest":
            tap(page, "Skip rest")
            says_no_more(page, "Skip rest")
        elif place == "0 No pain":
            return
        else:
            tap(page, "All sets done" if named(page, "button", "All sets done").count() else place)
            says(page, "Most pain")
            tap(page, "1 Mild")
            tap(page, "Good")
            says_no_more(page, "Most pain")


def _place(page: Page) -> str:
    """The button that tells which part of the session is on screen, once it stays."""
    button = page.get_by_role("button", name=re.compile("^(Start timer|Skip rest|Set .*done|0 No pain)")).first
    last, found = "", "none yet"
    while found != last:
        let_it_draw(page, frames=40)
        last, found = found, button.inner_text().replace("\n", " ")
    return found


def _hold(page: Page, take: Take) -> None:
    take(page, "player-hold")
    tap(page, "Start timer")
    says(page, "Pause")
    take(page, "player-hold-running")
    tap(page, "Skip")
    tap(page, "No time")
    says_no_more(page, "Why skip")


def _finish(page: Page, take: Take) -> None:
    take(page, "pain-after")
    tap(page, "2 Mild")
    says(page, "What you did")
    says(page, "Sent to your clinic")
    take(page, "finish")
    down(page, 900)
    take(page, "finish-below")
    tap(page, "Set 1:")
    says(page, "Correct this set")
    take(page, "correct")
    tap(page, "Back")
    tap(page, "Done")


def _tabs(page: Page, take: Take) -> None:
    says(page, "session")
    take(page, "today-done")
    open_tab(page, "Program")
    says(page, "Version")
    take(page, "program")
    down(page, 900)
    take(page, "program-below")
    open_tab(page, "Progress")
    says(page, "last 4 weeks")
    take(page, "progress")
    down(page, 2000)
    take(page, "progress-chart")
    tap(page, "Show table")
    take(page, "progress-table")
    open_tab(page, "Settings")
    says(page, "Text size")
    take(page, "settings")
    down(page, 2000)
    take(page, "settings-below")
    _reminders(page, take)


def _reminders(page: Page, take: Take) -> None:
    down(page, -2000)
    tap(page, "Reminders")
    says(page, "Second nudge")
    take(page, "reminders")
    down(page, 2000)
    take(page, "reminders-below")
    tap(page, "Back")


def _change(page: Page, take: Take) -> None:
    says(page, "Your program changed")
    take(page, "changed")
    tap(page, "Got it")
    says_no_more(page, "Your program changed")


def _stop(page: Page, take: Take) -> None:
    open_tab(page, "Settings")
    tap(page, "When to stop")
    says(page, "Stop and sit down")
    take(page, "stop")
    down(page, 2000)
    take(page, "stop-below")
    tap(page, "One calf")
    says(page, "on hold")
    take(page, "on-hold")
    tap(page, "Back to Today")
    says(page, "Your program is on hold")
    take(page, "today-on-hold")
    open_tab(page, "Settings")


def down(page: Page, pixels: int) -> None:
    """Scroll what lies in the middle of the window."""
    size = page.viewport_size or {"width": 0, "height": 0}
    page.mouse.move(size["width"] / 2, size["height"] / 2)
    page.mouse.wheel(0, pixels)
