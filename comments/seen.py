"""What a moderator has seen of a comment, so that two of them never undo each other unknowingly.

A form carries the mark of each comment as it was shown. Who has been approved, hidden or
edited since no longer fits its mark, and is left as it is.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from comments.models import Comment
from footcare.lib.text import number_in


def mark_of(comment: Comment) -> str:
    """What a form sends back: which comment, in which state, edited when."""
    edited = comment.edited_at.isoformat() if comment.edited_at else ""
    return f"{comment.pk}/{comment.status}/{edited}"


def number_of(mark: str) -> int:
    """The number of the comment that ``mark`` names; 0 if it names none."""
    return number_in(mark.partition("/")[0])


def still(marks: Iterable[str]) -> QuerySet[Comment]:
    """The comments that are as they were when their ``marks`` were made."""
    fitting = Q(pk=None)
    for mark in marks:
        pk, _, rest = mark.partition("/")
        status, _, edited = rest.partition("/")
        try:
            edited_at = datetime.fromisoformat(edited) if edited else None
        except ValueError:
            continue
        if status in Comment.Status and (edited_at is None or edited_at.tzinfo):
            fitting |= Q(pk=number_in(pk), status=status, edited_at=edited_at)
    return Comment.objects.filter(fitting)
