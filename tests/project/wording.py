"""Find words that do not come from a catalogue.

Every text that goes through gettext is set in ⟦brackets⟧, and all that is written in the
database is numbers: a letter outside brackets is then a word that nobody could translate.
"""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

from django.contrib.auth.models import User
from django.utils.translation.trans_real import DjangoTranslation

from articles.models import (
    Article,
    Author,
    Media,
    Note,
    Page,
    Point,
    Section,
    SiteSettings,
    Source,
    Topic,
)
from comments.models import (
    Ban,
    Comment,
    Event,
    ModerationSettings,
    Reader,
    Report,
    Rule,
    SavedReply,
    Scrutiny,
)
from subscriptions.lists.entries import Kind
from subscriptions.lists.undoing import WORDS
from subscriptions.models import (
    Bounce,
    Delivery,
    Digest,
    Import,
    Letter,
    SendingSettings,
    Suppression,
    Tally,
    Wording,
)
from tests.factories import make_article, make_comment, make_subscriber

# The same in every language.
NAMES = {"WhatsApp", "Bluesky", "Facebook", "X", "RSS", "Atom", "JSON"}
SPOKEN = {"aria-label", "alt", "title", "placeholder", "data-up", "data-down"}

NOON = datetime(2024, 1, 31, 12, tzinfo=UTC)
LETTERS = [
    *[(state, "") for state in Letter.State if state != Letter.State.PAUSED],
    *[(Letter.State.PAUSED, pause) for pause in Letter.Pause],
]
_REPORT = {
    "counts": dict.fromkeys(Kind.values, 80),
    "lines": {kind: [[81, "82", ""]] for kind in Kind.values},
    "removed": 83,
    "stay": dict.fromkeys(WORDS, 84),
}


def set_in_brackets(monkeypatch):
    def one(self, text):
        return f"⟦{text.split(chr(4))[-1]}⟧"

    def one_of_two(self, singular, plural, count):
        return one(self, singular if count == 1 else plural)

    monkeypatch.setattr(DjangoTranslation, "gettext", one)
    monkeypatch.setattr(DjangoTranslation, "ngettext", one_of_two)


class Shown(HTMLParser):
    """What a page says: its text in one piece, then each attribute that is read out."""

    def __init__(self):
        super().__init__()
        self.texts, self.silent = [""], False

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.silent = tag in {"script", "style"}
        self.texts[0] += " "
        self.texts += [values[name] or "" for name in SPOKEN & set(values)]
        if values.get("name") == "description":
            self.texts.append(values["content"])
        if values.get("type") == "submit":
            self.texts.append(values.get("value", ""))

    def handle_endtag(self, tag):
        self.silent = False

    def handle_data(self, data):
        if not self.silent:
            self.texts[0] += data


def strangers(html):
    """The words in ``html`` (or in plain text) that came from nowhere."""
    shown = Shown()
    shown.feed(html)
    found = []
    for text in shown.texts:
        rest = re.sub(r"\{\w+\}|\w+://[^\s⟧]+|[^\s⟦]+@[^\s⟧]+", "", text)
        while rest != (rest := re.sub(r"⟦[^⟦⟧]*⟧", "", rest)):
            pass
        found += re.findall(r"[^\W\d_]+", rest)
    return [word for word in found if word not in NAMES]


FACTS = (
    "{site_name} {publisher} {contact_email} {disclosure} {emergency_number} "
    "{urgent_advice_line} {ip_policy} {tested_on}"
)


def fill_with_numbers():
    """A site with something of every kind in it, and not one word."""
    SiteSettings.objects.create(
        pk=1, name="1", tagline="2", add_comment_label="3", subscribe_label="4"
    )
    Page.objects.create(path="5", title="5", text=FACTS)
    topic = Topic.objects.create(name="6", slug="six")
    Topic.objects.create(name="7", slug="seven")
    author = Author.objects.create(name="8", slug="eight", credentials="9")
    for number in range(10, 22):
        make_article(title=f"{number}", slug=f"a{number}", summary="9", author=author)
    review = {
        "reviewer": author,
        "reviewed_on": "2024-01-31",
        "review_due": "2025-01-31",
    }
    article = make_article(title="22", slug="full", summary="23", **review)
    article.topics.add(topic)
    _fill(article)
    make_article(title="24", slug="closed", summary="25", comments_open=False)
    reader = make_subscriber(email="a@b.example")
    for number, kind in enumerate(Delivery.Bounced):
        Bounce.objects.create(source=f"59{number}", kind=kind, subscriber=reader)
    _write_to(reader, article, topic)
    return article


def _write_to(reader, article, topic):
    """What those see who send letters, and a list that they brought."""
    SendingSettings.objects.create(pk=1, imprint="60", refused_domains="2.61")
    for n, (state, pause) in enumerate(LETTERS):
        letter = make_letter(state, pause, subject="62", preview="63", body="64")
        letter.topics.add(topic)
        Delivery.objects.create(
            letter=letter, subscriber=reader, state=Delivery.State.values[n % 6],
            tried_at=NOON, error="65",
        )  # fmt: skip
    make_letter("draft", kind="article", article=article, subject="66")
    digest = Digest.objects.create(until=NOON)
    make_letter("draft", kind="digest", digest=digest, subject="67").articles.add(
        article
    )
    for state in Import.State:
        Import.objects.create(
            state=state, proof="68", report=_REPORT, file_name="69.70"
        )
    Tally.objects.create(day=NOON.date(), joined=71, left=72)
    Wording.objects.create(version="73", language="74", words="75")
    for number, reason in enumerate(Suppression.Reason):
        Suppression.objects.create(digest=f"76{number}", reason=reason)


def make_letter(state, pause="", **values):
    """A letter in this state, begun if it may be, with all that the state asks for."""
    fixed = {"state": state, "pause": pause, "created_at": NOON}
    if state in {"sending", "sent"} or pause == Letter.Pause.FAILURES:
        fixed |= {"queued_at": NOON, "frozen_subject": "85", "html": "86", "text": "87"}
    if state == "sent":
        fixed["finished_at"] = NOON
    if state == "scheduled":
        fixed["scheduled_at"] = NOON
    return Letter.objects.create(**fixed | values)


def _fill(article):
    for number, kind in enumerate(Section.Kind.values):
        section = Section.objects.create(
            article=article, kind=kind, heading="", anchor=f"s{number}", text="26"
        )
        if kind in {"benefits", "contraindications", "steps"}:
            point = kind.removesuffix("s")
            Point.objects.create(section=section, kind=point, text="27")
    source = Source.objects.create(citation="46", checked_on="2024-01-31")
    for kind in set(Note.Kind.values) - {"care_card"}:
        note = Note.objects.create(
            article=article, kind=kind, heading="28", text="29\n" * 6, status="approved"
        )
        note.sources.add(source)
    for level in Note.Level.values:
        card = {"kind": "care_card", "level": level, "heading": "30", "text": "31"}
        Note.objects.create(article=article, status="approved", **card)
    for state in Media.State.values:
        url = "" if state == Media.State.LOST else "https://x.example/"
        figure = {"remote_comments": 32, "remote_as_of": "2024-01-31"}
        item = Media.objects.create(
            article=article, provider="33", title="34", state=state, url=url, **figure
        )
    keeper = User.objects.create_user("35", is_staff=True)
    first = make_comment(article, name="36", body="37", author=keeper)
    make_comment(parent=first, name="38", body="39")
    gone = make_comment(article, name="40", body="41")
    make_comment(parent=gone, name="42", body="43")
    make_comment(article, media=item, name="44", body="45")
    Comment.objects.filter(pk=gone.pk).update(status=Comment.Status.HIDDEN, body="")
    _look_after(first, keeper)
    Article.objects.update(published_at="2026-01-31T12:00Z")


def _look_after(comment, keeper):
    """What those see who moderate."""
    Rule.objects.all().delete()
    Rule.objects.create(kind="word", value="47", reason="48", points=49)
    for kind in Ban.Kind:
        Ban.objects.create(kind=kind, value="50", note="51", by=keeper)
    SavedReply.objects.create(title="52", text="53")
    ModerationSettings.objects.create(pk=1)
    Reader.objects.create(email="a@b.example")
    Report.objects.create(comment=comment, reason="other", words="54")
    Scrutiny.objects.create(comment=comment, score=55, reasons=[["56", 57]])
    for what in Event.What:
        Event.objects.create(
            comment=comment, what=what, who="editor", by=keeper, words="58"
        )
