"""A comment in the hands of who wrote it: seen for a day, changed for a quarter of an hour.

Who wrote it has a key, given with the answer to the form and kept in no cookie. It opens this
one comment and nothing else.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.utils import timezone

from articles.models import Article, SiteSettings
from comments import moderation, scoring, tokens
from comments.models import Comment, Event, Scrutiny
from comments.policy import policy_of, status_for
from comments.readers import is_known

CHANGE_FOR = timedelta(minutes=15)
SHOWN_FOR = timedelta(days=1)

Status = Comment.Status


@dataclass(frozen=True)
class Own:
    """What a key opens. ``comment`` is None once it is erased."""

    comment: Comment | None
    is_author: bool  # not only somebody who sent the same words again

    @property
    def may_change(self) -> bool:
        """What an editor has hidden stays as it is."""
        if self.comment is None or self.comment.status == Status.HIDDEN:
            return False
        is_early = timezone.now() < self.comment.created_at + CHANGE_FOR
        return self.is_author and is_early

    @property
    def waits_again(self) -> bool:
        """Whether an edit took it off the page."""
        taken = Event.objects.filter(
            comment=self.comment, what=Event.What.STATUS, who=Event.Who.SITE,
            before=Status.VISIBLE,
        )  # fmt: skip
        return taken.exists()


def key_for(comment: Comment, *, is_author: bool) -> str:
    return tokens.make("own", comment.pk, int(is_author))


def find(key: str, article: Article) -> Own | None:
    """What ``key`` opens on ``article``; None if it is old, forged, or for another one."""
    try:
        pk, is_author = tokens.read(key, "own", max_age=SHOWN_FOR)
    except signing.BadSignature:
        return None
    comment = Comment.objects.filter(pk=pk).select_related("article").first()
    if comment is None or not comment.body:
        return Own(None, bool(is_author))
    is_shown = comment.status == Status.VISIBLE
    if comment.article != article or not (is_author or is_shown):
        return None
    return Own(comment, bool(is_author))


@transaction.atomic
def change(comment: Comment, *, name: str, body: str, network: str) -> None:
    """Give ``comment`` other words, and weigh them as those of a new one.

    It may leave the page for that, but an edit never brings one onto it.
    """
    words = {"name": name, "body": body}
    if not moderation.edit(comment, by=None, who=Event.Who.AUTHOR, **words):
        return
    comment.refresh_from_db()
    if comment.author_id:
        return
    verdict = scoring.judge(
        scoring.Draft(
            article=comment.article, name=name, email=comment.email, body=body,
            network=network, reader=comment.reader, pk=comment.pk,
        )
    )  # fmt: skip
    Scrutiny.objects.update_or_create(comment=comment, defaults=verdict.columns)
    policy = policy_of(comment.article, SiteSettings.load())
    status = status_for(
        policy,
        score=verdict.score,
        holds=verdict.holds,
        is_confirmed=comment.reader is not None,
        is_known=is_known(comment.reader),
    )
    worse = {
        Status.VISIBLE: [Status.WAITING, Status.SPAM],
        Status.WAITING: [Status.SPAM],
    }
    if status in worse.get(Status(comment.status), []):
        itself = Comment.objects.filter(pk=comment.pk)
        moderation.set_status(itself, status, by=None)


def erase(comment: Comment) -> None:
    itself = Comment.objects.filter(pk=comment.pk)
    moderation.erase(itself, by=None, who=Event.Who.AUTHOR)
