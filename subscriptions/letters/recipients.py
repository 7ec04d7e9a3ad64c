"""Who gets a letter: the one place that knows."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from articles.models import Article, Topic
from subscriptions.models import Delivery, Letter, Subscriber

_Chosen = Subscriber.topics.through


def recipients_of(letter: Letter) -> QuerySet[Subscriber]:
    """The readers to whom ``letter`` would go now, in no order.

    An article goes to those who want each one and chose one of its topics, or none at all; a
    digest to those who want one a week and whose articles of this week are just its own.
    """
    readers = Subscriber.objects.receiving()
    if letter.kind == Letter.Kind.NOTE:
        topics = list(letter.topics.values_list("pk", flat=True))
        return readers.filter(_of_topics(topics)) if topics else readers
    if letter.kind == Letter.Kind.ARTICLE:
        each = readers.filter(pace=Subscriber.Pace.EACH)
        return each.filter(_wanting(letter.article)) if letter.article else each.none()
    return _of_digest(letter, readers.filter(pace=Subscriber.Pace.WEEKLY))


def _of_digest(letter: Letter, weekly: QuerySet[Subscriber]) -> QuerySet[Subscriber]:
    own = set(letter.articles.values_list("pk", flat=True))
    topics = _topics_of_week(letter)
    if not own:
        return weekly.none()
    chosen = _Chosen.objects.filter(subscriber=OuterRef("pk"))
    wanting = Q()
    for wanted in {frozenset(topics[article]) for article in own}:
        wanting &= Q(Exists(chosen.filter(topic__in=wanted)))
    others = [topics[article] for article in topics.keys() - own]
    if others:
        wanting &= ~Q(Exists(chosen.filter(topic__in=set().union(*others))))
    else:
        wanting |= ~Q(Exists(chosen))
    return weekly.filter(wanting).filter(~Exists(_got_another(letter)))


def _got_another(letter: Letter) -> QuerySet[Delivery]:
    """That of a reader who changed their topics between two letters of a digest."""
    queued = Letter.objects.filter(digest=letter.digest_id).exclude(queued_at=None)
    # By number: joined, PostgreSQL would walk through all deliveries there are.
    others = list(queued.exclude(pk=letter.pk).values_list("pk", flat=True))
    return Delivery.objects.filter(subscriber=OuterRef("pk"), letter__in=others)


def _topics_of_week(letter: Letter) -> dict[int, set[int]]:
    """Of each article of the letter's digest."""
    topics: dict[int, set[int]] = defaultdict(set)
    of_week = Article.objects.filter(
        Q(digested__digest=letter.digest_id) | Q(digested=letter)
    )
    for article, topic in of_week.values_list("pk", "topics").distinct():
        topics[article] |= {topic} - {None}
    return topics


def _wanting(article: Article) -> Q:
    return _of_topics(Topic.objects.filter(articles=article).values("pk"))


def _of_topics(topics: Iterable[int] | QuerySet) -> Q:
    """Those who chose one of ``topics``, or nothing, which means everything."""
    chosen = _Chosen.objects.filter(subscriber=OuterRef("pk"))
    return Q(Exists(chosen.filter(topic__in=topics))) | ~Q(Exists(chosen))
