"""Where the links of a letter lead. Our own are looked up; nobody else's server is asked."""

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import gettext as _

from articles.models import Article, Media, Page, Topic
from subscriptions import tokens

Kwargs = Mapping[str, str]

_OWN_TO_A_READER = {
    f"subscriptions:{name}" for name in ("confirm", "leave", "preferences")
}


def trouble_with(link: str, at: datetime) -> str:
    """What is wrong with ``link`` for whoever follows it ``at`` that moment; "" if nothing."""
    try:
        target = urlsplit(link)
        is_whole = target.scheme in {"http", "https"} and bool(target.hostname)
    except ValueError:
        return _("“%(link)s” is no address.") % {"link": link}
    if target.scheme == "mailto":
        return ""
    if not is_whole:
        words = _("“%(link)s” leads nowhere from a mail: write the whole address.")
        return words % {"link": link}
    if target.netloc.lower() != urlsplit(settings.SITE_URL).netloc.lower():
        return ""
    match = _match_of(unquote(target.path))
    if match and _is_one_readers(match):
        return _("“%(link)s” is the link of one reader; it must not be sent.") % {
            "link": link
        }
    if match and _is_public(match, at):
        return ""
    return _("“%(link)s” is no page that readers can see.") % {"link": link}


def _match_of(path: str) -> ResolverMatch | None:
    """The page at ``path``, which browsers reach without its last slash, too."""
    for one in (path or "/", f"{path}/"):
        try:
            return resolve(one)
        except Resolver404:
            continue
    return None


def _is_one_readers(match: ResolverMatch) -> bool:
    """The copy that is looked at is made out to nobody, so its own tokens name no row."""
    if match.view_name not in _OWN_TO_A_READER:
        return False
    token = str(match.kwargs["token"])
    return match.url_name == "confirm" or tokens.pk_of(token) is not None


def _is_public(match: ResolverMatch, at: datetime) -> bool:
    if match.namespace == "admin":
        return False
    if match.view_name == "comments:media":
        media = Media.objects.filter(pk=match.kwargs["pk"])
        return media.exists() and _article(at, match.kwargs).exists()
    if match.namespace == "comments" and "slug" in match.kwargs:
        return _article(at, match.kwargs).exists()
    look = _PAGES.get(match.view_name)
    return look is None or look(at, match.kwargs).exists()


def _article(at: datetime, kwargs: Kwargs) -> QuerySet[Article]:
    return Article.objects.published(now=at).at(kwargs["slug"])


def _written(at: datetime, kwargs: Kwargs) -> QuerySet[Article]:
    """What gives somebody a page: an article that they wrote or reviewed."""
    theirs = Q(author__slug=kwargs["slug"]) | Q(reviewer__slug=kwargs["slug"])
    return Article.objects.published(now=at).filter(theirs)


_PAGES: Mapping[str, Callable[[datetime, Kwargs], QuerySet]] = {
    "articles:article": _article,
    "articles:topic": lambda at, kwargs: Topic.objects.filter(slug=kwargs["slug"]),
    "articles:topic_feed": lambda at, kwargs: Topic.objects.filter(slug=kwargs["slug"]),
    "articles:author": _written,
    "articles:page": lambda at, kwargs: Page.objects.filter(path=kwargs["path"]),
}
