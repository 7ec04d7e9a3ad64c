from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import ngettext

from articles.models import Article, Media
from comments.policy import policy_of
from comments.thread import Cursor, thread_page
from comments.thread_html import list_of

register = template.Library()


@register.inclusion_tag("comments/_thread.html", takes_context=True)
def comment_thread(
    context: template.Context, article: Article, media: Media | None = None
) -> dict[str, Any]:
    """The conversation under an article, or about one media item."""
    policy = policy_of(article, context["site"])
    start = Cursor.of(context["request"].GET)
    thread = thread_page(article, start, media=media, newest_first=policy.newest_first)
    answers = ""
    if policy.is_open:
        answers = reverse("comments:comments", args=[article.slug])
    return {
        "article": article,
        "policy": policy,
        "thread": thread,
        "comments": list_of(thread.comments, answers=answers),
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


@register.filter
def comment_words(count: int) -> str:
    """ "0 comments", "1 comment", "2 comments": wherever a count is shown in words."""
    words = ngettext("%(count)d comment", "%(count)d comments", count)
    return words % {"count": count}
