"""The newest articles in full, for programs: of the site, and of one topic."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.bylines import author_of, publisher_of
from articles.full_text import full_text
from articles.models import Article, Media, SiteSettings, Topic, TopicEntry
from articles.reading import Layout, lay_out_all
from footcare.lib.caching import public_page
from footcare.lib.feeds import (
    Entry,
    Feed,
    Replies,
    feed_address,
    feed_response,
)
from footcare.lib.links import absolute_url

NEWEST = 20


@require_safe
@public_page()
def articles(request: HttpRequest, form: str) -> HttpResponse:
    site = SiteSettings.load()
    newest = _newest(Article.objects.published().newest_first().values("pk"))
    feed = Feed(
        key="articles",
        title=site.name,
        description=site.tagline,
        url=absolute_url(reverse("articles:home")),
        address=feed_address("articles:feed"),
        **around(site, [article.moved_at for article in newest]),
        entries=_entries(site, newest),
    )
    return feed_response(request, feed, form)


@require_safe
@public_page()
def topic(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    entries = TopicEntry.objects.published().filter(topic__slug=slug)
    newest = _newest(entries.order_by("-published_at", "-article").values("article"))
    topics = [one for found in newest.values() for one in found if one.slug == slug]
    shown = topics[0] if topics else get_object_or_404(Topic, slug=slug)
    site = SiteSettings.load()
    feed = Feed(
        key=f"topics/{shown.pk}",
        title=f"{shown}. {site.name}",
        description=_("Articles about %(topic)s.") % {"topic": shown},
        url=absolute_url(shown.get_absolute_url()),
        address=feed_address("articles:topic_feed", slug),
        **around(site, [article.moved_at for article in newest]),
        entries=_entries(site, newest),
    )
    return feed_response(request, feed, form)


def around(site: SiteSettings, dates: Sequence[datetime]) -> dict[str, Any]:
    """What is the same in every feed of the site; ``dates`` are those of what it shows."""
    return {
        "icon": absolute_url(static("img/icon-512.png")),
        "author": publisher_of(site),
        "updated": max([*dates, site.changed_at]),
    }


def _newest(index: QuerySet[Any, Any]) -> dict[Article, list[Topic]]:
    """The first articles of ``index`` (their keys, in order) with their topics; one query."""
    rows: QuerySet[Any, Any] = (
        Article.objects.published()
        .filter(pk__in=index[:NEWEST])
        .select_related("author", "reviewer")
        .annotate(
            has_media=Exists(Media.objects.filter(article=OuterRef("pk"))),
            **{
                f"topic_{name}": F(f"topics__{name}") for name in ("pk", "name", "slug")
            },
        )
        .order_by("-published_at", "-pk", "topics__name")
    )
    found: dict[Article, list[Topic]] = {}
    for article in rows:
        topics = found.setdefault(article, [])
        if article.topic_pk:
            topics.append(
                Topic(article.topic_pk, article.topic_name, article.topic_slug)
            )
    return found


def _entries(site: SiteSettings, newest: dict[Article, list[Topic]]) -> list[Entry]:
    layouts = lay_out_all(list(newest), site)
    return [
        _entry(site, article, topics, layout)
        for (article, topics), layout in zip(newest.items(), layouts, strict=True)
    ]


def _entry(
    site: SiteSettings, article: Any, topics: list[Topic], layout: Layout
) -> Entry:
    if article.has_media:
        layout.make_room_for_media()
    url = article.get_absolute_url()
    return Entry(
        key=f"articles/{article.pk}",
        url=absolute_url(url),
        title=article.title,
        html=full_text(article, layout),
        published=article.published_at,
        updated=article.changed_at,
        author=author_of(article, site),
        summary=article.summary,
        language=article.language,
        topics=[topic.name for topic in topics],
        replies=Replies(
            count=article.comments_count,
            url=absolute_url(f"{url}#comments"),
            feed=feed_address("comments:article_feed", article.slug),
        ),
    )
