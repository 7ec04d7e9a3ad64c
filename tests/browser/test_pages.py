"""Every page fits every window and every reader's settings, and asks nobody else for anything."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage
from playwright.sync_api import Page as Tab

from tests.browser.pages import PAGES, FilledSite, visit
from tests.browser.running import NewContext

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("checks")]

# 320 x 256 is a window of 1280 x 1024 at 400%.
WINDOWS = [(320, 256), (360, 800), (768, 800), (1280, 800)]
# What a reader may set: twice the size of text (WCAG 1.4.4), wider spacing (1.4.12).
SETTINGS = {
    "as it is": "",
    "200% text": "html { font-size: 200% !important; }",
    "wide spacing": """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; }""",
}
SET = """(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}"""
# What ends outside of the window, unless it is hidden from everybody or cut on purpose, as is
# the first dot of a line of facts; and words of such a line that are cut with it.
STICKS_OUT = """() => {
  const root = document.documentElement;
  const width = root.clientWidth;
  const shown = [...document.querySelectorAll("body *")].filter((one) =>
    !one.closest("[aria-hidden=true], .vh, .skip") && one.getClientRects().length);
  const isOutside = (box) => box.right > width + 0.5 || box.left < -0.5;
  const faults = shown
    .filter((one) => !one.matches(".meta, .meta > li") && isOutside(one.getBoundingClientRect()))
    .map((one) => one.outerHTML.slice(0, 80));
  if (root.scrollWidth > width) faults.push(`${root.scrollWidth} of ${width} px`);
  const range = document.createRange();
  for (const line of document.querySelectorAll(".meta")) {
    const cut = getComputedStyle(line).clipPath === "none" ? 0
      : 0.75 * parseFloat(getComputedStyle(line).fontSize);
    const box = line.getBoundingClientRect();
    const [left, right] = root.dir === "rtl" ? [box.left, box.right - cut] : [box.left + cut, box.right];
    const walk = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      range.selectNodeContents(node);
      for (const words of range.getClientRects()) {
        if (words.left < left - 1 || words.right > right + 1) faults.push(`cut: ${node.data.trim()}`);
      }
    }
  }
  return faults;
}"""


@pytest.fixture
def new_tab(new_context: NewContext) -> Tab:
    """Of a reader who was never here."""
    return new_context(java_script_enabled=True).new_page()


@pytest.fixture
def complaints(new_tab: Tab) -> list[str]:
    """What the tab's console says that it should not."""
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # A page that is itself a 404 or a 422 is told by Chromium, and is meant.
        is_its_own = (
            message.location["url"].partition("#")[0] == new_tab.url.partition("#")[0]
        )
        if is_its_own and message.text.startswith("Failed to load resource"):
            return
        if message.type in {"error", "warning"} or "Content Security" in message.text:
            heard.append(f"{message.text} ({message.location['url']})")

    new_tab.on("console", hear)
    new_tab.on("pageerror", lambda error: heard.append(str(error)))
    return heard


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_every_window_and_every_readers_settings(
    full_site: FilledSite, tab: Tab, name: str
) -> None:
    visit(tab, full_site, PAGES[name])
    found = {}
    for setting, css in SETTINGS.items():
        tab.evaluate(SET, css)
        for width, height in WINDOWS:
            if setting == "200% text" and name.startswith("admin") and width < 1280:
                continue  # Django's own header breaks no word
            tab.set_viewport_size({"width": width, "height": height})
            if outside := tab.evaluate(STICKS_OUT):
                found[setting, width] = outside

    assert found == {}


@pytest.mark.parametrize(
    "name", [name for name in PAGES if not name.startswith("admin")]
)
def test_a_page_fits_from_right_to_left_too(
    full_site: FilledSite, tab: Tab, name: str
) -> None:
    visit(tab, full_site, PAGES[name])
    tab.evaluate("document.documentElement.dir = 'rtl'")
    found = {}
    for width, height in WINDOWS:
        tab.set_viewport_size({"width": width, "height": height})
        if outside := tab.evaluate(STICKS_OUT):
            found[width] = outside
        mark = tab.locator(".wordmark").bounding_box()
        assert mark
        assert mark["x"] + mark["width"] / 2 > width / 2

    assert found == {}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_silent_sets_no_cookie_and_asks_only_us(
    full_site: FilledSite, new_tab: Tab, complaints: list[str], name: str
) -> None:
    asked: set[str] = set()
    new_tab.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    visit(new_tab, full_site, PAGES[name])

    assert complaints == []
    assert asked == {f"localhost:{full_site.port}"}
    # The admin, where people log in, needs one against forged forms; who has confirmed an
    # address is known by one from then on.
    allowed = {"csrftoken"} if name.startswith("admin") else set()
    if name == "comments, confirmed":
        allowed = {"reader"}
    assert {cookie["name"] for cookie in new_tab.context.cookies()} <= allowed
