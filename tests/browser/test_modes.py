"""The site follows the reader: dark or light, more contrast, own colours, no motion, no CSS."""

import re
import zlib

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.browser.pages import PAGES, FilledSite, visit
from tests.browser.running import NewContext

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("checks")]

PAPER = {"light": (0xF1, 0xF1, 0xE8), "dark": (0x15, 0x1D, 0x18)}
OTHER = {"light": "dark", "dark": "light"}
STYLES = re.compile(r"/static/css/")


def corner(tab: Tab) -> tuple[int, ...]:
    """The colour that is painted in the first corner of the window."""
    png = tab.screenshot(clip={"x": 0, "y": 0, "width": 1, "height": 1})
    at, packed = 8, b""
    while at < len(png):
        length, kind = int.from_bytes(png[at : at + 4]), png[at + 4 : at + 8]
        packed += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    return tuple(zlib.decompress(packed)[1:4])


# --- light and dark -------------------------------------------------------------------


@pytest.mark.parametrize("scheme", PAPER)
@pytest.mark.parametrize("name", ["article", "500", "subscribe"])
def test_the_device_decides_between_light_and_dark_without_a_script(
    full_site: FilledSite, new_context: NewContext, name: str, scheme: str
) -> None:
    tab = new_context(color_scheme=scheme).new_page()
    visit(tab, full_site, PAGES[name])

    assert corner(tab) == PAPER[scheme]
    tab.emulate_media(color_scheme=OTHER[scheme])
    assert corner(tab) == PAPER[OTHER[scheme]]


@pytest.mark.parametrize("name", ["article", "500"])
def test_a_dark_page_is_dark_before_its_stylesheets_are_there(
    full_site: FilledSite, new_context: NewContext, name: str
) -> None:
    tab = new_context(color_scheme="dark").new_page()
    tab.route(STYLES, lambda route: route.abort())
    visit(tab, full_site, PAGES[name])

    assert max(corner(tab)) < 0x40


@pytest.mark.parametrize("scheme", PAPER)
def test_a_kept_choice_is_there_before_the_first_word(
    full_site: FilledSite, new_context: NewContext, scheme: str
) -> None:
    context = new_context(java_script_enabled=True, color_scheme=OTHER[scheme])
    tab = context.new_page()
    visit(tab, full_site, PAGES["article"])
    tab.get_by_role("button", name=f"Use the {scheme} theme").click()
    tab.add_init_script("""new MutationObserver(() => {
        if (document.body) window.atFirst ??= getComputedStyle(document.documentElement).colorScheme;
    }).observe(document, {childList: true, subtree: true})""")
    tab.reload()

    assert tab.evaluate("window.atFirst") == scheme
    assert corner(tab) == PAPER[scheme]


def test_where_storage_is_forbidden_a_choice_lasts_as_long_as_the_page(
    full_site: FilledSite, new_context: NewContext
) -> None:
    context = new_context(java_script_enabled=True, color_scheme="light")
    context.add_init_script("""Object.defineProperty(window, "localStorage", {
        get() { throw new DOMException("Forbidden", "SecurityError"); }
    })""")
    tab = context.new_page()
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    visit(tab, full_site, PAGES["article"])
    tab.get_by_role("button", name="Use the dark theme").click()

    assert corner(tab) == PAPER["dark"]
    expect(tab.get_by_role("button", name="Use the light theme")).to_be_focused()
    tab.reload()
    assert corner(tab) == PAPER["light"]
    assert errors == []


# --- the system's own colours, more contrast, no motion -------------------------------

# Borders and lines must be drawn in a colour that is not the ground's.
LINES = """(selectors) => selectors.flatMap(([selector, kind]) => {
  const ground = getComputedStyle(document.documentElement).backgroundColor;
  return [...document.querySelectorAll(selector)].map((one) => {
    const style = getComputedStyle(one);
    const [width, look, colour] = kind === "stroke"
      ? [style.strokeWidth, style.stroke === "none" ? "none" : "solid", style.stroke]
      : [style[`${kind}Width`], style[`${kind}Style`], style[`${kind}Color`]];
    const isSeen = parseFloat(width) >= 1 && look !== "none" && colour !== ground;
    return isSeen ? null : `${selector}: ${width} ${look} ${colour}`;
  }).filter(Boolean);
})"""
SHAPES = [
    (".caution", "borderTop"),
    (".care-card", "borderTop"),
    (".input", "borderTop"),
    (".button", "borderTop"),
    (".plate", "outline"),
    (".feet-line", "stroke"),
    (".feet-ring", "stroke"),
    (".feet-spine", "stroke"),
]


@pytest.fixture
def tab(new_context: NewContext) -> Tab:
    return new_context(java_script_enabled=True).new_page()


@pytest.mark.parametrize("scheme", PAPER)
@pytest.mark.parametrize("name", ["article", "comment form, errors"])
def test_with_the_systems_own_colours_every_shape_keeps_its_line(
    full_site: FilledSite, tab: Tab, name: str, scheme: str
) -> None:
    tab.emulate_media(forced_colors="active", color_scheme=scheme)
    visit(tab, full_site, PAGES[name])

    assert tab.evaluate(LINES, SHAPES) == []
    if name == "article":
        shown = tab.evaluate("(all) => all.filter((one) => !document.querySelector(one))", [one for one, _ in SHAPES])  # fmt: skip
        assert shown == []


def test_with_the_systems_own_colours_the_numbers_of_the_map_are_read(
    full_site: FilledSite, tab: Tab
) -> None:
    tab.set_viewport_size({"width": 360, "height": 800})
    tab.emulate_media(forced_colors="active")
    visit(tab, full_site, PAGES["article"])
    inks, grounds = (
        tab.evaluate("""() => [".feet-num", ".z1, .z2, .z3, .z4, .z5"].map((all) =>
      [...new Set([...document.querySelectorAll(all)].map((one) => getComputedStyle(one).fill))])""")
    )

    assert len(inks) == 1
    assert inks[0] not in grounds


def test_with_the_systems_own_colours_focus_and_the_present_page_are_seen(
    full_site: FilledSite, tab: Tab
) -> None:
    tab.emulate_media(forced_colors="active")
    visit(tab, full_site, PAGES["articles"])
    here = tab.locator(".nav [aria-current]")
    other = tab.locator(".nav a:not([aria-current])").first
    line = "one => getComputedStyle(one).textDecorationLine"

    assert here.evaluate(line) == "underline"
    assert other.evaluate(line) == "none"
    here.focus()
    tab.keyboard.press("Tab")
    style = "(one) => [getComputedStyle(one).outlineStyle, getComputedStyle(one).outlineWidth]"
    assert tab.locator(":focus").evaluate(style) == ["solid", "3px"]


MOVES = """() => [document.documentElement, ...document.querySelectorAll("body *")]
  .filter((one) => ["", "::before", "::after"].some((part) => {
    const style = getComputedStyle(one, part);
    const lasts = style.transitionDuration.split(", ").some((time) => parseFloat(time) > 0);
    return lasts || style.animationName !== "none" || style.scrollBehavior === "smooth";
  })).length"""


@pytest.mark.parametrize("name", ["home", "article", "comment form, errors", "404"])
def test_who_wants_no_motion_gets_none(
    full_site: FilledSite, tab: Tab, name: str
) -> None:
    tab.emulate_media(reduced_motion="reduce")
    visit(tab, full_site, PAGES[name])

    assert tab.evaluate(MOVES) == 0
    tab.emulate_media(reduced_motion="no-preference")
    assert tab.evaluate(MOVES) > 0


@pytest.mark.parametrize("scheme", PAPER)
def test_who_wants_more_contrast_gets_it(
    full_site: FilledSite, tab: Tab, scheme: str
) -> None:
    tab.emulate_media(color_scheme=scheme)
    visit(tab, full_site, PAGES["article"])
    colours = """() => ["--ink", "--paper", "--muted", "--edge", "--clay"].map((name) => {
      const probe = document.body.appendChild(document.createElement("i"));
      probe.style.color = `var(${name})`;
      return getComputedStyle(probe).color;
    })"""
    before = tab.evaluate(colours)

    tab.emulate_media(contrast="more")

    ink, paper, muted, edge, clay = tab.evaluate(colours)
    assert (ink, paper) == (
        ("rgb(0, 0, 0)", "rgb(255, 255, 255)")
        if scheme == "light"
        else ("rgb(255, 255, 255)", "rgb(0, 0, 0)")
    )
    assert muted == edge == ink
    assert clay != before[-1]


# --- without styles, without scripts --------------------------------------------------

SHOWN = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const words = [];
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const parent = node.parentElement;
    if (parent.checkVisibility({visibilityProperty: true}) && !parent.closest("[aria-hidden=true], script")) {
      words.push(node.data.trim().replace(/\\s+/g, " "));
    }
  }
  return words.filter(Boolean);
}"""


@pytest.mark.parametrize("name", ["home", "article, 50 comments", "comment form"])
def test_a_page_is_complete_without_styles_and_without_a_script(
    full_site: FilledSite, new_context: NewContext, name: str
) -> None:
    whole = new_context(java_script_enabled=True).new_page()
    visit(whole, full_site, PAGES[name])
    bare = new_context().new_page()
    bare.route(re.compile(r"\.(css|js|svg|woff2)$"), lambda route: route.abort())
    visit(bare, full_site, PAGES[name])

    words = iter(bare.evaluate(SHOWN))
    missing = [text for text in whole.evaluate(SHOWN) if text not in words]
    assert missing == []
    expect(bare.locator(".theme")).to_be_hidden()
    wide = bare.evaluate("[...document.querySelectorAll('svg')].map((one) => one.clientWidth)")  # fmt: skip
    assert max(wide) <= 1040
