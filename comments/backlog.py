"""What waits for a moderator, and how much: each question is answered by a stretch of an index."""

from typing import Any

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext

from comments.models import Comment, Report

MOST = 1000  # beyond it nobody counts


def waiting() -> QuerySet[Comment]:
    return Comment.objects.filter(status=Comment.Status.WAITING)


def reported() -> QuerySet[Report, Any]:
    """The number (``comment``) of each comment that has a report nobody has dealt with."""
    still_open = Report.objects.filter(closed_at=None)
    return still_open.order_by("comment").values("comment").distinct()


def how_many(rows: QuerySet[Any, Any]) -> int:
    """How many ``rows`` there are; MOST + 1 stands for every larger number."""
    return rows.order_by()[: MOST + 1].count()


def in_words(number: int) -> str:
    """``number`` as :func:`how_many` gives it, for people: “12”, “more than 1,000”."""
    if number <= MOST:
        return number_format(number)
    return gettext("more than %(number)s") % {
        "number": number_format(MOST, force_grouping=True)
    }
