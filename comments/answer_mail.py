"""The mail about new comments. Other people's words in it are text, and lead nowhere."""

import re
from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from articles.models import SiteSettings
from comments import tokens
from comments.models import Comment, Reader
from footcare.lib.links import absolute_url
from outbox.composing import post

MOST_SHOWN = 20
CLIPPED = 400  # characters of each comment

# An address with a scheme, as far as it goes.
_ADDRESS = re.compile(
    r"\b(?:[A-Za-z][A-Za-z0-9+.-]{1,20}://|(?i:mailto|tel):)[^\s)\]>]*"
)
# The dot in a name that mail programs make a link of: example.org, ada@example.org. Some
# take the full stops of Chinese and Japanese for one, too.
_DOT = re.compile("(?<=[\\w-])[.\u3002\uff0e\uff61](?=[^\\W\\d_]{2})")
# What turns the direction of writing for all that follows.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


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


def without_links(text: str) -> str:
    """``text`` with nothing in it that a mail program makes a link of."""
    text = _ADDRESS.sub("(link)", _TURNS.sub("", text))
    return _DOT.sub(lambda dot: f"{dot[0]} ", text)


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
