"""The article on paper: all that a reader needs away from the screen, and nothing else."""

import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page as Tab

from tests.browser.pages import PAGES, FilledSite, visit
from tests.browser.running import NewContext

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("checks")]

ARTICLES = ["article", "article, 50 comments"]
SHEETS_AT_MOST = 6


def on_paper(site: FilledSite, tab: Tab, file: Path, name: str) -> list[str]:
    """The words of each sheet as Chromium prints the page on A4, spaces as one."""
    if shutil.which("pdftotext") is None:
        pytest.skip("No pdftotext here: install Debian's package `poppler-utils`.")
    visit(tab, site, PAGES[name])
    tab.wait_for_load_state("networkidle")
    tab.reload()  # its fonts are optional, and there from the second time on
    tab.pdf(path=file, format="A4", print_background=True)
    text = subprocess.run(
        ["pdftotext", file, "-"], check=True, capture_output=True, text=True
    ).stdout
    return [" ".join(sheet.split()) for sheet in text.removesuffix("\f").split("\f")]


@pytest.fixture
def tab(new_context: NewContext) -> Tab:
    return new_context(java_script_enabled=True).new_page()


@pytest.mark.parametrize("name", ARTICLES)
def test_the_printed_article_has_its_words_its_warning_and_its_address(
    full_site: FilledSite, tab: Tab, tmp_path: Path, name: str
) -> None:
    sheets = on_paper(full_site, tab, tmp_path / "article.pdf", name)
    words = " ".join(sheets)

    for part in [
        "Before you start", "people resort to back massage", "Benefits of foot massage",
        "improves blood circulation;", "thrombocytosis;", "In short",
        "Call your emergency number now if:", "See a doctor if:",
        full_site.address(PAGES[name]),
    ]:  # fmt: skip
        assert part in words
    assert words.index("Before you start") < words.index("people resort to")
    assert len(sheets) <= SHEETS_AT_MOST


def test_sources_and_the_dates_of_a_review_are_printed_with_their_addresses(
    full_site: FilledSite, tab: Tab, tmp_path: Path
) -> None:
    words = " ".join(on_paper(full_site, tab, tmp_path / "a.pdf", ARTICLES[1]))

    for part in [
        "Page last reviewed:", "Next review due:", "doi:10.1186/", "Checked on",
        "(https://pubmed.ncbi.nlm.nih.gov/",
    ]:  # fmt: skip
        assert part in words


@pytest.mark.parametrize("name", ARTICLES)
def test_what_only_a_screen_can_use_is_not_printed(
    full_site: FilledSite, tab: Tab, tmp_path: Path, name: str
) -> None:
    words = " ".join(on_paper(full_site, tab, tmp_path / "article.pdf", name))

    for part in [
        "Skip to the text", "Topics", "In this article", "Your e-mail", "Send comment",
        "Subscribe", "Reader 1", "Reply", "Pass it on", "Related", "Older",
        "Leave this field empty", "looked at one by one", "Comment policy",
    ]:  # fmt: skip
        assert part not in words


FRAMES = ".caution, .care-card, .plate, .media"
KEPT_WHOLE = f"""() => [...document.querySelectorAll("{FRAMES}, .benefits li, .sources li")]
  .map((one) => getComputedStyle(one).breakInside)"""
# What stands in a frame, text by text: each is found on one sheet, and all on the same.
BOXES = """(frames) => [...document.querySelectorAll(frames)].map((box) => {
  const walk = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  const texts = [];
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const isShown = node.parentElement.checkVisibility() && !node.parentElement.closest(".vh");
    if (isShown) texts.push(node.data.replace(/\\s+/g, " ").trim());
  }
  return texts.filter((text) => text.length > 2);
})"""


@pytest.mark.parametrize("name", ARTICLES)
def test_no_box_is_split_between_two_sheets(
    full_site: FilledSite, tab: Tab, tmp_path: Path, name: str
) -> None:
    sheets = on_paper(full_site, tab, tmp_path / "article.pdf", name)
    tab.emulate_media(media="print")
    boxes = tab.evaluate(BOXES, FRAMES)
    kept = tab.evaluate(KEPT_WHOLE)

    assert set(kept) == {"avoid"}
    assert len(boxes) == 6
    for box in boxes:
        whole = [
            n for n, sheet in enumerate(sheets) if all(part in sheet for part in box)
        ]
        assert len(whole) == 1, box
