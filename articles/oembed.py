"""oEmbed: what another site shows when somebody pastes the address of an article there.

Of the type "link": a title, a name and a picture, no HTML, and nothing is fetched.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.bylines import author_of, publisher_of
from articles.models import Article, SiteSettings
from articles.sharing import shared_picture
from footcare.lib.caching import dated, public_page
from footcare.lib.text import number_in


@require_safe
@public_page("format", "url", "maxwidth", "maxheight", keep=False)
def oembed(request: HttpRequest) -> HttpResponse:
    if request.GET.get("format", "json") != "json":
        return _refusal(_("The answer comes as JSON alone."), 501)
    if not (url := request.GET.get("url", "")):
        return _refusal(_("Say as “url” which article you mean."), 400)
    articles = Article.objects.published().select_related("author")
    article = articles.at(_slug_in(url)).first()
    if article is None:
        return _refusal(_("There is no article of ours at this address."), 404)
    site = SiteSettings.load()
    answer = JsonResponse({**_card(article, site), **_thumbnail(request)})
    return dated(request, answer, max(article.changed_at, site.changed_at))


def _refusal(words: str, status: int) -> HttpResponse:
    return JsonResponse({"error": words}, status=status)


def _slug_in(url: str) -> str:
    """The slug of the article whose page ``url`` is; "" for every other address."""
    try:
        parts = urlsplit(url)
        match = resolve(parts.path)
    except (ValueError, Resolver404):
        return ""
    is_ours = parts.netloc.lower() == urlsplit(settings.SITE_URL).netloc.lower()
    if parts.scheme not in {"http", "https"} or not is_ours:
        return ""
    return match.kwargs["slug"] if match.view_name == "articles:article" else ""


def _card(article: Article, site: SiteSettings) -> dict[str, Any]:
    author, publisher = author_of(article, site), publisher_of(site)
    return {
        "type": "link",
        "version": "1.0",
        "title": article.title,
        "author_name": author.name,
        "author_url": author.url,
        "provider_name": site.name,
        "provider_url": publisher.url,
    }


def _thumbnail(request: HttpRequest) -> dict[str, Any]:
    """The picture, unless the asking site has no room for it."""
    picture = shared_picture()
    for name, size in (("maxwidth", picture.width), ("maxheight", picture.height)):
        room = number_in(request.GET.get(name, ""))
        if room and room < size:
            return {}
    return {
        "thumbnail_url": picture.url,
        "thumbnail_width": picture.width,
        "thumbnail_height": picture.height,
    }
