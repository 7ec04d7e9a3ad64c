"""Searching: the same words find the same articles in the same order on every database.

All words of a question must stand in an article, each in any of its English forms; the last
one may be a beginning. Articles that have them all in the title come first, then those that
need the summary for it, then the headings, then the text; among equals the newest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models.expressions import RawSQL
from django.utils.safestring import SafeString

from articles import search_postgresql, search_sqlite
from articles.models import Article
from articles.paging import PAGE_SIZE
from articles.words import Word, marked, question_in, words_of
from footcare.lib.text import clean_text

# So many articles are ranked and shown, however many more there are. They are the best
# ones, but among equals the ones that were added last.
MOST = 100
TITLE, ANYWHERE = 3, 0  # parts of an article in the index
LIKE_ENOUGH = 0.3  # as alike as a title must be to be offered
_SEARCHED = (
    "(SELECT summary || '\n' || words FROM articles_search "
    "WHERE article_id = articles_article.id)"
)


@dataclass(frozen=True)
class Found:
    """One article that was found, with its words marked; ``excerpt`` may be ""."""

    article: Article
    title: SafeString
    excerpt: SafeString


@dataclass(frozen=True)
class SearchPage:
    """One page of what was found: ``count`` articles, or more than those."""

    rows: list[Found]
    count: int
    has_more: bool
    number: int
    newer: int | None
    older: int | None


def search(text: str, number: int = 1) -> SearchPage:
    """Page ``number`` of the published articles that hold the words of ``text``.

    Any text will do; one without words finds nothing, and asks the database nothing.
    """
    question = question_in(clean_text(text))
    ids = _ranked(question) if question else []
    shown = (
        ids[:MOST][(number - 1) * PAGE_SIZE : number * PAGE_SIZE] if number > 0 else []
    )
    return SearchPage(
        rows=_found(question, shown) if shown else [],
        count=min(len(ids), MOST),
        has_more=len(ids) > MOST,
        number=number,
        newer=number - 1 if number > 1 else None,
        older=number + 1 if number * PAGE_SIZE < min(len(ids), MOST) else None,
    )


def _ranked(question: list[Word]) -> list[int]:
    # An article may come once in each of its four parts.
    sql, parameters = _candidates(question, ANYWHERE, limit=4 * (MOST + 1))
    with connections[Article.objects.db].cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = sorted(
            cursor.fetchall(), key=lambda row: (row[0], row[2], row[1]), reverse=True
        )
    return list(dict.fromkeys(article for _, article, _ in rows))


def _candidates(question: list[Word], least_part: int, limit: int) -> tuple[str, Any]:
    articles = Article.objects.published().order_by().values("id", "published_at")
    is_sqlite = connections[articles.db].vendor == "sqlite"
    database = search_sqlite if is_sqlite else search_postgresql
    published = articles.query.sql_with_params()
    return database.candidates(question, published, least_part, limit)


def _found(question: list[Word], ids: list[int]) -> list[Found]:
    articles = (
        Article.objects.published()
        .annotate(searched=RawSQL(_SEARCHED, []))  # noqa: S611  (a constant)
        .prefetch_related("topics")
        .in_bulk(ids)
    )
    there: list[Any] = [articles[pk] for pk in ids if pk in articles]
    marks = marked(((one.title, one.searched) for one in there), question)
    return [
        Found(article, title, excerpt)
        for article, (title, excerpt) in zip(there, marks, strict=True)
    ]


def nearest(text: str, limit: int = 5) -> list[Article]:
    """Published articles whose titles or addresses look most like ``text``, best first.

    They are looked for among the newest, and among those in whose titles words begin as
    the first words of ``text`` do.
    """
    words = words_of(clean_text(text[:200]))[:5]
    asked = _trigrams(" ".join(words))
    articles: Iterable[Article] = []
    if asked:
        sql, parameters = _near([word[:3] for word in words if len(word) > 2])
        ids = RawSQL(sql, parameters)  # noqa: S611  (made of constants)
        articles = Article.objects.published().filter(pk__in=ids).only("title", "slug")
    likeness = {
        article: max(_likeness(asked, text) for text in (article.title, article.slug))
        for article in articles
    }
    near = [article for article in likeness if likeness[article] >= LIKE_ENOUGH]
    return sorted(near, key=lambda one: (-likeness[one], -one.pk))[:limit]


def _near(beginnings: list[str]) -> tuple[str, list[Any]]:
    """The ids of the newest articles, and of those with words that begin so in the title."""
    newest = Article.objects.published().newest_first().values("id")[:MOST]
    sources = [("id", newest.query.sql_with_params())]
    if beginnings:
        all_of_them = [Word(beginnings=(one,)) for one in beginnings]
        any_of_them = [Word(beginnings=tuple(beginnings))]
        sources += [
            ("article_id", _candidates(question, TITLE, limit=MOST))
            for question in (all_of_them, any_of_them)
        ]
    return (
        " UNION ".join(
            f"SELECT {column} FROM ({sql}) AS c"  # noqa: S608  (made of constants)
            for column, (sql, _) in sources
        ),
        [value for _, (_, parameters) in sources for value in parameters],
    )


def _likeness(asked: set[str], text: str) -> float:
    """The share of three-letter pieces that both have, from 0 to 1."""
    pieces = _trigrams(text.lower().replace("-", " "))
    return 2 * len(asked & pieces) / (len(asked) + len(pieces))


def _trigrams(text: str) -> set[str]:
    padded = [f"  {word} " for word in text.split()]
    return {word[i : i + 3] for word in padded for i in range(len(word) - 2)}
