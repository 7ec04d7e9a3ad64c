"""The keyboard alone: in order, never trapped, always seen, nothing too small to hit."""

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.browser.pages import PAGES, FilledSite, visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("checks")]

WIDTHS = [320, 1280]
# A refused form begins at its summary; the walk begins where a page does.
FROM_THE_TOP = """() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  scrollTo(0, 0);
}"""
# Everything a keyboard should reach, in the order of the document.
STOPS = """() => {
  const all = document.querySelectorAll(
    "a[href], button, input, textarea, select, summary, [tabindex='0']");
  return [...all].filter((one) => one.tabIndex >= 0 && !one.disabled &&
    one.type !== "hidden" && one.checkVisibility({visibilityProperty: true})).length;
}"""
# Where the focus is: its place among all elements, and what could be wrong with it.
FOCUS = """() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  if (one.matches("textarea")) one.scrollIntoView({block: "nearest"});
  const place = [...document.querySelectorAll("*")].indexOf(one);
  const style = getComputedStyle(one);
  const faults = [];
  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) {
    faults.push(`outline ${style.outlineWidth} ${style.outlineStyle}`);
  }
  if (style.outlineColor === "rgba(0, 0, 0, 0)") faults.push("a ring that is not seen");
  // No part of it may be covered (WCAG 2.4.12, AAA): each line of it, at nine points.
  for (const box of one.getClientRects()) {
    for (const x of [0.02, 0.5, 0.98]) for (const y of [0.1, 0.5, 0.9]) {
      const [at, down] = [box.left + box.width * x, box.top + box.height * y];
      const top = document.elementFromPoint(at, down);
      if (!top) faults.push(`outside of the window at ${Math.round(at)}, ${Math.round(down)}`);
      else if (!one.contains(top) && !top.contains(one)) faults.push(`under ${top.outerHTML.slice(0, 60)}`);
    }
  }
  return {place, what: one.outerHTML.slice(0, 90), faults: [...new Set(faults)]};
}"""
SMALL = """() => {
  const shown = [...document.querySelectorAll("a[href], button, input, textarea, select, summary")]
    .filter((one) => one.type !== "hidden" && !one.closest(".vh, [aria-hidden=true]") &&
      !one.matches(".skip") && one.checkVisibility({visibilityProperty: true}));
  const small = [];
  for (const one of shown) {
    // A link that covers its row is as large as the row.
    const cover = getComputedStyle(one, "::after").position === "absolute";
    const box = (cover ? one.closest(".entry") : one).getBoundingClientRect();
    const isControl = one.matches("button, input, textarea, select, summary") || one.closest("nav");
    const isInText = !isControl && getComputedStyle(one).display === "inline";
    const wanted = isControl ? 44 : 24;
    if (!isInText && (box.width < wanted - 0.5 || box.height < wanted - 0.5)) {
      small.push(`${Math.round(box.width)} x ${Math.round(box.height)}: ${one.outerHTML.slice(0, 90)}`);
    }
  }
  return small;
}"""


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "name",
    [
        "article",
        "article, 50 comments",
        "comment form, errors",
        "comment form, preview",
        "comment sent, waiting",
        "report, errors",
        "home",
        "search, found",
    ],
)
def test_a_walk_with_tab_is_whole_in_order_and_always_seen(
    full_site: FilledSite, tab: Tab, name: str, width: int
) -> None:
    tab.set_viewport_size({"width": width, "height": 700})
    visit(tab, full_site, PAGES[name])
    tab.evaluate(FROM_THE_TOP)
    expected = tab.evaluate(STOPS)

    places, faults = [], {}
    for _ in range(expected + 2):
        tab.keyboard.press("Tab")
        stop = tab.evaluate(FOCUS)
        if stop is None or stop["place"] in places:
            break  # out at the end of the page, or round again
        places.append(stop["place"])
        if stop["faults"]:
            faults[stop["what"]] = stop["faults"]

    assert faults == {}
    assert places == sorted(places)
    assert len(places) == expected


def test_the_first_stop_leads_past_everything_to_the_text(
    full_site: FilledSite, tab: Tab
) -> None:
    visit(tab, full_site, PAGES["article"])
    tab.keyboard.press("Tab")
    skip = tab.locator(":focus")
    expect(skip).to_have_text("Skip to the text")
    expect(skip).to_be_in_viewport(ratio=1)

    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")

    assert tab.url.endswith("#main")
    assert tab.evaluate("document.activeElement.closest('main') !== null")


def tab_to(tab: Tab, id_: str) -> None:
    for _ in range(40):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.id") == id_:
            return
    raise AssertionError(f"40 stops, and none is {id_}")


def test_a_form_is_sent_and_mended_with_the_keyboard_alone(
    full_site: FilledSite, tab: Tab
) -> None:
    visit(tab, full_site, PAGES["comment form"])
    tab_to(tab, "c-body")
    tab.keyboard.type("My words.")
    for _ in range(2):  # past the choice of mails
        tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("alert")).to_be_focused()

    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.keyboard.type("Ada")

    expect(tab.locator("#c-name")).to_have_value("Ada")
    expect(tab.locator("#c-body")).to_have_value("My words.")


def test_a_word_is_looked_for_with_the_keyboard_alone(
    full_site: FilledSite, tab: Tab
) -> None:
    visit(tab, full_site, PAGES["search"])
    tab_to(tab, "q")
    tab.keyboard.type("contraindications")
    tab.keyboard.press("Enter")

    expect(tab).to_have_url(f"{full_site.url}/search/?q=contraindications")
    expect(tab.locator(".entry").first).to_be_visible()


@pytest.mark.parametrize("name", PAGES)
def test_what_is_pressed_is_large_enough(
    full_site: FilledSite, tab: Tab, name: str
) -> None:
    visit(tab, full_site, PAGES[name])
    found = {}
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 700})
        if small := tab.evaluate(SMALL):
            found[width] = small

    assert found == {}
