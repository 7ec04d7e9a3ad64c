"""What is known of where a comment comes from: how often, what became of it, who trusts it.

Each question is one query over an index that looks at a bounded number of rows.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext

from comments.models import Comment, Reader, Scrutiny
from comments.scoring.finding import Finding
from comments.scoring.fingerprint import Fingerprint

_NEWEST = 100  # rows that are looked at
_REPEATS = timedelta(days=30)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
# (within, from so many on, points); several may be fulfilled, the highest counts.
_NETWORK_RATES = [(_HOUR, 5, 15), (_HOUR, 10, 30), (_HOUR, 20, 60), (_DAY, 30, 30)]
_ADDRESS_RATES = [(_HOUR, 5, 15), (_HOUR, 10, 30), (_DAY, 20, 30)]
_SPAM_BEFORE = [(1, 20), (3, 40), (6, 70)]
_TRUST = [(1, -20), (3, -30), (10, -40)]
_REPEATED = [(1, 40), (3, 80)]


def of_network(network: str, besides: int | None) -> Iterator[Finding]:
    """``network`` as its hash; ``besides`` is the comment itself, where it is edited."""
    since = timezone.now() - timedelta(days=90)
    rows = Scrutiny.objects.filter(network=network, created_at__gte=since)
    newest = list(
        rows.exclude(pk=besides or 0)
        .order_by("-created_at")
        .values_list("created_at", "comment__status")[:_NEWEST]
    )
    if points := _rate([at for at, _ in newest], _NETWORK_RATES):
        yield Finding(gettext("many comments from this network lately"), points)
    spam = sum(status == Comment.Status.SPAM for _, status in newest)
    points = _highest(spam, _SPAM_BEFORE)
    # One bad neighbour in a big house is not the house.
    if points and spam * 4 >= len(newest):
        reason = gettext("spam from this network before: %(count)d") % {"count": spam}
        yield Finding(reason, points)


def of_address(email: str, besides: int | None) -> Iterator[Finding]:
    """How often only: who typed an address need not hold it."""
    rows = Comment.objects.alias(address=Lower("email")).filter(
        address=email.lower(), created_at__gte=timezone.now() - _DAY
    )
    # In no order: to find the newest by key, PostgreSQL might walk through all comments.
    times = (
        rows.exclude(pk=besides or 0).order_by().values_list("created_at", flat=True)
    )
    if points := _rate(list(times[:_NEWEST]), _ADDRESS_RATES):
        yield Finding(gettext("many comments from this address lately"), points)


def approved_of(reader: Reader | None, besides: int | None) -> int:
    """How many visible comments ``reader`` has, up to a bound."""
    if reader is None:
        return 0
    approved = reader.comments.visible().exclude(pk=besides or 0)
    return len(approved.order_by().values_list("pk")[:_NEWEST])


def of_reader(approved: int) -> Iterator[Finding]:
    if points := min(
        (points for least, points in _TRUST if approved >= least), default=0
    ):
        reason = gettext("approved comments of this reader: %(count)d")
        yield Finding(reason % {"count": approved}, points)


def of_words(fingerprint: Fingerprint, besides: int | None) -> Iterator[Finding]:
    """Whether others said nearly the same of late."""
    one, other = fingerprint
    same = Scrutiny.objects.filter(
        Q(words_one=one) | Q(words_two=other),
        created_at__gte=timezone.now() - _REPEATS,
    )
    found = same.exclude(pk=besides or 0).values_list("comment__status", flat=True)[
        :_NEWEST
    ]
    statuses = list(found)
    if not statuses:
        return
    reason = gettext("nearly the same text in other comments: %(count)d")
    points = _highest(len(statuses), _REPEATED)
    if Comment.Status.SPAM in statuses:
        reason, points = gettext("nearly the same text as spam: %(count)d"), 100
    yield Finding(reason % {"count": len(statuses)}, points)


def _rate(times: list[datetime], rates: list[tuple[timedelta, int, int]]) -> int:
    now = timezone.now()
    return max(
        points if sum(now - at <= within for at in times) >= least else 0
        for within, least, points in rates
    )


def _highest(count: int, steps: list[tuple[int, int]]) -> int:
    return max((points for least, points in steps if count >= least), default=0)
