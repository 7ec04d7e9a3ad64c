"""Articles as a letter shows them: enough to decide whether to read, and the warning."""

from dataclasses import dataclass
from html import unescape

from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.models import Article, Section, SiteSettings
from articles.reading import Layout, lay_out_all
from footcare.lib.links import absolute_url


@dataclass(frozen=True)
class Care:
    """Where the article says who should take care; ``heading`` is text."""

    heading: str
    url: str


@dataclass(frozen=True)
class Teaser:
    """One article in a letter; all but ``article`` is text for readers."""

    article: Article
    title: str
    summary: str
    byline: str
    url: str
    care: Care | None


def teasers_of(articles: list[Article], site: SiteSettings) -> list[Teaser]:
    """One for each of ``articles`` (with their authors), in order; two queries for all."""
    layouts = lay_out_all(articles, site)
    return [_teaser(*both, site) for both in zip(articles, layouts, strict=True)]


def _teaser(article: Article, layout: Layout, site: SiteSettings) -> Teaser:
    url = absolute_url(article.get_absolute_url())
    return Teaser(
        article=article,
        title=one_line(article.title),
        summary=one_line(article.summary),
        byline=_byline(article, layout.minutes, site),
        url=url,
        care=_care(layout, url),
    )


def _byline(article: Article, minutes: int, site: SiteSettings) -> str:
    if article.author:
        said = [_("By %(author)s") % {"author": article.author}]
    else:
        said = [_("Published by %(publisher)s") % {"publisher": site.name}]
    if article.published_at:
        said.append(date_format(localtime(article.published_at)))
    read_in = ngettext("%(minutes)s minute", "%(minutes)s minutes", minutes)
    return one_line(", ".join([*said, read_in % {"minutes": minutes}]))


def _care(layout: Layout, url: str) -> Care | None:
    """The callout; where the article has none, its contraindications."""
    if layout.callout:
        heading = unescape(strip_tags(layout.callout.heading))
        return Care(heading or _("Before you start"), f"{url}#before-you-start")
    for block in layout.blocks:
        if block.kind == Section.Kind.CONTRAINDICATIONS:
            return Care(_("Before you start"), f"{url}#{block.id}")
    return None


def one_line(words: str) -> str:
    """``words`` without a line end."""
    return " ".join(words.split())
