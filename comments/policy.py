"""What is asked of a comment on one article: the article's own rule, else the site's.

And where that leaves one that was judged: in sight, with an editor, or among the spam.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from articles.models import Article, Hold, SiteSettings
from comments.models import Comment, ModerationSettings, Reader
from comments.scoring import Verdict


@dataclass(frozen=True)
class Policy:
    is_open: bool
    hold: Hold
    needs_confirmation: bool
    newest_first: bool
    closes_on: date | None  # the first day without new comments; None if there is none

    @property
    def last_day(self) -> date | None:
        return self.closes_on - timedelta(days=1) if self.closes_on else None


def policy_of(article: Article, site: SiteSettings) -> Policy:
    """The rules for a comment on ``article`` today."""
    days = article.comments_close_after
    if days is None:
        days = site.comments_close_after
    confirm = article.comments_confirm
    closes_on = None
    if days is not None and article.published_at:
        appeared = timezone.localtime(article.published_at).date()
        closes_on = appeared + timedelta(days=days + 1)
    over = closes_on is not None and timezone.localdate() >= closes_on
    return Policy(
        is_open=article.comments_open and not over,
        hold=Hold(article.comments_hold or site.comments_hold),
        needs_confirmation=site.comments_confirm if confirm is None else confirm,
        newest_first=site.comments_newest_first,
        closes_on=closes_on,
    )


def standing(verdict: Verdict, policy: Policy, reader: Reader | None) -> Comment.Status:
    """Where a comment of ``reader`` (None: a stranger) goes that was judged so."""
    lines = ModerationSettings.load()
    if verdict.score >= lines.spam_at:
        return Comment.Status.SPAM
    waits = (
        verdict.holds
        or verdict.score >= lines.waits_at
        or policy.hold == Hold.ALL
        or (policy.hold == Hold.STRANGERS and not _is_known(reader))
        or (policy.needs_confirmation and reader is None)
    )
    return Comment.Status.WAITING if waits else Comment.Status.VISIBLE


def _is_known(reader: Reader | None) -> bool:
    """Whether the writer has shown who they are, and an editor approved them before."""
    return reader is not None and reader.comments.visible().exists()
