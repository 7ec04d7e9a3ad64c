"""What holds for the words and the bones of every page, as the server sends it."""

import itertools
import re
from collections import defaultdict

import pytest

from tests.articles.test_seed import ERROR
from tests.browser.pages import PAGES, Documents
from tests.browser.reading import HEADINGS, Reader

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("checks")]

OURS = [name for name in PAGES if not name.startswith("admin")]
# These must stand without the database, so without the site's name and its own links.
BARE = {400, 411, 413, 500, 503}
WHOLE = [name for name in OURS if PAGES[name].status not in BARE]
ARTICLES = [name for name in PAGES if name.startswith("article") and "page" not in name and name != "articles"]  # fmt: skip
NEVER = [
    ERROR, "Tried accessing", "Traceback", "None", "{{", "{%", "undefined", "orem ipsum",
    "{publisher}", "{emergency_number}",
]  # fmt: skip


@pytest.fixture(scope="module")
def read(documents: Documents) -> dict[str, Reader]:
    return {name: Reader(answer.body.decode()) for name, answer in documents.items()}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_h1_no_skipped_level_unique_ids_landmarks_and_a_language(
    read: dict[str, Reader], name: str
) -> None:
    page = read[name]
    levels = [int(one.tag[1]) for one in page.all(*HEADINGS)]
    ids = page.ids()

    assert levels.count(1) == 1
    # The summary of a refused form stands before the heading of the page.
    after = levels[levels.index(1) :]
    assert all(b - a <= 1 for a, b in itertools.pairwise(after))
    assert sorted(ids) == sorted(set(ids))
    landmarks = {"header", "main"} if name not in WHOLE else {"header", "nav", "main", "footer"}  # fmt: skip
    if name in OURS:
        assert landmarks <= {one.tag for one in page.elements}
    assert len(page.all("main")) == 1
    (html,) = page.all("html")
    assert re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]+)*", html.attributes["lang"])


@pytest.mark.parametrize("name", PAGES)
def test_zoom_is_never_disabled(read: dict[str, Reader], name: str) -> None:
    viewports = [
        one.attributes["content"]
        for one in read[name].all("meta")
        if one.attributes.get("name") == "viewport"
    ]

    assert viewports == ["width=device-width, initial-scale=1"] or name not in OURS
    assert not re.search("user-scalable|maximum-scale", " ".join(viewports))


def test_titles_are_unique_and_end_with_the_site(read: dict[str, Reader]) -> None:
    paths = defaultdict(set)
    for name in OURS:
        path = PAGES[name].path.partition("?")[0]
        if PAGES[name].status == 404:
            path = "what is nowhere"
        paths[read[name].text_of("title")].add(path)

    assert {title: at for title, at in paths.items() if len(at) > 1} == {}
    for name in WHOLE:
        title = read[name].text_of("title")
        assert title.endswith(" · Footcare") or (name == "home" and "Footcare" in title)


@pytest.mark.parametrize("name", OURS)
def test_the_title_of_a_refused_form_begins_with_error(
    read: dict[str, Reader], name: str
) -> None:
    is_refused_form = PAGES[name].status in {422, 429} and name != "429"

    assert read[name].text_of("title").startswith("Error: ") == is_refused_form


@pytest.mark.parametrize("name", PAGES)
def test_no_page_shows_the_broken_feeds_error_or_a_programs_words(
    documents: Documents, name: str
) -> None:
    html = documents[name].body.decode()

    assert [words for words in NEVER if words in html] == []


@pytest.mark.parametrize("name", WHOLE)
def test_help_stands_in_the_same_order_on_every_page(
    read: dict[str, Reader], name: str
) -> None:
    def foot(page: Reader) -> list[str]:
        return [
            one.attributes["href"]
            for one in page.all("a")
            if one.within("footer") and one.within("div", "colophon")
        ]

    assert foot(read[name]) == foot(read["home"])
    assert {"/about/", "/accessibility/"} <= set(foot(read["home"]))


@pytest.mark.parametrize("name", ARTICLES)
def test_a_warning_is_rare_and_a_heading_tells_where_it_ends(
    read: dict[str, Reader], name: str
) -> None:
    page = read[name]
    warned = [at.within("section", "caution") for _, at in page.texts]
    ends = [n for n, (a, b) in enumerate(itertools.pairwise(warned), 1) if a and not b]

    assert 1 <= len(ends) <= 2
    for end in ends:
        _, at = page.texts[end]
        assert any(at.within(tag) for tag in HEADINGS), page.texts[end]


@pytest.mark.parametrize("name", ARTICLES)
def test_a_care_card_says_how_urgent_it_is(read: dict[str, Reader], name: str) -> None:
    page = read[name]
    headings = [one for one in page.all("h2") if one.within("section", "care-card")]
    said = [
        text for text, at in page.texts
        if at.within("span", "vh") and at.within("section", "care-card")
    ]  # fmt: skip

    assert headings
    assert len(said) == len(headings)
    assert set(said) <= {
        "Immediate action required: ",
        "Urgent advice: ",
        "Non-urgent advice: ",
    }
