"""What moderators are told after they did something.

Whole sentences: in other languages the ending of a word hangs on the others.
"""

from django.utils.translation import ngettext, ngettext_lazy

from comments.models import Comment

_NOW = {
    Comment.Status.WAITING: ngettext_lazy(
        "%(count)d comment is now waiting.",
        "%(count)d comments are now waiting.",
        "count",
    ),
    Comment.Status.VISIBLE: ngettext_lazy(
        "%(count)d comment is now visible.",
        "%(count)d comments are now visible.",
        "count",
    ),
    Comment.Status.HIDDEN: ngettext_lazy(
        "%(count)d comment is now hidden.",
        "%(count)d comments are now hidden.",
        "count",
    ),
    Comment.Status.SPAM: ngettext_lazy(
        "%(count)d comment is now spam.", "%(count)d comments are now spam.", "count"
    ),
}


def now(status: Comment.Status, count: int) -> str:
    """“3 comments are now visible.”"""
    return str(_NOW[status] % {"count": count})


def erased(count: int) -> str:
    words = ngettext(
        "%(count)d comment is erased.", "%(count)d comments are erased.", count
    )
    return words % {"count": count}


def undone(count: int) -> str:
    words = ngettext(
        "Undone: %(count)d comment is as it was.",
        "Undone: %(count)d comments are as they were.",
        count,
    )
    return words % {"count": count}


def dealt_with(count: int) -> str:
    """For what somebody else changed while it was looked at."""
    words = ngettext(
        "Somebody has dealt with it already, or its author has changed it. Nothing was done.",
        "Somebody has dealt with %(count)d of them already, or their authors have changed "
        "them. Nothing was done about these.",
        count,
    )
    return words % {"count": count}
