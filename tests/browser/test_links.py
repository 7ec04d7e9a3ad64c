"""Every link, picture, stylesheet and fragment of the site leads somewhere; none is left out."""

import re
from urllib.parse import urldefrag, urljoin

import pytest

from tests.browser.pages import PAGES, Answer, Documents, FilledSite, Page, fetch
from tests.browser.reading import Reader

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("checks")]

LINKS = {
    "a": "href", "link": "href", "area": "href", "img": "src", "script": "src",
    "source": "src", "iframe": "src", "use": "href", "form": "action", "object": "data",
}  # fmt: skip
NOT_FETCHED = ("mailto:", "tel:", "data:")


def test_no_link_of_the_site_is_broken(
    full_site: FilledSite, documents: Documents
) -> None:
    answers: dict[str, Answer] = {}
    wanted: dict[str, set[str]] = {}  # each address, with the pages that link to it
    for name, answer in documents.items():
        for link in links_of(answer, full_site.address(PAGES[name])):
            wanted.setdefault(link, set()).add(name)
    ahead = list(wanted)
    while ahead:
        address, _ = urldefrag(ahead.pop())
        if address in answers or not is_ours(address, full_site):
            continue
        answers[address] = fetch(full_site, Page(address.removeprefix(full_site.url)))
        for link in links_of(answers[address], address):
            if link not in wanted:
                ahead.append(link)
            wanted.setdefault(link, set()).add(address)

    broken = {}
    for link, pages in wanted.items():
        address, fragment = urldefrag(link)
        if address in answers and (why := fault(answers[address], fragment)):
            broken[link] = (why, sorted(pages)[:3])
    assert broken == {}
    assert f"{full_site.url}/articles/foot-massage/" in answers
    print("Links elsewhere, not followed:")
    print(*sorted(link for link in wanted if not is_ours(link, full_site)), sep="\n")


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_points_to_in_itself_is_there(
    documents: Documents, name: str
) -> None:
    page = Reader(documents[name].body.decode())
    pointed = {link[1:] for link in named_in(page) if link.startswith("#")}
    spoken = {"for", "aria-labelledby", "aria-describedby", "aria-controls", "list"}
    for one in page.elements:
        for attribute in spoken & set(one.attributes):
            pointed |= set(one.attributes[attribute].split())

    assert pointed <= {"", *page.ids()}


def is_ours(link: str, site: FilledSite) -> bool:
    return link.startswith(f"{site.url}/")


def links_of(answer: Answer, address: str) -> list[str]:
    """The addresses that a page, a stylesheet, a drawing or a feed names, beyond itself."""
    kind = answer.headers.get("Content-Type", "")
    if not re.search("text|xml|json|javascript", kind):
        return []
    text = answer.body.decode()
    if "text/html" in kind:
        found = [link for link in named_in(Reader(text)) if not link.startswith("#")]
    elif "text/css" in kind:
        found = re.findall(r"""url\(["']?([^"')]+)""", text)
    else:  # a feed, a sitemap, robots.txt: only whole addresses are ours to follow
        home = re.escape(address[: address.index("/", 8)])
        found = re.findall(rf"""{home}/[^\s"'<>\\]*""", text)
    return [
        urljoin(address, link) for link in found if not link.startswith(NOT_FETCHED)
    ]


def named_in(page: Reader) -> list[str]:
    return [
        one.attributes[LINKS[one.tag]]
        for one in page.elements
        if one.tag in LINKS and LINKS[one.tag] in one.attributes
    ]


def fault(answer: Answer, fragment: str) -> str:
    if answer.status not in {200, 301, 302, 405}:
        return f"answers {answer.status}"
    is_page = "text/html" in answer.headers.get("Content-Type", "")
    if fragment and is_page and fragment not in Reader(answer.body.decode()).ids():
        return f"has no #{fragment}"
    return ""


def test_a_broken_link_and_a_missing_fragment_are_noticed(
    documents: Documents,
) -> None:
    assert fault(documents["404"], "") == "answers 404"
    assert fault(documents["home"], "nowhere") == "has no #nowhere"
    assert fault(documents["article"], "contraindications") == ""
