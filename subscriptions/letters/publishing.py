"""Letters that the worker begins by itself: an article's when it is published, the digest.

They are scheduled for the moment that they belong to, which has just come, and
`control.start_due` goes on with them as with any other: it queues them, or asks where the
moment passed long ago. So a worker may die between any two steps.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import groupby

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from articles.models import Article
from subscriptions.letters import drafting
from subscriptions.models import Digest, Letter, SendingSettings, Subscriber

Report = Callable[[str], object]

WEEK = timedelta(days=7)
# Where the owner chooses another day, the week between two digests is so long at least.
_SHORTEST_WEEK = WEEK / 2
_MOST = 20  # articles in a digest, so that it is cut off in no mail program


def send_published(report: Report) -> int:
    """Schedule a letter for each article that was published and has none; return how many.

    Nothing if the owner has not chosen it, and nothing that was published before.
    """
    sending = SendingSettings.load()
    since = sending.send_published_since
    if not sending.send_on_publish or since is None:
        return 0
    due = _without_letter(since).order_by("published_at", "pk")
    return sum(
        _send(pk, since, report) for pk in list(due.values_list("pk", flat=True))
    )


def _without_letter(since: datetime) -> QuerySet[Article]:
    """Public articles that no letter was begun for: a cancelled one was decided about."""
    begun = Letter.objects.filter(article=OuterRef("pk"), kind=Letter.Kind.ARTICLE)
    return Article.objects.published().filter(~Exists(begun), published_at__gte=since)


def _send(pk: int, since: datetime, report: Report) -> bool:
    try:
        with transaction.atomic():
            # One worker at a time; the next one looks again, and finds the letter.
            locked = Article.objects.select_for_update(of=("self",), no_key=True)
            if locked.filter(pk=pk).first() is None:
                return False
            article = _without_letter(since).filter(pk=pk).first()
            if article is None:
                return False
            letter = drafting.schedule_article(article)
    except IntegrityError:  # an editor has begun one at this moment
        return False
    report(f"Letter {letter.pk} is scheduled: article {pk} was published.")
    return True


def send_digest(report: Report) -> int:
    """Schedule the letters of a week that is over; return how many.

    One for each choice of the week's articles that any reader has made.
    """
    now = timezone.now()
    if not _week_over(now, SendingSettings.load()):
        return 0
    with transaction.atomic():
        # The owner may change the day at this moment: under the lock it is as it is.
        SendingSettings.objects.select_for_update().filter(pk=1).first()
        until = _week_over(now, SendingSettings.load())
        if until is None:
            return 0
        digest, made = Digest.objects.get_or_create(until=until)
        if not made:
            return 0
        letters = _schedule_letters(digest)
    if letters:
        report(f"Digest {digest.pk}: {letters} letters are scheduled.")
    return letters


def _week_over(now: datetime, sending: SendingSettings) -> datetime | None:
    """The end of the week that has no digest yet, or None."""
    until = latest_end(now, sending.digest_weekday, sending.digest_hour)
    last = _last_end(now)
    return until if last is None or until - last > _SHORTEST_WEEK else None


def _last_end(until: datetime) -> datetime | None:
    """When the last digest's week ended; one of later was made by a wrong clock."""
    ended = Digest.objects.filter(until__lte=until).order_by("-until")
    return ended.values_list("until", flat=True).first()


def latest_end(now: datetime, weekday: int, hour: int) -> datetime:
    """The last moment up to ``now``, in UTC, at which it was this hour of this weekday here.

    An hour that the clocks skip is the one after it; of one that comes twice, the first.
    """
    zone = timezone.get_current_timezone()
    today = now.astimezone(zone).date()
    day = today - timedelta(days=(today.weekday() - weekday) % 7)
    end = datetime.combine(day, time(hour), zone).astimezone(UTC)
    if end > now:
        end = datetime.combine(day - WEEK, time(hour), zone).astimezone(UTC)
    return end


def _schedule_letters(digest: Digest) -> int:
    articles = _articles_of(digest)
    groups = _choices_among(list(articles))
    for group in groups:
        drafting.schedule_digest(digest, [articles[pk] for pk in sorted(group)])
    return len(groups)


def _articles_of(digest: Digest) -> dict[int, Article]:
    """The week's, by key, but none that was in a digest before.

    Also what an editor published during it under a date of the week before.
    """
    last = _last_end(digest.until - timedelta(seconds=1))
    since = last or digest.until - WEEK
    new = Q(published_at__gt=since)
    if last:
        new |= Q(published_at__gt=since - WEEK, updated_at__gt=since)
    digested = Letter.objects.filter(kind=Letter.Kind.DIGEST, articles=OuterRef("pk"))
    public = Article.objects.published(until=digest.until).filter(~Exists(digested))
    newest = public.filter(new).newest_first()
    return {article.pk: article for article in newest[:_MOST]}


def _choices_among(articles: list[int]) -> set[frozenset[int]]:
    """Which of ``articles`` readers of digests want: each set that at least one does."""
    topics: dict[int, set[int]] = {pk: set() for pk in articles}
    pairs = Article.topics.through.objects.filter(article__in=articles)
    for article, topic in pairs.values_list("article", "topic"):
        topics[article].add(topic)
    wanted = {
        frozenset(pk for pk in articles if not chosen or topics[pk] & chosen)
        for chosen in _choices_of_topics()
    }
    return wanted - {frozenset()}


def _choices_of_topics() -> Iterator[frozenset[int]]:
    """What each reader of digests chose; empty stands for everything."""
    readers = Subscriber.objects.receiving().filter(pace=Subscriber.Pace.WEEKLY)
    rows = readers.order_by("pk").values_list("pk", "topics").iterator(chunk_size=2000)
    for _reader, chosen in groupby(rows, key=lambda row: row[0]):
        yield frozenset(topic for _pk, topic in chosen if topic)
