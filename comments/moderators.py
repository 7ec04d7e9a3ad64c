"""Mail to moderators about what waits and what was reported: gathered, with links to decide by.

A letter's links lead to one comment for one moderator. They work for LINK_DAYS, and as long
as the moderator may moderate and has the same password.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.text import Truncator

from articles.models import SiteSettings
from comments import tokens
from comments.models import Comment, ModerationSettings, News, Report
from footcare.lib import throttle
from footcare.lib.links import absolute_url, without_links
from outbox.composing import post
from outbox.sending import Report as Tell

LINK_DAYS = 7
WAIT = timedelta(minutes=2)  # what comes at once comes in one letter
PAUSE = timedelta(minutes=15)  # from one letter to the next
SHOWN = 20  # comments in a letter
AT_ONCE = 1000  # pieces of news; those beyond come with the next letter
EXCERPT = 600  # characters
MAY = "comments.change_comment"
_MAILED = ("mail to moderators", "all")


def to_look_at() -> QuerySet[Comment]:
    """Comments that wait, or were reported and not looked at since."""
    reports = Report.objects.filter(comment=OuterRef("pk"), closed_at=None)
    waiting = Q(status=Comment.Status.WAITING)
    return Comment.objects.filter(waiting | Exists(reports)).exclude(body="")


def mail_moderators(tell: Tell) -> int:
    """Write to the moderators about the news that has waited long enough; return how many mails."""
    first = _news().order_by("pk").values_list("created_at", flat=True).first()
    now = timezone.now()
    # One from the future was written before the clock was set back.
    if first is None or now - WAIT < first <= now or throttle.remembers(*_MAILED):
        return 0
    mails = _mail()
    if mails:
        tell(f"Wrote to moderators: {mails} mails.")
    return mails


@transaction.atomic
def _mail() -> int:
    # Locked: a second worker waits here, and then finds that it was done.
    moderators = _moderators()
    if throttle.remembers(*_MAILED):
        return 0
    rows = _news().order_by("pk").select_for_update(skip_locked=True, of=("self",))
    news = dict(rows.values_list("pk", "comment")[:AT_ONCE])
    # With the mails, in one transaction: both happen or neither.
    News.objects.filter(pk__in=news).delete()
    comments = to_look_at().filter(pk__in=set(news.values()))
    count = comments.count()
    if not count:
        return 0
    chosen = comments.select_related("article", "media", "scrutiny")
    reports = Prefetch("reports", Report.objects.filter(closed_at=None))
    shown = list(chosen.prefetch_related(reports).order_by("pk")[:SHOWN])
    for moderator in moderators:
        post(
            "comments/mail/moderate", moderator.email, _letter(moderator, shown, count)
        )
    if moderators:
        throttle.remember(*_MAILED, seconds=int(PAUSE.total_seconds()))
    return len(moderators)


def _news() -> QuerySet[News]:
    return News.objects.filter(kind__in=[News.Kind.WAITING, News.Kind.REPORTED])


def _moderators() -> list[User]:
    """Who is written to, each address once; locked."""
    if not ModerationSettings.load().mails_moderators:
        return []
    users = User.objects.with_perm(MAY).filter(is_staff=True).exclude(email="")
    locked = users.order_by("pk").select_for_update(no_key=True, of=("self",))
    return list({user.email.lower(): user for user in locked}.values())


def _letter(moderator: User, comments: list[Comment], count: int) -> dict[str, Any]:
    return {
        "site": SiteSettings.load(),
        "items": [_item(moderator, one) for one in comments],
        "count": count,
        "more": count - len(comments),
        "queue_url": absolute_url(reverse("admin:comments_comment_queue")),
        "link_days": LINK_DAYS,
    }


def _item(moderator: User, comment: Comment) -> dict[str, Any]:
    """One comment as plain words: no link in it but ours, and no address."""
    scrutiny = getattr(comment, "scrutiny", None)
    reports = Counter(one.get_reason_display() for one in comment.reports.all())
    url = absolute_url(reverse("comments:check", args=[token_for(comment, moderator)]))
    return {
        "name": without_links(comment.name),
        "article": comment.article.title,
        "media": comment.media.title if comment.media else "",
        "words": without_links(Truncator(comment.body).chars(EXCERPT)),
        "reasons": [
            without_links(f"{why} ({points})") for why, points in scrutiny.reasons
        ]
        if scrutiny
        else [],
        "reports": [f"{why} ({number})" for why, number in reports.most_common()],
        "url": url,
    }


def token_for(comment: Comment, moderator: User) -> str:
    return tokens.make("check", comment.pk, moderator.pk, _stamp(moderator))


def _stamp(moderator: User) -> str:
    """Changes with the password, and tells nothing of it."""
    return moderator.get_session_auth_hash()[:16]


def find(token: str) -> tuple[Comment, User] | None:
    """The comment and the moderator that a link names; None if it works no more.

    Raises signing.SignatureExpired and signing.BadSignature as `tokens.read` does.
    """
    values = tokens.read(token, "check", max_age=timedelta(days=LINK_DAYS))
    if len(values) != 3:
        raise signing.BadSignature("Not as we make them.")
    pk, moderator, stamp = values
    user = User.objects.filter(pk=moderator, is_active=True, is_staff=True).first()
    if not (user and constant_time_compare(_stamp(user), stamp) and user.has_perm(MAY)):
        return None
    comments = Comment.objects.select_related("article", "media", "scrutiny")
    comment = comments.filter(pk=pk).first()
    return (comment, user) if comment else None
