"""Letters about articles, begun: with their subject, for an editor or for the worker."""

from collections.abc import Callable, Collection
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.models import Article, SiteSettings
from footcare.lib.text import clean_text
from subscriptions.letters.teasers import one_line
from subscriptions.models import Digest, Letter

_MOST = 150  # characters of a subject, as its field has it


def draft_of(article: Article, by: AbstractBaseUser | None = None) -> Letter:
    """The letter of ``article`` that there is, unless it was cancelled; else a new draft.

    It is saved. However many editors press at once, there is one (letter_of_article_once).
    """
    standing = Letter.objects.exclude(state=Letter.State.CANCELLED)
    letter, _made = standing.get_or_create(
        kind=Letter.Kind.ARTICLE,
        article=article,
        defaults={"subject": subject_of(article), "created_by": by},
    )
    return letter


def schedule_article(article: Article) -> Letter:
    """A letter of ``article`` that nobody asked for, due since it was published; saved.

    Raises IntegrityError if it has one that was not cancelled.
    """
    return Letter.objects.create(
        kind=Letter.Kind.ARTICLE,
        article=article,
        subject=subject_of(article),
        is_automatic=True,
        state=Letter.State.SCHEDULED,
        scheduled_at=article.published_at,
    )


def schedule_digest(digest: Digest, articles: Collection[Article]) -> Letter:
    """A letter of ``digest`` with these of its articles (at least one), due; saved."""
    letter = Letter.objects.create(
        kind=Letter.Kind.DIGEST,
        digest=digest,
        subject=_subject_of_digest(articles),
        is_automatic=True,
        state=Letter.State.SCHEDULED,
        scheduled_at=digest.until,
    )
    letter.articles.set(articles)
    return letter


def subject_of(article: Article) -> str:
    """The subject of the letter of ``article``: its title, shortened where it is long."""
    words = {"site": SiteSettings.load().name}
    return _fitted(
        lambda title: _("New on %(site)s: %(title)s") % {**words, "title": title},
        article.title,
    )


def _subject_of_digest(articles: Collection[Article]) -> str:
    newest = max(articles, key=lambda one: (one.published_at, one.pk))
    more = len(articles) - 1
    words: dict[str, Any] = {"site": SiteSettings.load().name, "more": more}
    if not more:
        pattern = _("This week on %(site)s: %(title)s")
    else:
        pattern = ngettext(
            "This week on %(site)s: %(title)s, and %(more)d more",
            "This week on %(site)s: %(title)s, and %(more)d more",
            more,
        )
    return _fitted(lambda title: pattern % {**words, "title": title}, newest.title)


def _fitted(subject: Callable[[str], str], title: str) -> str:
    """The subject with as much of ``title`` as there is room for."""
    title = one_line(clean_text(title))
    over = len(subject(title)) - _MOST
    if over > 0:
        title = f"{title[: -over - 1].rstrip()}…"
    return subject(title)
