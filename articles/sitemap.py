"""The sitemap: every public page with the moment of its last change, for search engines.

An article and its media items are as new as their words (comments move no date), a list is
as new as its newest article. A site that does not fit into one file gets an index of parts,
each of them the rows of one range of keys: found without counting or skipping.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from articles.models import Article, Media, Page, TopicEntry
from footcare.lib.caching import dated, public_page
from footcare.lib.links import absolute_url

# Keys in a part. The protocol takes 50,000 addresses; a fifth is written in a moment.
PART = 10_000

_XML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<{0} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{1}\n</{0}>\n'
)
# An address, and when its page changed; None where nobody knows.
Row = tuple[str, datetime | None]


@require_safe
@public_page()
def sitemap(request: HttpRequest) -> HttpResponse:
    # Counted no further than it matters.
    if sum(rows()[: PART + 1].count() for rows, _ in KINDS.values()) > PART:
        return _answer(request, _parts(), of="sitemap", root="sitemapindex")
    large = chain.from_iterable(addresses(rows()) for rows, addresses in KINDS.values())
    return _answer(request, [*_lists(), *large])


@require_safe
@public_page()
def lists_sitemap(request: HttpRequest) -> HttpResponse:
    """The part of a large site that holds its lists and its own pages."""
    return _answer(request, _lists())


@require_safe
@public_page()
def part_sitemap(request: HttpRequest, kind: str, part: int) -> HttpResponse:
    """The articles, or the media items, of one range of keys."""
    if kind not in KINDS:
        raise Http404
    rows, addresses = KINDS[kind]
    start = part * PART
    return _answer(
        request, addresses(rows().filter(pk__gte=start, pk__lt=start + PART))
    )


def _answer(
    request: HttpRequest, rows: Iterable[Row], *, of: str = "url", root: str = "urlset"
) -> HttpResponse:
    """``rows`` as XML. Raises Http404 if there is none: the protocol knows no empty file."""
    rows = list(rows)
    if not rows:
        raise Http404
    lines = "\n".join(
        f"<{of}><loc>{absolute_url(url)}</loc>{_lastmod(changed)}</{of}>"
        for url, changed in rows
    )
    response = HttpResponse(_XML.format(root, lines), content_type="application/xml")
    dates = [date for _, date in rows if date]
    return dated(request, response, max(dates)) if dates else response


def _lastmod(changed: datetime | None) -> str:
    if changed is None:
        return ""
    return f"<lastmod>{changed.isoformat(timespec='seconds')}</lastmod>"


def _articles() -> QuerySet[Any, Any]:
    return Article.objects.published()


def _media() -> QuerySet[Any, Any]:
    # Looked up item by item: there may be few of them, and very many articles.
    published = Article.objects.published().filter(pk=OuterRef("article"))
    return Media.objects.filter(Exists(published))


def _of_articles(articles: QuerySet[Any, Any]) -> Iterator[Row]:
    address = reverse("articles:article", args=["SLUG"])
    rows = articles.order_by("pk").values_list("slug", "published_at", "updated_at")
    for slug, *dates in rows:
        yield address.replace("SLUG", slug), max(dates)


def _of_media(items: QuerySet[Any, Any]) -> Iterator[Row]:
    address = reverse("comments:media", args=["SLUG", 0])
    dates = ("article__published_at", "article__updated_at")
    for pk, slug, *found in items.order_by("pk").values_list(
        "pk", "article__slug", *dates
    ):
        # The number first: a slug may be "0".
        yield address.replace("/0/", f"/{pk}/").replace("SLUG", slug), max(found)


# What there may be very many of: its rows, and their addresses.
_Kind = tuple[
    Callable[[], QuerySet[Any, Any]], Callable[[QuerySet[Any, Any]], Iterator[Row]]
]
KINDS: dict[str, _Kind] = {
    "articles": (_articles, _of_articles),
    "media": (_media, _of_media),
}


def _parts() -> Iterator[Row]:
    yield reverse("articles:sitemap_lists"), None
    for kind, (rows, _) in KINDS.items():
        of = "" if kind == "articles" else "article__"
        parts = rows().order_by().annotate(part=F("pk") / PART).values_list("part")
        dates = Max(f"{of}published_at"), Max(f"{of}updated_at")
        for part, *found in parts.annotate(*dates).order_by("part"):
            yield reverse("articles:sitemap_part", args=[kind, part]), max(found)


def _lists() -> Iterator[Row]:
    """The site's own pages, and its lists of articles."""
    articles = Article.objects.published()
    newest = articles.aggregate(date=Max("published_at"))["date"]
    for name in ("home", "list", "topics"):
        yield reverse(f"articles:{name}"), newest
    yield reverse("subscriptions:subscribe"), None
    for path, changed in Page.objects.values_list("path", "updated_at"):
        yield reverse("articles:page", args=[path]), changed
    yield from _newest(TopicEntry.objects.published(), "topic")
    people: dict[str, datetime | None] = {}
    for role in ("author", "reviewer"):
        theirs = articles.exclude(**{role: None})
        for url, date in _newest(theirs, role, page="author"):
            people[url] = max(date, people.get(url) or date)
    yield from people.items()


def _newest(
    rows: QuerySet[Any, Any], by: str, *, page: str = ""
) -> Iterator[tuple[str, datetime]]:
    """The page of each topic or person among ``rows``, as new as its newest article."""
    newest = rows.order_by().values_list(f"{by}__slug").annotate(Max("published_at"))
    for slug, date in newest:
        yield reverse(f"articles:{page or by}", args=[slug]), date
