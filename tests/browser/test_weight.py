"""What the article costs its reader the first time: bytes, requests, elements, a shift."""

import gzip
import re
from collections import defaultdict
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import Route

from tests.browser.pages import PAGES, FilledSite, visit
from tests.browser.running import NewContext

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("checks")]

KB = 1000
# Bytes as they travel, fonts apart.
IN_ALL = {"article": 30 * KB, "article, 50 comments": 40 * KB}
EACH = {"Document": 20 * KB, "Stylesheet": 10 * KB, "Script": 5 * KB}
FONTS = 50 * KB
REQUESTS = 8  # beside the icon, which DevTools does not list either
ELEMENTS = 800
SHIFTS = """() => {
  window.shifted = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((one) => {
    window.shifted += one.value;
  })).observe({type: "layout-shift", buffered: true});
  window.painted = new Promise((done) => {
    new PerformanceObserver((list) => {
      if (list.getEntriesByName("first-contentful-paint").length) done();
    }).observe({type: "paint", buffered: true});
  });
}"""


@pytest.fixture
def tab(new_context: NewContext) -> Tab:
    return new_context(java_script_enabled=True).new_page()


@pytest.mark.parametrize("name", IN_ALL)
def test_the_article_stays_light(full_site: FilledSite, tab: Tab, name: str) -> None:
    weights = weigh(tab, full_site, name)

    by_kind: dict[str, int] = defaultdict(int)
    for kind, size in weights.values():
        by_kind[kind] += size
    fonts = by_kind.pop("Font")
    print(name, dict(by_kind), "fonts", fonts, "in all", sum(by_kind.values()))
    assert len([url for url in weights if "favicon" not in url]) <= REQUESTS
    assert sum(by_kind.values()) <= IN_ALL[name]
    assert {kind for kind, most in EACH.items() if by_kind[kind] > most} == set()
    assert fonts <= FONTS
    assert {urlsplit(url).netloc for url in weights} == {f"localhost:{full_site.port}"}


def weigh(tab: Tab, site: FilledSite, name: str) -> dict[str, tuple[str, int]]:
    """Kind and size of all that was loaded, as DevTools tells them.

    A page that the server sends as it is is taken as it will travel: packed by the proxy or
    by the page cache.
    """
    kinds: dict[str, tuple[str, str, bool]] = {}
    weights: dict[str, tuple[str, int]] = {}
    devtools = tab.context.new_cdp_session(tab)
    devtools.send("Network.enable")

    def answered(event: dict) -> None:
        headers = {key.lower() for key in event["response"]["headers"]}
        packed = "content-encoding" in headers
        kinds[event["requestId"]] = event["response"]["url"], event["type"], packed

    def loaded(event: dict) -> None:
        url, kind, _ = kinds[event["requestId"]]
        weights[url] = kind, int(event["encodedDataLength"])

    devtools.on("Network.responseReceived", answered)
    devtools.on("Network.loadingFinished", loaded)
    visit(tab, site, PAGES[name])
    tab.wait_for_load_state("networkidle")
    for id_, (url, kind, packed) in kinds.items():
        if kind == "Document" and not packed:
            body = devtools.send("Network.getResponseBody", {"requestId": id_})["body"]
            weights[url] = kind, len(gzip.compress(body.encode(), 6))
    return weights


def test_the_article_has_few_elements(full_site: FilledSite, tab: Tab) -> None:
    visit(tab, full_site, PAGES["article"])

    assert tab.evaluate("document.querySelectorAll('*').length") <= ELEMENTS


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", ["home", "article", "article of every kind"])
def test_nothing_moves_even_where_the_fonts_come_late(
    full_site: FilledSite, tab: Tab, name: str, width: int
) -> None:
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    tab.route(re.compile(r"\.woff2$"), hold)
    tab.set_viewport_size({"width": width, "height": 800})
    tab.add_init_script(f"({SHIFTS})()")
    tab.goto(full_site.address(PAGES[name]), wait_until="commit")
    tab.evaluate("window.painted")
    for font in late:
        font.continue_()
    tab.wait_for_load_state("networkidle")

    assert len(late) == 2
    assert tab.evaluate("window.shifted") == 0
