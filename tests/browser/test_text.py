"""Running text is easy to read: short lines, room between them, nothing justified."""

import pytest
from playwright.sync_api import Page as Tab

from tests.browser.pages import PAGES, FilledSite, visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("checks")]

OURS = [name for name in PAGES if not name.startswith("admin")]
# Blocks of text of two lines and more: what WCAG 1.4.8 (AAA) speaks of.
BLOCKS = """() => {
  const found = [];
  for (const one of document.querySelectorAll("main :is(p, li, dd, blockquote, figcaption)")) {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !one.checkVisibility() || one.closest(".vh")) continue;
    const style = getComputedStyle(one);
    const lines = new Map();
    const walk = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      for (let at = 0; at < node.length; at++) {
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        const box = range.getClientRects()[0];
        if (!box || !box.width) continue;
        const line = Math.round(box.bottom / 4);
        lines.set(line, (lines.get(line) || 0) + 1);
      }
    }
    if (lines.size < 2) continue;
    found.push({
      what: one.textContent.trim().slice(0, 40),
      longest: Math.max(...lines.values()),
      height: parseFloat(style.lineHeight) / parseFloat(style.fontSize),
      align: style.textAlign,
    });
  }
  return found;
}"""
# From the foot of a paragraph's last line to that of the next one's first, in lines.
GAPS = """() => [...document.querySelectorAll("main p + p")]
  .filter((one) => one.checkVisibility() && !one.closest(".vh, .desk"))
  .map((one) => {
    const [before, style] = [one.previousElementSibling, getComputedStyle(one)];
    const gap = one.getBoundingClientRect().top - before.getBoundingClientRect().bottom;
    return [one.textContent.slice(0, 40), 1 + gap / parseFloat(style.lineHeight)];
  })"""


@pytest.mark.parametrize("name", OURS)
def test_lines_are_short_and_loose_and_never_justified(
    full_site: FilledSite, tab: Tab, name: str
) -> None:
    visit(tab, full_site, PAGES[name])
    for width in (360, 1280):
        tab.set_viewport_size({"width": width, "height": 800})
        blocks = tab.evaluate(BLOCKS)

        assert [one for one in blocks if one["longest"] > 80] == []
        assert [one for one in blocks if one["height"] < 1.495] == []
        assert {one["align"] for one in blocks} <= {"start", "left", "end"}


@pytest.mark.parametrize("name", ["article", "article, 50 comments", "privacy"])
def test_paragraphs_stand_a_line_and_a_half_apart(
    full_site: FilledSite, tab: Tab, name: str
) -> None:
    visit(tab, full_site, PAGES[name])
    gaps = tab.evaluate(GAPS)

    assert gaps
    assert [gap for gap in gaps if gap[1] < 1.5] == []
