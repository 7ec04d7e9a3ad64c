"""What is stored under one address, for its holder: shown, taken along, erased."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext

from comments import moderation
from comments.models import (
    Comment,
    CommentQuerySet,
    Event,
    MailAsked,
    ModerationSettings,
    Notice,
    Reader,
    Report,
    Scrutiny,
)
from outbox import sending

AT_ONCE = 1000
# Of what happened to a comment: the rest is moderators' talk, and other readers'.
_OWN_EVENTS = [
    Event.What.WRITTEN, Event.What.STATUS, Event.What.EDITED, Event.What.CONFIRMED,
    Event.What.MOVED, Event.What.PINNED, Event.What.UNPINNED,
]  # fmt: skip


def comments_of(email: str) -> CommentQuerySet:
    """All comments with this address, confirmed or not, the newest first."""
    return Comment.objects.at(email).order_by("-pk")


def everything(email: str) -> dict[str, Any]:
    """All that is stored about ``email``, as JSON can say it.

    Not the hash of a network: under an address that anybody may type it may be somebody
    else's.
    """
    reader = Reader.objects.at(email).first()
    comments = list(comments_of(email).select_related("article", "scrutiny"))
    events: dict[int, list[dict[str, Any]]] = {comment.pk: [] for comment in comments}
    happened = Event.objects.filter(comment__in=events, what__in=_OWN_EVENTS)
    for event in happened.order_by("pk"):
        events[event.comment_id].append(_event(event))
    notices = Notice.objects.filter(reader=reader) if reader else Notice.objects.none()
    asked = MailAsked.objects.at(email).order_by("pk")
    return {
        "email": email,
        "confirmed_at": _iso(reader.confirmed_at if reader else None),
        "comments": [_comment(one, events[one.pk]) for one in comments],
        "notices": [
            {
                "comment": notice.comment_id,
                "created_at": _iso(notice.created_at),
                "sent_at": _iso(notice.sent_at),
            }
            for notice in notices.order_by("pk")
        ],
        "mails_asked": [
            {"kind": one.kind, "asked_at": _iso(one.asked_at), "mailed": one.is_mailed}
            for one in asked
        ],
    }


def make_anonymous(comments: QuerySet[Comment]) -> int:
    """Keep the words of ``comments``, without name and address; return how many."""
    return moderation.disown(comments, name=gettext("Anonymous"))


@transaction.atomic
def forget(email: str) -> None:
    """Let ``email`` stand nowhere any more. The comments stay, with the names they show.

    Cookies and links of its reader end, and so do the mails that wait to be sent.
    """
    reader = Reader.objects.at(email).select_for_update(no_key=True).first()
    moderation.disown(comments_of(email))
    if reader:
        # One whose address an editor has changed since.
        moderation.disown(Comment.objects.filter(reader=reader))
        reader.delete()
    MailAsked.objects.at(email).delete()
    sending.forget_address(email)


def forget_networks(report: Callable[[str], object]) -> int:
    """Empty the hashes of networks that have been kept long enough; return how many."""
    days = ModerationSettings.load().keep_network_days
    since = timezone.now() - timedelta(days=days)
    emptied = sum(_empty_networks(model, since) for model in (Scrutiny, Report))
    if emptied:
        report(f"Forgot the networks of {emptied} comments and reports.")
    return emptied


def _empty_networks(model: type[Model], since: datetime) -> int:
    # Written out, not passed along: only so does SQLite see that the index has them.
    kept = model._default_manager.filter(network__gt=RawSQL("''", []))
    old = kept.filter(created_at__lt=since).order_by("created_at")
    some = list(old.values_list("pk", flat=True)[:AT_ONCE])
    return model._default_manager.filter(pk__in=some).update(network="")


def _comment(comment: Comment, events: list[dict[str, Any]]) -> dict[str, Any]:
    scrutiny = getattr(comment, "scrutiny", None)
    return {
        "id": comment.pk,
        "article": comment.article.title,
        "media": comment.media_id,
        "answers": comment.parent_id,
        "name": comment.name,
        "email": comment.email,
        "words": comment.body,
        "status": comment.status,
        "confirmed": comment.reader_id is not None,
        "answers_by_mail": comment.follows,
        "created_at": _iso(comment.created_at),
        "edited_at": _iso(comment.edited_at),
        "rules": scrutiny
        and {"score": scrutiny.score, "reasons": scrutiny.reasons},
        "network_is_kept": bool(scrutiny and scrutiny.network),
        "history": events,
    }  # fmt: skip


def _event(event: Event) -> dict[str, Any]:
    return {
        "what": event.what,
        "who": event.who,
        "before": event.before,
        "after": event.after,
        "words": event.words,
        "at": _iso(event.at),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
