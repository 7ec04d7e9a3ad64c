"""Every change of a comment's state: approve, hide, spam, erase, move.

The counts do not depend on it (the database keeps them); the record of who did what does.
Rows are locked comments first, by key, then (by the triggers) media items and articles.
"""

from collections.abc import Iterator

from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Media
from comments.models import Comment

_SET_TO = {
    Comment.Status.WAITING: _("Set to waiting."),
    Comment.Status.VISIBLE: _("Set to visible."),
    Comment.Status.HIDDEN: _("Set to hidden."),
    Comment.Status.SPAM: _("Set to spam."),
}


@transaction.atomic
def set_status(
    comments: QuerySet[Comment], status: Comment.Status, *, by: AbstractBaseUser | None
) -> int:
    """Move ``comments`` to ``status``; return how many were not there already.

    A comment whose words were erased stays hidden.
    """
    changed = _lock(comments.exclude(status=status).exclude(body=""))
    for some in _parts(changed):
        Comment.objects.filter(pk__in=some).update(status=status)
    _record(changed, CHANGE, str(_SET_TO[status]), by)
    return len(changed)


@transaction.atomic
def erase(comments: QuerySet[Comment], *, by: AbstractBaseUser | None) -> int:
    """Delete ``comments``; return how many.

    One that others have answered loses its words and its author and stays as an empty
    placeholder, which is not counted: the answers are other people's words. A placeholder
    whose last answer goes, goes too.
    """
    chosen = sorted(comments.values_list("pk", flat=True))
    return sum(_erase(set(some), by) for some in _parts(chosen))


def _erase(wanted: set[int], by: AbstractBaseUser | None) -> int:
    # A placeholder above may go, too, so it is locked now: later would be out of order.
    locked = _lock(Comment.objects.filter(pk__in=_with_ancestors(wanted)))
    chosen = [pk for pk in locked if pk in wanted]
    _record(chosen, DELETION, gettext("Erased."), by)
    Comment.objects.filter(pk__in=chosen).update(
        status=Comment.Status.HIDDEN, name="", email="", body="", author=None
    )
    parents = Comment.objects.filter(pk__in=chosen).values_list("parent", flat=True)
    candidates = {*chosen, *filter(None, parents)}
    while candidates:
        empty = Comment.objects.filter(pk__in=candidates, body="", replies=None)
        rows = list(empty.values_list("pk", "parent"))
        if not rows:
            break
        Comment.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
        candidates |= {parent for _, parent in rows if parent}
    return len(chosen)


@transaction.atomic
def move(
    comment: Comment,
    article: Article,
    media: Media | None,
    *,
    by: AbstractBaseUser | None,
) -> int:
    """Move a whole conversation to ``article`` (and ``media``); return its size.

    Raises ValueError if ``media`` is not in ``article``.
    """
    if media and media.article_id != article.pk:
        raise ValueError("The media item is in another article.")
    root = comment.root_id or comment.pk
    # The first comment before the others: whoever is answering holds it, too, and then
    # the new answer is seen and moves along.
    _lock(Comment.objects.filter(pk=root))
    moved = _lock(Comment.objects.filter(Q(pk=root) | Q(root=root)))
    Comment.objects.filter(pk__in=moved).update(article=article, media=media)
    _record(moved, CHANGE, gettext("Moved to %(article)s.") % {"article": article}, by)
    return len(moved)


def misplaced(comments: QuerySet[Comment]) -> QuerySet[Comment]:
    """Comments that stand beside another article or media item than what they answer."""
    one_has_none = Q(media__isnull=True, parent__media__isnull=False) | Q(
        media__isnull=False, parent__media__isnull=True
    )
    return comments.filter(
        _differ("article", "parent__article")
        | _differ("media", "parent__media")
        | _differ("article", "media__article")
        | Q(parent__isnull=False) & one_has_none
    )


def _differ(one: str, other: str) -> Q:
    """Two columns that both have a value, and not the same."""
    return Q(**{f"{one}__lt": F(other)}) | Q(**{f"{one}__gt": F(other)})


def _with_ancestors(comments: set[int]) -> set[int]:
    """``comments`` and all that they answer; what a comment answers never changes."""
    found, latest = set(comments), comments
    while latest:
        parents = Comment.objects.filter(pk__in=latest).values_list("parent", flat=True)
        latest = {parent for parent in parents if parent} - found
        found |= latest
    return found


def _lock(comments: QuerySet[Comment]) -> list[int]:
    """Lock rows in key order, so that two moderators who cross wait and do not deadlock."""
    rows = comments.order_by("pk").select_for_update(no_key=True, of=("self",))
    return list(rows.values_list("pk", flat=True))


def _parts(comments: list[int]) -> Iterator[list[int]]:
    """As many at once as a statement of this database takes."""
    most = connection.features.max_query_params
    size = most - 10 if most else max(1, len(comments))
    for start in range(0, len(comments), size):
        yield comments[start : start + size]


def _record(
    comments: list[int], action: int, message: str, by: AbstractBaseUser | None
) -> None:
    if by is None:
        return
    for some in _parts(comments):
        rows = Comment.objects.filter(pk__in=some)
        LogEntry.objects.log_actions(by.pk, rows, action, change_message=message)
