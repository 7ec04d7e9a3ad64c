"""The mail about new comments. Other people's words in it are text, and lead nowhere."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from articles.models import SiteSettings
from comments import tokens
from comments.models import Comment, Reader
from footcare.lib.links import absolute_url, without_links
from outbox.composing import post

MOST_SHOWN = 20
CLIPPED = 400  # characters of each comment


def post_to(reader: Reader, comments: Sequence[Comment]) -> None:
    """Queue one mail about all ``comments``; call it in the transaction that notes so."""
    context = {
        "site": SiteSettings.load(),
        "count": len(comments),
        "more": max(0, len(comments) - MOST_SHOWN),
        "items": [_item(comment) for comment in comments[:MOST_SHOWN]],
    }
    link = mute_link(reader, [comment.article_id for comment in comments])
    post("comments/mail/answers", reader.email, context, link)


def mute_link(reader: Reader, articles: Sequence[int]) -> str:
    """Absolute; good for as long as the reader is known, as it must be in an old mail."""
    some = list(dict.fromkeys(articles))[:MOST_SHOWN]
    token = tokens.make("mute", reader.pk, reader.key, *some)
    return absolute_url(reverse("comments:mute", args=[token]))


def _item(comment: Comment) -> dict[str, Any]:
    text = comment.body[:CLIPPED]
    text = f"{text.rstrip()} …" if len(comment.body) > CLIPPED else text
    text = without_links(text)
    return {
        "name": without_links(comment.name),
        "title": comment.article.title,
        "url": absolute_url(comment.get_absolute_url()),
        "text": text,
        # Each line behind a sign, so that none passes for a line of ours.
        "quoted": "\n".join(f"> {line}" for line in text.split("\n")),
    }
