"""One graph of schema.org's words a page, for search engines: nothing that readers do not see.

An Article, not a MedicalWebPage: that is for what clinicians review. No FAQPage and no HowTo.
The comments themselves are left out: they are on several pages, the count is the same on all.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from articles.bylines import author_of, publisher_of
from articles.models import Article, SiteSettings
from articles.reading import Layout
from articles.sharing import shared_picture
from footcare.lib.feeds import Person
from footcare.lib.links import absolute_url

Node = dict[str, Any]

# As Django's json_script: what could end the element, or begin one.
_IN_HTML = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def script(graph: Node) -> SafeString:
    """``graph`` as a block of data in a page: no browser runs it, no policy need allow it."""
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(  # noqa: S308  (escaped here)
        f'<script type="application/ld+json">{text.translate(_IN_HTML)}</script>'
    )


def page_graph(
    site: SiteSettings, url: str, title: str, above: Sequence[tuple[str, str]] = ()
) -> Node:
    """Of a list or one of the site's own pages; ``above`` are (title, address) over it."""
    page = _page(url, title, settings.LANGUAGE_CODE)
    return _graph(_publisher(site), _site(site), page, _trail(site, url, title, above))


def article_graph(article: Article, layout: Layout, site: SiteSettings) -> Node:
    """Of an article with its author, topics and reviewer fetched."""
    url = absolute_url(article.get_absolute_url())
    page = _page(url, article.title, article.language) | _review(article)
    topics = list(article.topics.all())[:1]
    above = [(topic.name, topic.get_absolute_url()) for topic in topics]
    trail = _trail(site, url, article.title, above)
    words = _article(article, layout, site, url)
    return _graph(_publisher(site), _site(site), page, trail, words)


def _graph(*nodes: Node) -> Node:
    return {"@context": "https://schema.org", "@graph": [one for one in nodes if one]}


def _article(article: Article, layout: Layout, site: SiteSettings, url: str) -> Node:
    author, publisher = author_of(article, site), publisher_of(site)
    topics = [topic.name for topic in article.topics.all()]
    cited = [_citation(one.text, one.url) for one in layout.sources]
    return {
        "@type": "Article",
        "@id": f"{url}#article",
        "headline": article.title,
        "url": url,
        "mainEntityOfPage": {"@id": f"{url}#page"},
        "inLanguage": article.language,
        "datePublished": _moment(article.published_at),
        "dateModified": _moment(article.changed_at),
        "author": _named(author, is_person=article.author is not None),
        "publisher": _named(publisher, is_person=False),
        "image": _picture(),
        "commentCount": article.comments_count,
        "interactionStatistic": {
            "@type": "InteractionCounter",
            "interactionType": {"@type": "CommentAction"},
            "userInteractionCount": article.comments_count,
        },
        **({"description": article.summary} if article.summary else {}),
        **({"articleSection": topics} if topics else {}),
        **({"citation": cited} if cited else {}),
    }


def _review(article: Article) -> Node:
    """Of the whole page, and only where somebody named has reviewed it."""
    if not (article.reviewer and article.reviewed_on):
        return {}
    url = absolute_url(article.reviewer.get_absolute_url())
    return {
        "lastReviewed": article.reviewed_on.isoformat(),
        "reviewedBy": _named(Person(article.reviewer.name, url), is_person=True),
    }


def _citation(text: str, url: str) -> Node:
    return {"@type": "CreativeWork", "name": text, **({"url": url} if url else {})}


def _named(who: Person, *, is_person: bool) -> Node:
    kind = {"@type": "Person"}
    if not is_person:
        kind = {"@type": "Organization", "@id": absolute_url("/#publisher")}
    return {**kind, "name": who.name, "url": who.url}


def _publisher(site: SiteSettings) -> Node:
    logo = absolute_url(static("img/icon-512.png"))
    picture = {"@type": "ImageObject", "url": logo, "width": 512, "height": 512}
    return {**_named(publisher_of(site), is_person=False), "logo": picture}


def _site(site: SiteSettings) -> Node:
    return {
        "@type": "WebSite",
        "@id": absolute_url("/#site"),
        "name": site.name,
        "description": site.tagline,
        "url": absolute_url(reverse("articles:home")),
        "inLanguage": settings.LANGUAGE_CODE,
        "publisher": {"@id": absolute_url("/#publisher")},
    }


def _page(url: str, title: str, language: str) -> Node:
    return {
        "@type": "WebPage",
        "@id": f"{url}#page",
        "url": url,
        "name": title,
        "inLanguage": language,
        "isPartOf": {"@id": absolute_url("/#site")},
    }


def _trail(
    site: SiteSettings, url: str, title: str, above: Sequence[tuple[str, str]]
) -> Node:
    """The way from the first page down to this one; the first page has none."""
    home = absolute_url(reverse("articles:home"))
    if url == home:
        return {}
    steps = [
        (site.name, home),
        *((name, absolute_url(path)) for name, path in above),
        (title, url),
    ]
    return {
        "@type": "BreadcrumbList",
        "@id": f"{url}#trail",
        "itemListElement": [
            {"@type": "ListItem", "position": n, "name": name, "item": address}
            for n, (name, address) in enumerate(steps, start=1)
        ],
    }


def _picture() -> Node:
    picture = shared_picture()
    return {
        "@type": "ImageObject",
        "url": picture.url,
        "width": picture.width,
        "height": picture.height,
    }


def _moment(when: datetime | None) -> str:
    return when.isoformat(timespec="seconds") if when else ""
