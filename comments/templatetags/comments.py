from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from articles.models import Article, Media
from comments.models import Comment
from comments.policy import policy_of
from comments.thread import Cursor, thread_page
from comments.thread_html import alone, list_of, pinned_of

register = template.Library()


@register.inclusion_tag("comments/_thread.html", takes_context=True)
def comment_thread(
    context: template.Context, article: Article, media: Media | None = None
) -> dict[str, Any]:
    """The conversation under an article, or about one media item."""
    policy = policy_of(article, context["site"])
    start = Cursor.of(context["request"].GET)
    thread = thread_page(article, start, media=media, newest_first=policy.newest_first)
    base = article.get_absolute_url()
    return {
        "article": article,
        "policy": policy,
        "thread": thread,
        "comments": list_of(thread.comments, base=base, is_open=policy.is_open),
        "pinned": pinned_of(thread),
        "start": start,
        "count": (media or article).comments_count,
    }


@register.inclusion_tag("comments/_add.html", takes_context=True)
def comment_form(
    context: template.Context, article: Article, media: Media | None = None
) -> dict[str, Any]:
    """The form to add a comment, or that none can be added."""
    site = context["site"]
    policy = policy_of(article, site)
    return {"article": article, "media": media, "site": site, "policy": policy}


@register.simple_tag
def comment_alone(
    comment: Comment, note: str = "", state: str = "", heading: str = "h2"
) -> SafeString:
    """One comment, as it looks in the thread; it need not be stored."""
    html = comment.shown_html
    return alone(comment.name, html, note=note, state=state, heading=heading)


@register.filter
def comment_words(count: int) -> str:
    """ "0 comments", "1 comment", "2 comments": wherever a count is shown in words."""
    words = ngettext("%(count)d comment", "%(count)d comments", count)
    return words % {"count": count}
