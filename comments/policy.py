"""What is asked of a comment on one article: the article's own rule, else the site's.

And where that leaves one that was judged: in sight, with an editor, or among the spam.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from articles.models import Article, Hold, SiteSettings
from comments.models import Comment, ModerationSettings


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


def status_for(
    policy: Policy, *, score: int, holds: bool, is_confirmed: bool, is_known: bool
) -> Comment.Status:
    """Where a comment goes, when it is written and again when its address is confirmed.

    ``is_confirmed``: the writer has shown to hold the address. ``is_known``: and a comment
    of theirs is on the site already. What the rules found comes before all trust.
    """
    lines = ModerationSettings.load()
    if score >= lines.spam_at:
        return Comment.Status.SPAM
    waits = (
        holds
        or score >= lines.waits_at
        or policy.hold == Hold.ALL
        or (policy.hold == Hold.STRANGERS and not (is_confirmed and is_known))
        or (policy.needs_confirmation and not is_confirmed)
    )
    return Comment.Status.WAITING if waits else Comment.Status.VISIBLE
