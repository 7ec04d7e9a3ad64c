"""What waits, for the first page of the admin."""

from typing import Any

from django import template

from comments import backlog
from footcare.lib import counting

register = template.Library()


@register.inclusion_tag("admin/comments/_waiting.html", takes_context=True)
def comments_waiting(context: dict[str, Any]) -> dict[str, Any]:
    """How many comments wait and how many are reported, for those who may see comments."""
    user = context["request"].user
    may_see = user.has_perm("comments.view_comment") or user.has_perm(
        "comments.change_comment"
    )
    if not may_see:
        return {}
    counts = [
        counting.how_many(rows) for rows in (backlog.waiting(), backlog.reported())
    ]
    waiting, reported = counts
    return {
        "may_see": True,
        "waiting": waiting,
        "reported": reported,
        "waiting_in_words": counting.in_words(waiting),
        "reported_in_words": counting.in_words(reported),
    }
