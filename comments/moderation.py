"""Every change of a comment's state: approve, hide, spam, erase, move.

The counts do not depend on it (the database keeps them); the record of who did what does.
Rows are locked comments first, by key, then (by the triggers) media items and articles.
"""

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from articles.models import Article, Media
from comments.models import Comment, Event, News, Notice, Reader, Report, Scrutiny
from comments.scoring import network_hash

Status, What, Who = Comment.Status, Event.What, Event.Who


def record(
    comments: Iterable[int],
    what: Event.What,
    *,
    by: User | None,
    who: Event.Who | None = None,
    **more: Any,
) -> None:
    """Write down that ``by`` did ``what`` to each of ``comments``, given by number.

    ``who`` is needed where nobody was logged in, else it is an editor, or the site itself.
    ``more`` are further columns of `Event`.
    """
    who = who or (Who.EDITOR if by else Who.SITE)
    Event.objects.bulk_create(
        Event(comment_id=pk, what=what, who=who, by=by, **more) for pk in comments
    )


def written(comment: Comment, *, by: User | None) -> None:
    """A new comment: write it down, and tell whom it concerns."""
    who = Who.EDITOR if by else Who.AUTHOR
    record([comment.pk], What.WRITTEN, by=by, who=who, after=comment.status)
    _tell([comment.pk], comment.status)


@transaction.atomic
def set_status(
    comments: QuerySet[Comment],
    status: Comment.Status,
    *,
    by: User | None,
    who: Event.Who | None = None,
    batch: uuid.UUID | None = None,
) -> int:
    """Move ``comments`` to ``status``; return how many were not there already.

    A comment whose words were erased stays hidden. With ``batch`` the change can be undone.
    """
    chosen = _lock(comments.exclude(status=status).exclude(body=""))
    for some in _parts(chosen):
        rows = Comment.objects.filter(pk__in=some)
        before = dict(rows.values_list("pk", "status"))
        rows.update(status=status)
        _record_status(before, status, by=by, who=who, batch=batch)
    return len(chosen)


@transaction.atomic
def undo(batch: uuid.UUID, *, by: User | None) -> int:
    """Take back what one press of a button did; return for how many comments.

    A comment that somebody has changed since is left as it is.
    """
    undone = 0
    later = Event.objects.filter(
        comment=OuterRef("comment"),
        what__in=[What.STATUS, What.EDITED],
        pk__gt=OuterRef("pk"),
    )
    events = Event.objects.filter(~Exists(later), batch=batch, what=What.STATUS)
    for before, after in set(events.values_list("before", "after")):
        of = events.filter(before=before, after=after).values("comment")
        still = Comment.objects.filter(pk__in=of, status=after)
        undone += set_status(still, Status(before), by=by)
    return undone


def _record_status(before: dict[int, str], status: str, **of: Any) -> None:
    for old in set(before.values()):
        pks = [pk for pk, was in before.items() if was == old]
        record(pks, What.STATUS, before=old, after=status, **of)
    if of["by"]:  # an editor, who has looked at what readers reported
        open_reports = Report.objects.filter(comment__in=before, closed_at=None)
        open_reports.update(closed_at=timezone.now())
    # What an editor lets wait again is no news to the editors.
    if not (status == Status.WAITING and of["by"]):
        _tell(before, status)


def _tell(comments: Iterable[int], status: str) -> None:
    """Leave word for the worker; what is hidden or spam is no news."""
    if status in {Status.VISIBLE, Status.WAITING}:
        kind = News.Kind(status)
        News.objects.bulk_create(News(comment_id=pk, kind=kind) for pk in comments)


@transaction.atomic
def edit(
    comment: Comment, *, by: User | None, who: Event.Who | None = None, **words: str
) -> bool:
    """Give ``comment`` other ``words`` (name, email, body); return whether any differ.

    Readers see that it was edited, and moderators what it was.
    """
    _lock(Comment.objects.filter(pk=comment.pk))
    stored = Comment.objects.filter(pk=comment.pk).exclude(body="").first()
    changed = {
        name: value
        for name, value in words.items()
        if stored and getattr(stored, name) != value
    }
    if stored is None or not changed:
        return False
    old = "\n\n".join(getattr(stored, name) for name in changed if name != "email")
    record([stored.pk], What.EDITED, by=by, who=who, words=old)
    for name, value in changed.items():
        setattr(stored, name, value)
    if changed.keys() - {"email"}:  # nobody sees the address
        stored.edited_at = timezone.now()
    stored.save(update_fields=[*changed, "edited_at"])
    return True


@transaction.atomic
def pin(comments: QuerySet[Comment], is_pinned: bool, *, by: User | None) -> int:
    """Pin ``comments`` above their conversation, or unpin them; return how many changed."""
    chosen = _lock(comments.exclude(is_pinned=is_pinned))
    for some in _parts(chosen):
        Comment.objects.filter(pk__in=some).update(is_pinned=is_pinned)
    record(chosen, What.PINNED if is_pinned else What.UNPINNED, by=by)
    return len(chosen)


@transaction.atomic
def erase(
    comments: QuerySet[Comment], *, by: User | None, who: Event.Who | None = None
) -> int:
    """Delete ``comments``; return how many.

    One that others have answered loses its words and its author and stays as an empty
    placeholder, which is not counted: the answers are other people's words. A placeholder
    whose last answer goes, goes too. What is written down about them loses its words.
    """
    chosen = sorted(comments.values_list("pk", flat=True))
    return sum(_erase(comments, some, by, who) for some in _parts(chosen))


def _erase(
    comments: QuerySet[Comment], some: list[int], by: User | None, who: Event.Who | None
) -> int:
    # A placeholder above may go, too, so it is locked now: later would be out of order.
    _lock(Comment.objects.filter(pk__in=_with_ancestors(set(some))))
    # Asked anew, now that nobody can change them.
    still = comments.filter(pk__in=some).order_by("pk")
    chosen = list(still.values_list("pk", flat=True))
    rows = Comment.objects.filter(pk__in=chosen)
    rows.update(
        status=Status.HIDDEN, name="", email="", body="", html="", author=None,
        reader=None, follows="", is_pinned=False,
    )  # fmt: skip
    for about in (Scrutiny, Report, News, Notice):
        about._default_manager.filter(comment__in=chosen).delete()
    Event.objects.filter(comment__in=chosen).update(words="")
    record(chosen, What.ERASED, by=by, who=who)
    candidates = {*chosen, *filter(None, rows.values_list("parent", flat=True))}
    while candidates:
        empty = Comment.objects.filter(pk__in=candidates, body="", replies=None)
        found = list(empty.values_list("pk", "parent"))
        if not found:
            break
        Comment.objects.filter(pk__in=[pk for pk, _ in found]).delete()
        candidates |= {parent for _, parent in found if parent}
    return len(chosen)


@transaction.atomic
def confirm(comments: QuerySet[Comment], reader: Reader) -> list[int]:
    """Note that ``reader`` has said ``comments`` are theirs; return which were nobody's."""
    chosen = _lock(comments.filter(reader=None))
    for some in _parts(chosen):
        Comment.objects.filter(pk__in=some).update(reader=reader)
    record(chosen, What.CONFIRMED, by=None, who=Who.AUTHOR)
    return chosen


@transaction.atomic
def follow(comments: QuerySet[Comment], follows: Comment.Follows) -> int:
    """Change which answers to ``comments`` are mailed; return for how many.

    It is the reader's own setting, so nothing is written down about it.
    """
    chosen = _lock(comments.exclude(follows=follows))
    for some in _parts(chosen):
        Comment.objects.filter(pk__in=some).update(follows=follows)
    return len(chosen)


@transaction.atomic
def disown(comments: QuerySet[Comment], **name: str) -> int:
    """Take the address, and whoever holds it, off ``comments``; return how many.

    With ``name`` they go on under that one. What is written down about them loses its
    words, which may hold the name or the address. Readers see no edit: the words are as
    they were.
    """
    chosen = _lock(comments)
    for some in _parts(chosen):
        rows = Comment.objects.filter(pk__in=some)
        rows.update(email="", reader=None, follows=Comment.Follows.NOTHING, **name)
        Event.objects.filter(comment__in=some).update(words="")
    record(chosen, What.EDITED, by=None, who=Who.AUTHOR)
    return len(chosen)


@transaction.atomic
def move(
    comment: Comment, article: Article, media: Media | None, *, by: User | None
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
    words = gettext("Moved to %(article)s.") % {"article": article}
    record(moved, What.MOVED, by=by, words=words)
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


@transaction.atomic
def report(comment: Comment, reason: Report.Reason, words: str, network: str) -> bool:
    """A reader says that something is wrong with ``comment``; return whether it counts.

    ``network`` is `throttle.client_network`. It does not count where this reader has
    reported the comment before, or where the comment is no longer visible.
    """
    # Locked: whoever hides it now closes this report, too, or it is not written.
    if not _lock(Comment.objects.visible().filter(pk=comment.pk)):
        return False
    said = {"reason": reason, "words": words}
    if who := network_hash(network):
        _, is_new = Report.objects.get_or_create(
            comment=comment, network=who, defaults=said
        )
        if not is_new:
            return False
    else:
        Report.objects.create(comment=comment, **said)
    label = str(Report.Reason(reason).label)
    record([comment.pk], What.REPORTED, by=None, who=Who.READER, words=label)
    News.objects.create(comment=comment, kind=News.Kind.REPORTED)
    return True
