"""The app's first start in a real Chromium. What holds once it has started is in test_web_page.py."""

from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.serving import ServerProcess
from tests.browser.visitor import Visitor, wait_until_drawn, wait_until_kept


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
    page = visitor.new_page()
    tomorrow = {"content_type": "text/javascript", "body": "a language of tomorrow"}
    visitor.context.route("**/start.js", lambda route: route.fulfill(**tomorrow))
    page.goto(f"{web_server.url}/?renderer=skwasm")
    page.get_by_text("This browser is too old to run Stepwise.").wait_for()
    visitor.context.unroute("**/start.js")

    visitor.context.route("**/python.zip", lambda route: route.abort())
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
