"""An article in one piece, for programs that show it elsewhere: feeds, and whoever mails it."""

import re

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from articles.models import Article
from articles.reading import Layout
from footcare.lib.links import absolute_url, with_absolute_links

# What the template leaves where it had nothing to say.
_BLANK_LINES = re.compile("\n[ \n]*\n")


def full_text(article: Article, layout: Layout) -> SafeString:
    """All that the article's page says, in its order, but the warning before everything.

    Safe HTML without a picture, a style or a script; its links lead on from anywhere.
    """
    html = render_to_string(
        "articles/full_text.html", {"article": article, "layout": layout}
    )
    page = absolute_url(article.get_absolute_url())
    return mark_safe(_BLANK_LINES.sub("\n", with_absolute_links(html, page)).strip())  # noqa: S308
