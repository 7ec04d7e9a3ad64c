from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import ngettext

from articles.models import Article, Media
from comments.thread import list_of, thread_page
from footcare.lib.text import number_in

register = template.Library()


@register.inclusion_tag("comments/_thread.html", takes_context=True)
def comment_thread(
    context: template.Context, article: Article, media: Media | None = None
) -> dict[str, Any]:
    """The conversation under an article, or about one media item."""
    after = number_in(context["request"].GET.get("comments", ""))
    thread = thread_page(article, after=after, media=media)
    answers = ""
    if article.comments_open:
        answers = reverse("comments:comments", args=[article.slug])
    return {
        "article": article,
        "thread": thread,
        "comments": list_of(thread.comments, answers=answers),
        "after": after,
        "count": (media or article).comments_count,
    }


@register.inclusion_tag("comments/_add.html", takes_context=True)
def comment_form(
    context: template.Context, article: Article, media: Media | None = None
) -> dict[str, Any]:
    """The form to add a comment, or that none can be added."""
    return {"article": article, "media": media, "site": context["site"]}


@register.filter
def comment_words(count: int) -> str:
    """ "0 comments", "1 comment", "2 comments": wherever a count is shown in words."""
    words = ngettext("%(count)d comment", "%(count)d comments", count)
    return words % {"count": count}
