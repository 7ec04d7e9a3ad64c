"""What waits for a moderator: each question is answered by a stretch of an index."""

from typing import Any

from django.db.models import QuerySet

from comments.models import Comment, Report


def waiting() -> QuerySet[Comment]:
    return Comment.objects.filter(status=Comment.Status.WAITING)


def reported() -> QuerySet[Report, Any]:
    """The number (``comment``) of each comment that has a report nobody has dealt with."""
    still_open = Report.objects.filter(closed_at=None)
    return still_open.order_by("comment").values("comment").distinct()
