"""What moderators do: decide about comments as they saw them, answer, leave notes, ban.

Every change of a comment's state goes through `moderation`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from comments import moderation, wording
from comments.models import NAME_LENGTH, Ban, Comment, Event, Report
from comments.seen import still

Status, What = Comment.Status, Event.What

# What a button for it is called in a form.
STATUSES = {
    "approve": Status.VISIBLE,
    "spam": Status.SPAM,
    "hide": Status.HIDDEN,
    "wait": Status.WAITING,
}


@dataclass
class Done:
    """What to tell: ``words``, ``missed`` for what was left as it is; ``batch`` can be undone."""

    words: str = ""
    missed: str = ""
    batch: UUID | None = None


@transaction.atomic
def decide(marks: Sequence[str], status: Comment.Status, *, by: User) -> Done:
    """Move the comments of ``marks`` to ``status``, where they are as they were seen."""
    batch = uuid4()
    if status == Status.VISIBLE:
        # One that is visible and was reported stays so: that is what approving it says.
        nothing_wrong(still(marks).filter(status=status), by=by)
    there = still(marks).filter(status=status).count()
    changed = moderation.set_status(still(marks), status, by=by, batch=batch)
    left = len(marks) - changed - there
    return Done(
        wording.now(status, changed + there) if changed + there else "",
        wording.dealt_with(left) if left > 0 else "",
        batch if changed else None,
    )


def undo(batch: UUID, *, by: User) -> Done:
    """Take back what was decided with one press."""
    if undone := moderation.undo(batch, by=by):
        return Done(wording.undone(undone))
    return Done(
        missed=gettext("There is nothing to undo: somebody has changed it since.")
    )


def note(comment: Comment, words: str, *, by: User) -> None:
    """Leave ``words`` at ``comment`` for the other moderators."""
    moderation.record([comment.pk], What.NOTE, by=by, words=words)


@transaction.atomic
def nothing_wrong(comments: QuerySet[Comment], *, by: User) -> int:
    """Close the open reports about ``comments``; return of how many there were any."""
    still_open = Report.objects.filter(comment__in=comments, closed_at=None)
    # Locked: of two moderators who press at once one has done it.
    rows = still_open.order_by("pk").select_for_update(of=("self",))
    reports = dict(rows.values_list("pk", "comment"))
    chosen = sorted(set(reports.values()))
    Report.objects.filter(pk__in=reports).update(closed_at=timezone.now())
    words = gettext("Looked at the reports: nothing is wrong.")
    moderation.record(chosen, What.NOTE, by=by, words=words)
    return len(chosen)


@transaction.atomic
def answer(
    comments: QuerySet[Comment], words: str, *, by: User, batch: UUID | None = None
) -> Comment | None:
    """Answer the one comment in ``comments`` as an editor, and show it to readers.

    Return the answer, which is visible at once; None if ``comments`` is empty, or its words
    were erased.
    """
    found = comments.exclude(body="").values_list("pk", "root").first()
    if found is None:
        return None
    # As a reader's answer does it: what is answered, and the first of the conversation.
    rows = Comment.objects.filter(Q(pk__in=filter(None, found)))
    list(rows.order_by("pk").select_for_update(no_key=True, of=("self",)))
    parent = comments.exclude(body="").first()  # it may have changed meanwhile
    if parent is None:
        return None
    shown = Comment.objects.filter(pk=parent.pk)
    moderation.set_status(shown, Status.VISIBLE, by=by, batch=batch)
    name = (by.get_full_name() or by.get_username())[:NAME_LENGTH]
    reply = Comment.objects.create(
        article_id=parent.article_id, media_id=parent.media_id, parent=parent,
        name=name, body=words, author=by, status=Status.VISIBLE,
    )  # fmt: skip
    moderation.written(reply, by=by)
    return reply


def banned_values(comment: Comment) -> dict[str, str]:
    """By which kinds of `Ban` the author of ``comment`` can be banned, and the value of each."""
    scrutiny = getattr(comment, "scrutiny", None)
    values = {
        str(Ban.Kind.ADDRESS): comment.email.lower(),
        str(Ban.Kind.NETWORK): scrutiny.network if scrutiny else "",
    }
    return {kind: value for kind, value in values.items() if value}


@transaction.atomic
def ban(comment: Comment, kind: str, until: date | None, *, by: User) -> bool:
    """Ban the author of ``comment`` by address or by network, until a day or for good.

    Return False if the comment has none. Who is banned already is banned anew: the last
    word on the end counts.
    """
    value = banned_values(comment).get(kind, "")
    if not value:
        return False
    Ban.objects.update_or_create(
        kind=kind, value=value, defaults={"until": until, "by": by}
    )
    words = (
        gettext("By address.") if kind == Ban.Kind.ADDRESS else gettext("By network.")
    )
    moderation.record([comment.pk], What.BANNED, by=by, words=words)
    return True
