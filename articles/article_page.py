"""The article's page: a frame made of its words, and what moves with every comment.

The frame is kept as long as no word of the site has changed (edition.py). So after a new
comment, the usual reason for which a page is made anew, only the conversation is rendered.
"""

from copy import copy
from dataclasses import dataclass

from django.db.models import BigIntegerField, prefetch_related_objects
from django.http import HttpRequest
from django.template.loader import render_to_string

from articles.models import Article, Media, SiteSettings
from articles.neighbours import neighbours_of
from articles.reading import lay_out
from articles.sharing import description_of, share_links
from articles.structured import article_graph
from footcare.lib.caching import EDITION
from footcare.lib.frames import Frame, hole
from footcare.lib.prepared import Prepared
from footcare.lib.shelf import Shelf

HOLES = ("count", "count_in_words", "conversation")


@dataclass(frozen=True)
class _Made:
    """A frame, and the site's words and facts of which it was made."""

    frame: Frame
    site: SiteSettings

    @property
    def size(self) -> int:
        return self.frame.size


_frames: Shelf[_Made] = Shelf(4 * 2**20)
# Shown beside each item, but rarely another number: they are part of the frame.
_media_counts = Prepared(
    lambda article: (
        Media.objects.filter(article=article)
        .order_by("pk")
        .values_list("pk", "comments_count")
    ),
    article=BigIntegerField(),
)


def article_page(request: HttpRequest, article: Article) -> str:
    """The whole HTML; ``article`` comes with its author and reviewer."""
    made = _made(request, article)
    context = {"article": article, "site": made.site}
    return made.frame.filled(
        {
            "count": str(article.comments_count),
            "count_in_words": render_to_string("articles/_count.html", context).strip(),
            "conversation": render_to_string(
                "articles/_conversation.html", context, request
            ),
        }
    )


def _made(request: HttpRequest, article: Article) -> _Made:
    edition = request.META.get(EDITION)
    if edition is None:  # nobody says how old a kept one may be
        return _make(request, article)
    counts = tuple(_media_counts(article=article.pk))
    key = article.pk, edition.words, edition.since, counts
    made = _frames.find(key)
    if made is None:
        made = _make(request, article)
        _frames.put(key, made)
    return made


def _make(request: HttpRequest, article: Article) -> _Made:
    prefetch_related_objects([article], "topics", "media")
    framed = copy(article)
    framed.comments_count = hole("count")
    site = SiteSettings.load()
    layout = lay_out(framed, site)
    context = {
        "article": framed,
        "layout": layout,
        "description": description_of(framed, layout),
        "graph": article_graph(framed, layout, site),
        "neighbours": neighbours_of(framed),
        "share_links": share_links(framed),
        "site": site,
        **{name: hole(name) for name in HOLES},
    }
    html = render_to_string("articles/article.html", context, request)
    return _Made(Frame(html, *HOLES), site)
