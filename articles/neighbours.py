"""What to read after an article: the ones beside it in time, and those of its topics."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Value

from articles.models import Article, TopicEntry

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
    published = Article.objects.published()
    at, pk = article.published_at, article.pk
    beside = Q(published_at=at)
    older = Article.objects.published(until=at).exclude(beside & Q(pk__gte=pk))
    newer = published.filter(Q(published_at__gte=at) & ~(beside & Q(pk__lte=pk)))
    choices: dict[str, QuerySet[Any, Any]] = {
        "older": older.newest_first().values("pk")[:1],
        "newer": newer.order_by("published_at", "pk").values("pk")[:1],
        "pinned": article.pinned.exclude(pk=pk).values("pk"),
    }
    for topic in article.topics.all()[:TOPICS]:
        entries = TopicEntry.objects.published().filter(topic=topic)
        newest = entries.exclude(article=article).order_by("-published_at", "-article")
        choices[f"topic {topic.pk}"] = newest[:CANDIDATES].values("article")
    first, *others = (
        published.filter(pk__in=pks).annotate(chosen_as=Value(name))
        for name, pks in choices.items()
    )
    return _sorted_out(list(first.union(*others, all=True)))


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
