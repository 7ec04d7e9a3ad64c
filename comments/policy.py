"""What is asked of a comment on one article: the article's own rule, else the site's."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from articles.models import Article, Hold, SiteSettings


@dataclass(frozen=True)
class Policy:
    is_open: bool
    hold: Hold
    needs_confirmation: bool
    newest_first: bool
    closes_on: date | None  # the first day without new comments; None if there is none


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
