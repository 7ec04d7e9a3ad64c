"""What to read after an article: the ones beside it in time, and those of its topics."""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, Q, QuerySet, Value
from django.utils import timezone

from articles.models import Article, TopicEntry
from footcare.lib.prepared import Prepared

RELATED = 3
# Of each topic only the newest are looked at, and only of so many topics.
CANDIDATES, TOPICS = 12, 6


@dataclass(frozen=True)
class Neighbours:
    newer: Article | None
    older: Article | None
    related: list[Article]


def neighbours_of(article: Article) -> Neighbours:
    """The published articles around ``article``, whose topics are fetched; one query.

    Related are those that the owner pinned, then those that share most topics, the newest
    first.
    """
    topics = article.topics.all()[:TOPICS]
    asked = {f"topic_{n}": topic.pk for n, topic in enumerate(topics)}
    ask = _neighbours(len(asked))
    found = ask(at=article.published_at, pk=article.pk, now=timezone.now(), **asked)
    return _sorted_out(found)


@cache
def _neighbours(topics: int) -> Prepared:
    """The query for an article with so many topics."""
    return Prepared(
        _around,
        pk=BigIntegerField(),
        at=DateTimeField(),
        now=DateTimeField(),
        **dict.fromkeys((f"topic_{n}" for n in range(topics)), BigIntegerField()),
    )


def _around(*, at: Any, pk: Any, now: Any, **topics: Any) -> QuerySet[Any, Any]:
    published = Article.objects.published(now=now)
    beside = Q(published_at=at)
    older = Article.objects.published(until=at, now=now)
    older = older.exclude(beside & Q(pk__gte=pk))
    newer = published.filter(Q(published_at__gte=at) & ~(beside & Q(pk__lte=pk)))
    choices: dict[str, QuerySet[Any, Any]] = {
        "older": older.newest_first().values("pk")[:1],
        "newer": newer.order_by("published_at", "pk").values("pk")[:1],
        "pinned": Article.objects.filter(pinned_by=pk).exclude(pk=pk).values("pk"),
    }
    for name, topic in topics.items():
        entries = TopicEntry.objects.published(now=now).filter(topic=topic)
        newest = entries.exclude(article=pk).order_by("-published_at", "-article")
        choices[name] = newest[:CANDIDATES].values("article")
    first, *others = (
        published.filter(pk__in=pks).annotate(chosen_as=Value(name))
        for name, pks in choices.items()
    )
    return first.union(*others, all=True)


def _sorted_out(found: list[Any]) -> Neighbours:
    """``found`` by the reasons that they were chosen for."""
    beside = {one.chosen_as: one for one in found}
    pinned = [one for one in found if one.chosen_as == "pinned"]
    sharing = [one for one in found if one.chosen_as.startswith("topic")]
    shared = Counter(one.pk for one in sharing)
    newest_first = sorted(
        sharing,
        key=lambda one: (shared[one.pk], one.published_at, one.pk),
        reverse=True,
    )
    related = {one.pk: one for one in [*pinned, *newest_first]}
    return Neighbours(
        newer=beside.get("newer"),
        older=beside.get("older"),
        related=list(related.values())[:RELATED],
    )
