"""What readers said, for programs: on the whole site, and on one article."""

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.feeds import around
from articles.models import Article, SiteSettings
from comments.models import Comment
from footcare.lib.caching import public_page
from footcare.lib.feeds import Entry, Feed, Person, feed_address, feed_response
from footcare.lib.links import absolute_url

NEWEST = 50


@require_safe
@public_page()
def comments(request: HttpRequest, form: str) -> HttpResponse:
    """The newest of all published articles."""
    published = Article.objects.published().filter(pk=OuterRef("article"))
    newest = _newest(Exists(published))
    site = SiteSettings.load()
    feed = Feed(
        key="comments",
        title=_("Comments. %(site)s") % {"site": site.name},
        description=_("What readers say about the articles."),
        url=absolute_url(reverse("articles:list")),
        address=feed_address("comments:feed"),
        **around(site, [comment.article.moved_at for comment in newest]),
        entries=_entries(newest),
    )
    return feed_response(request, feed, form)


@require_safe
@public_page()
def article_comments(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    article = get_object_or_404(Article.objects.published().at(slug))
    if article.slug != slug:
        return redirect(
            "comments:article_feed", slug=article.slug, form=form, permanent=True
        )
    site = SiteSettings.load()
    of = {"article": article, "site": site.name}
    feed = Feed(
        key=f"articles/{article.pk}/comments",
        title=_("Comments on “%(article)s”. %(site)s") % of,
        description=_("What readers say about “%(article)s”.") % of,
        url=absolute_url(f"{article.get_absolute_url()}#comments"),
        address=feed_address("comments:article_feed", article.slug),
        **around(site, [article.moved_at]),
        entries=_entries(_newest(Q(article=article))),
    )
    return feed_response(request, feed, form)


def _newest(which: Q | Exists) -> list[Comment]:
    """The newest that readers see; nobody's e-mail address is read."""
    visible = Comment.objects.visible().filter(which).order_by("-pk")
    shown = ["name", "body", "html", "created_at", "edited_at", "parent", "root"]
    of_article = ["slug", "title", "published_at", "updated_at", "discussed_at"]
    return list(
        visible.select_related("article").only(
            *shown,
            "article__comments_count",
            *(f"article__{one}" for one in of_article),
        )[:NEWEST]
    )


def _entries(comments: list[Comment]) -> list[Entry]:
    return [
        Entry(
            key=f"comments/{comment.pk}",
            url=absolute_url(comment.get_absolute_url()),
            title=_("%(name)s on “%(article)s”")
            % {"name": comment.name, "article": comment.article},
            html=comment.shown_html,
            published=comment.created_at,
            updated=comment.edited_at or comment.created_at,
            author=Person(comment.name),
            answers=f"comments/{comment.parent_id}"
            if comment.parent_id
            else f"articles/{comment.article_id}",
        )
        for comment in comments
    ]
