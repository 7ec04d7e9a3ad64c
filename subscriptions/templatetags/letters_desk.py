"""What pages of the admin show of letters: a button at an article, and what needs somebody."""

from typing import Any

from django import template
from django.utils.formats import number_format

from articles.models import Article
from subscriptions.admin.desk import may_send_article
from subscriptions.admin.needs import needs_of

register = template.Library()


@register.filter
def grouped(number: int) -> str:
    """``number`` as everywhere else in the admin: “3,000”."""
    return number_format(number, force_grouping=True)


@register.inclusion_tag(
    "admin/subscriptions/letter/_send_article.html", takes_context=True
)
def send_article(context: template.Context, article: Any) -> dict[str, Any]:
    """The button that makes a letter of ``article``, for those who may."""
    is_there = isinstance(article, Article) and (
        article.status == Article.Status.PUBLISHED
    )
    return {
        "article": article,
        "may_send": is_there and may_send_article(context["request"]),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("admin/subscriptions/_needs.html", takes_context=True)
def letters_need(context: template.Context) -> dict[str, Any]:
    """Letters under way or stuck, mails that failed, a worker that is silent."""
    return {"needs": needs_of(context["request"].user)}
