"""What a person does with a page: taps a name, waits for words. A time-out tells what was on the screen instead."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests.browser.visitor import let_it_draw


def tap(page: Page, name: str, *, nth: int = 0) -> None:
    """Tap the button whose name begins with `name`, once it is on and the drawing settled; the `nth` of them."""
    with shown_when_missing(page, name):
        button = named(page, "button", name, disabled=False).nth(nth)
        button.wait_for(state="attached")
        let_it_draw(page, frames=4)
        button.dispatch_event("click")


def choose(page: Page, name: str, file: Path | str) -> None:
    """Tap the button that asks for a file, and give it this one."""
    with page.expect_file_chooser() as asked:
        tap(page, name)
    asked.value.set_files(file)


def open_tab(page: Page, name: str) -> None:
    """Go to one of the four parts of the patient's app."""
    with shown_when_missing(page, name):
        named(page, "tab", name).first.dispatch_event("click")


def says(page: Page, words: str) -> None:
    """Wait until the page says these words (a regular expression)."""
    with shown_when_missing(page, words):
        _said(page, words).first.wait_for(state="attached")


def asks(page: Page, label: str) -> None:
    """Wait until the page has a field of this name."""
    with shown_when_missing(page, label):
        page.get_by_label(label).first.wait_for(state="attached")


def says_no_more(page: Page, words: str) -> None:
    """Wait until the page no longer says these words (a regular expression)."""
    with shown_when_missing(page, f"the end of {words}"):
        _said(page, words).first.wait_for(state="detached")


def _said(page: Page, words: str) -> Locator:
    """What is on screen with these words; Flutter names a node that holds others by its label, not by its text."""
    pattern = re.compile(words)
    return page.get_by_text(pattern).or_(page.get_by_label(pattern))


def named(page: Page, role: str, name: str, **states: bool) -> Locator:
    """The nodes of a role whose name begins with `name`, in these states (Playwright's, such as `disabled`)."""
    return page.get_by_role(role, name=re.compile(f"^{re.escape(name)}"), **states)  # type: ignore[arg-type]


def type_into(page: Page, label: str, text: str) -> None:
    """Choose the field and type as fast as a machine can; what went in before Flutter's cursor stood there, again."""
    field = page.get_by_label(label).first
    field.click(force=True)
    for _ in range(10):
        expect(field).to_be_focused(timeout=30_000)
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
        let_it_draw(page, frames=10)
        if field.input_value() == text:
            return
    raise AssertionError(f"the field {label!r} does not keep what is typed")


def sign_in(page: Page, email: str, password: str) -> None:
    """The therapist at the sign-in."""
    type_into(page, "Email", email)
    type_into(page, "Password", password)
    page.keyboard.press("Enter")


@contextmanager
def shown_when_missing(page: Page, wanted: str) -> Iterator[None]:
    """A time-out tells what was on the screen instead."""
    try:
        yield
    except TimeoutError as error:
        screen = page.locator("flt-semantics-host").inner_text().replace("\n", " | ")
        raise AssertionError(f"waited in vain for {wanted!r}; on screen: {screen}") from error
