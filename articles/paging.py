"""Pages of a list, each as quick as the first: a page begins where another ended.

``?page=<n>`` is the page that follows article n, as ``?comments=<n>`` is the thread from
comment n. Nothing is counted and nothing skipped, so the last page of a hundred thousand
articles costs what the first one does.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Subquery, Value
from django.http import Http404

from articles.models import Article
from footcare.lib.text import number_in

PAGE_SIZE = 10


@dataclass(frozen=True)
class ListPage:
    """One page of articles, the newest first.

    ``after`` is the article that it follows, 0 for the first page. ``newer`` and ``older``
    are the same of the pages beside it, or None where there is none.
    """

    rows: list[Article]
    after: int
    newer: int | None
    older: int | None


def page_of(index: Any, asked: str, *, key: str = "pk") -> ListPage:
    """The page of a list that ``asked`` (the query's text, "" for the first) names.

    ``index`` are rows with ``published_at``, of which the published ones are listed; ``key``
    is the article that each stands for. One query. Raises Http404 where no page begins.
    """
    newest_first = ("-published_at", f"-{key}")
    if not asked:
        first = index.published().order_by(*newest_first)
        return _page(_newest_first(_articles(first, key)), after=0, newer=None)
    if not (after := number_in(asked)):
        raise Http404
    at = Subquery(Article.objects.filter(pk=after).values("published_at"))
    same = Q(published_at=at)
    # The second bound refuses an article that there is not: PostgreSQL's LEAST minds no NULL.
    older = index.published(until=at).filter(
        Q(published_at__lte=at) & ~(same & Q(**{f"{key}__gte": after}))
    )
    # The page before this one ends with article n; what that page follows is one further.
    newer = index.published().filter(
        Q(published_at__gte=at) & ~(same & Q(**{f"{key}__lt": after}))
    )
    return _around(
        _articles(older.order_by(*newest_first), key, is_older=True),
        _articles(newer.order_by("published_at", key), key, is_older=False),
        after,
    )


def _around(older: QuerySet[Any], newer: QuerySet[Any], after: int) -> ListPage:
    found = _newest_first(older.union(newer, all=True))
    before = [article for article in found if not article.is_older]
    return _page(
        [article for article in found if article.is_older],
        after=after,
        newer=before[0].pk if len(before) > PAGE_SIZE else 0,
    )


def _articles(index: QuerySet[Any], key: str, **marks: bool) -> QuerySet[Any]:
    """The articles of one page of ``index`` and of one row more."""
    pks = index.values(key)[: PAGE_SIZE + 1]
    marked = {name: Value(value) for name, value in marks.items()}
    return Article.objects.published().filter(pk__in=pks).annotate(**marked)


def _newest_first(articles: QuerySet[Any]) -> list[Any]:
    return sorted(articles, key=lambda one: (one.published_at, one.pk), reverse=True)


def _page(found: list[Article], *, after: int, newer: int | None) -> ListPage:
    if after and not found:
        raise Http404
    rows = found[:PAGE_SIZE]
    more = len(found) > PAGE_SIZE
    return ListPage(rows, after, newer, rows[-1].pk if more else None)
