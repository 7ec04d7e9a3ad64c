"""What speaks against sending a letter, found before anybody gets it.

The letter is looked at as it would go out: composed, encoded, and read again.
"""

import email.policy
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from html.parser import HTMLParser

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.models import Article, Note, Section
from footcare.lib.links import absolute_url
from subscriptions.letters import surroundings
from subscriptions.letters.findings import Finding, Level, hint, ok, stops
from subscriptions.letters.mime import PreparedLetter, To
from subscriptions.letters.targets import trouble_with
from subscriptions.models import Letter

SUBJECT_SHOWN = 70  # characters; telephones show about half of that
MOST_BYTES = 102_000  # Gmail cuts off what is longer, and with it the way out

# Nobody has this number, so the links of the copy that is looked at open nothing.
_NOBODY = To(delivery=0, subscriber=0, email="nobody@example.org", letter_key="")


def look_at(letter: Letter, readers: int, at: datetime | None = None) -> list[Finding]:
    """All findings about ``letter``, to go to so many ``readers``, now or ``at`` a moment."""
    at = at or timezone.now()
    articles = _articles_of(letter)
    public = set(Article.objects.published(now=at).filter(pk__in=articles))
    hidden = [one for one in articles.values() if one not in public]
    found = [_about_readers(readers), *_about_articles(letter, public, hidden, at)]
    if not is_lost(letter):
        copy = _Copy(letter)
        found += [
            _about_subject(copy.subject),
            *_about_words(letter),
            *_about_links(copy, at),
            _about_images(copy),
            _about_size(copy),
            *_about_safety(public, copy),
            _about_leaving(copy),
            _about_one_click(copy),
        ]
    return found + surroundings.look()


def what_stops(findings: list[Finding]) -> list[Finding]:
    """Those of ``findings`` with which nothing may be sent."""
    return [one for one in findings if one.level is Level.STOPS]


def is_lost(letter: Letter) -> bool:
    """Whether nothing can be composed any more: its article was deleted."""
    has_none = letter.kind == Letter.Kind.ARTICLE and letter.article_id is None
    return has_none and not letter.is_frozen


class _Copy:
    """``letter`` made out to nobody, as a mail program reads it."""

    def __init__(self, letter: Letter) -> None:
        prepared = PreparedLetter(letter)
        data = prepared.data(_NOBODY).replace(b"\r\n..", b"\r\n.")
        self.message = message_from_bytes(data, policy=email.policy.default)
        self.subject = prepared.parts.subject
        self.html, self.text = self._content("html"), self._content("plain")
        self.seen = _Seen()
        self.seen.feed(self.html)

    @property
    def leave_url(self) -> str:
        """The address in the header, which a mail program's own button opens."""
        return str(self.message["List-Unsubscribe"] or "").strip("<> ")

    @property
    def bytes(self) -> int:
        """How long the HTML is on its way."""
        part = self.message.get_body(("html",))
        return len(str(part.get_payload())) if part else 0

    def _content(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part else ""


class _Seen(HTMLParser):
    """The links of a letter, and how many images have no words in their place."""

    def __init__(self) -> None:
        super().__init__()
        self.links: dict[str, None] = {}
        self.images_without_words = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "a" and "href" in values:
            self.links[values["href"] or ""] = None
        elif tag == "img" and "alt" not in values:
            self.images_without_words += 1


def _articles_of(letter: Letter) -> dict[int, Article]:
    """What the letter is about, by number."""
    if letter.kind == Letter.Kind.ARTICLE and letter.article:
        return {letter.article.pk: letter.article}
    if letter.kind == Letter.Kind.DIGEST:
        return {article.pk: article for article in letter.articles.all()}
    return {}


def _about_readers(readers: int) -> Finding:
    if not readers:
        return stops(_("Readers"), _("Nobody would get this letter."))
    words = ngettext("%(count)s reader gets it.", "%(count)s readers get it.", readers)
    number = number_format(readers, force_grouping=True)
    return ok(_("Readers"), words % {"count": number})


def _about_articles(
    letter: Letter, public: set[Article], hidden: list[Article], at: datetime
) -> Iterator[Finding]:
    name = _("Article")
    if is_lost(letter):
        yield stops(name, _("The article of this letter has been deleted."))
        return
    # A digest leaves out what nobody can read.
    say = hint if public else stops
    for article in hidden:
        yield say(name, _not_there(article, at))
    if public and not hidden:
        yield ok(name, _("Readers can read what the letter is about."))


def _not_there(article: Article, at: datetime) -> str:
    is_later = article.published_at is not None and article.published_at > at
    if article.status != Article.Status.PUBLISHED or not is_later:
        return _("“%(title)s” is not published.") % {"title": article.title}
    words = _(
        "“%(title)s” appears on %(moment)s. Schedule the letter for then or later."
    )
    moment = date_format(timezone.localtime(article.published_at), "DATETIME_FORMAT")
    return words % {"title": article.title, "moment": moment}


def _about_subject(subject: str) -> Finding:
    name = _("Subject")
    if not subject:
        return stops(name, _("The letter has no subject."))
    if len(subject) > SUBJECT_SHOWN:
        words = _("It has %(count)d characters: many programs cut it off.")
        return hint(name, words % {"count": len(subject)})
    if len(subject) > 3 and subject.isupper():
        return hint(name, _("All in capitals it looks like spam."))
    return ok(name, _("It is short enough to be seen whole."))


def _about_words(letter: Letter) -> Iterator[Finding]:
    if letter.kind == Letter.Kind.NOTE and not letter.body.strip():
        yield stops(_("Text"), _("The letter has no text."))


def _about_links(copy: _Copy, at: datetime) -> list[Finding]:
    troubles = [trouble_with(link, at) for link in copy.seen.links]
    found = [stops(_("Links"), trouble) for trouble in troubles if trouble]
    return found or [ok(_("Links"), _("All are whole, and ours lead to a page."))]


def _about_images(copy: _Copy) -> Finding:
    if copy.seen.images_without_words:
        words = _("An image has no words in its place for those who do not see it.")
        return hint(_("Images"), words)
    return ok(_("Images"), _("None is without words in its place."))


def _about_size(copy: _Copy) -> Finding:
    size = {"size": number_format(copy.bytes / 1000, 1), "most": MOST_BYTES // 1000}
    if copy.bytes < MOST_BYTES:
        return ok(_("Size"), _("%(size)s of at most %(most)d kB.") % size)
    words = _(
        "%(size)s kB are too much: Gmail cuts a letter off at %(most)d kB, and with its end "
        "the link for leaving."
    )
    return stops(_("Size"), words % size)


def _about_safety(articles: set[Article], copy: _Copy) -> Iterator[Finding]:
    """Where an article says who should take care, its letter must lead there."""
    says_so = Q(sections__kind=Section.Kind.CONTRAINDICATIONS) | Q(
        notes__kind=Note.Kind.CALLOUT, notes__status=Note.Status.APPROVED
    )
    careful = (
        Article.objects.filter(says_so, pk__in=[one.pk for one in articles])
        .distinct()
        .order_by("pk")
    )
    for article in careful:
        place = absolute_url(f"{article.get_absolute_url()}#")
        is_linked = any(link.startswith(place) for link in copy.seen.links)
        if not (is_linked and place in copy.text):
            words = _("The letter does not say who should take care with “%(title)s”.")
            yield stops(_("Safety note"), words % {"title": article.title})
            return
    if careful:
        yield ok(_("Safety note"), _("It says who should take care."))


def _about_leaving(copy: _Copy) -> Finding:
    name, link = _("Leaving"), copy.leave_url
    if link and link in copy.seen.links and link in copy.text:
        return ok(name, _("The link is in the HTML and in the plain text."))
    return stops(name, _("The link for leaving is not in both parts of the letter."))


def _about_one_click(copy: _Copy) -> Finding:
    """RFC 8058, read from the headers as they are sent."""
    name = _("One-click leaving")
    is_ours = copy.leave_url.startswith(absolute_url("/"))
    one_click = copy.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    if is_ours and one_click:
        return ok(name, _("Both headers are there."))
    return stops(name, _("The headers for one-click leaving are missing or wrong."))
