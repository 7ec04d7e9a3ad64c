"""What only programs read of the site as a whole: robots.txt, security.txt, the manifest."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_bidi
from django.views.decorators.http import require_safe

from articles.models import SiteSettings
from footcare.lib.caching import dated, public_page
from footcare.lib.links import absolute_url

# Nothing there to find: what is personal, what is done rather than read, what repeats.
NOT_FOR_ROBOTS = [
    "/comments/confirm/", "/comments/mute/", "/comments/yours/", "/preferences/", "/search/", "/subscribe/confirm/", "/unsubscribe/",
]  # fmt: skip
if settings.ADMIN_PATH == "admin/":  # another is the owner's secret
    NOT_FOR_ROBOTS.insert(0, "/admin/")
# Those that gather texts for AI by themselves. Not among them are those that fetch a page
# because a person asked for it, such as ChatGPT-User.
AI_CRAWLERS = [
    "AI2Bot", "Ai2Bot-Dolma", "Amazonbot", "Amzn-SearchBot", "anthropic-ai",
    "Applebot-Extended", "AzureAI-SearchBot", "bedrockbot", "Bytespider", "CCBot",
    "ChatGLM-Spider", "ClaudeBot", "Claude-SearchBot", "Claude-Web", "CloudVertexBot",
    "cohere-ai", "cohere-training-data-crawler", "Cotoyogi", "DeepSeekBot", "Diffbot",
    "DuckAssistBot", "FacebookBot", "FirecrawlAgent", "Google-CloudVertexBot",
    "Google-Extended", "GPTBot", "ICC-Crawler", "ImagesiftBot", "img2dataset",
    "laion-huggingface-processor", "LAIONDownloader", "meta-externalagent",
    "meta-webindexer", "OAI-SearchBot", "omgili", "omgilibot", "PanguBot",
    "PerplexityBot", "PhindBot", "SBIntuitionsBot", "TavilyBot",
    "TikTokSpider", "Timpibot", "VelenPublicWebCrawler", "Webzio-Extended",
    "YandexAdditional", "YandexAdditionalBot", "YouBot",
]  # fmt: skip
PAPER = "#f1f1e8"


@require_safe
@public_page()
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read (RFC 9309)."""
    site = SiteSettings.load()
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS), ""]
    if not site.allow_ai_crawlers:
        lines += [*(f"User-agent: {name}" for name in AI_CRAWLERS), "Disallow: /", ""]
    lines.append(f"Sitemap: {absolute_url(reverse('articles:sitemap'))}")
    return _text(request, lines, site.changed_at)


@require_safe
@public_page(keep=False)
def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a hole in the site (RFC 9116).

    It expires after ten months, counted from the first of this month: so it is the same for
    a month, and never older than the year that the standard allows.
    """
    site = SiteSettings.load()
    today = timezone.now().astimezone(UTC)
    month = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    about = absolute_url(reverse("articles:page", args=["about"]))
    contact = f"mailto:{quote(site.contact_email, safe='@')}"
    lines = [
        f"Contact: {contact if site.contact_email else about}",
        f"Expires: {(month + timedelta(days=300)).isoformat()}",
        f"Preferred-Languages: {settings.LANGUAGE_CODE}",
        f"Canonical: {absolute_url(request.path)}",
    ]
    return _text(request, lines, max(month, site.changed_at))


@require_safe
@public_page()
def manifest(request: HttpRequest) -> HttpResponse:
    """How the site is called and what it looks like on a home screen."""
    site = SiteSettings.load()
    words = {
        "name": site.name,
        "short_name": site.name,
        "description": site.tagline,
        "lang": settings.LANGUAGE_CODE,
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": reverse("articles:home"),
        "display": "minimal-ui",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {"src": static("svg/favicon.svg"), "type": "image/svg+xml", "sizes": "any"},
            {
                "src": static("img/icon-512.png"),
                "type": "image/png",
                "sizes": "512x512",
            },
        ],
    }
    text = json.dumps(words, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/manifest+json")
    return dated(request, response, site.changed_at)


def _text(request: HttpRequest, lines: list[str], changed: datetime) -> HttpResponse:
    text = "".join(f"{line}\n" for line in lines)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    return dated(request, response, changed)
