"""Every kind of page at every width: nothing sticks out, nothing complains."""

import pytest
from playwright.sync_api import ConsoleMessage, Page

from tests.browser.running import NewContext, Site
from tests.browser.views import VIEWS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WIDTHS = [320, 360, 768, 1280]
PAGES = [
    "home", "articles", "article", "topic", "privacy", "comment form errors",
    "subscribe check", "404",
]  # fmt: skip
# What ends right of the window, unless it is hidden from everybody or cut on purpose.
STICKS_OUT = """() => {
  const width = document.documentElement.clientWidth;
  const shown = [...document.querySelectorAll("body *")].filter((one) =>
    !one.closest("[aria-hidden=true], .vh, .skip") && one.getClientRects().length);
  return shown
    .filter((one) => one.getBoundingClientRect().right > width + 0.5)
    .map((one) => one.outerHTML.slice(0, 80));
}"""


@pytest.fixture
def complaints(running_site: Site, new_context: NewContext) -> tuple[Page, list[str]]:
    """A page with JavaScript, and what its console says that it should not."""
    page = new_context(java_script_enabled=True).new_page()
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # A page that is itself a 404 or a 422 is told by Chromium, and is meant.
        is_its_own = (
            message.location["url"].partition("#")[0] == page.url.partition("#")[0]
        )
        if is_its_own and message.text.startswith("Failed to load resource"):
            return
        if message.type in {"error", "warning"} or "Content Security" in message.text:
            heard.append(f"{message.text} ({message.location['url']})")

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return page, heard


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_every_width_has_one_h1_and_a_silent_console(
    running_site: Site, complaints: tuple[Page, list[str]], name: str
) -> None:
    page, heard = complaints
    VIEWS[name](page, running_site.url)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        wide, room = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= room, f"{name} is {wide} px wide at {width} px"
        assert page.evaluate(STICKS_OUT) == [], f"{name} at {width} px"
        assert page.locator("h1").count() == 1
    assert heard == []
