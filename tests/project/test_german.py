"""A site in German is German, but for what its author wrote."""

import re
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils.translation import override

from articles.models import Article, Media, Page, SiteSettings
from articles.seed import seed_site
from comments.thread import thread_page
from outbox.models import Message
from subscriptions import joining
from subscriptions.letters.drafting import draft_of
from subscriptions.letters.preview import parts_for_nobody
from tests.articles.test_seed import layer_of, seed_lines
from tests.factories import make_comment, make_subscriber
from tests.project.catalogues import entries_of
from tests.project.wording import Shown

ARTICLE = "/articles/foot-massage/"
PAGES = [
    "/", "/articles/", "/topics/", "/topics/massage/", ARTICLE, f"{ARTICLE}media/1/",
    f"{ARTICLE}comments/", f"{ARTICLE}comments/sent/", f"{ARTICLE}comments.json",
    "/subscribe/", "/subscribe/check/", "/preferences/", "/about/", "/how-we-work/",
    "/medical-disclaimer/", "/privacy/", "/comment-policy/", "/accessibility/",
    "/nowhere/", "/admin/login/", "/?a=%00",
]  # fmt: skip


@pytest.fixture
def german(db, settings):
    """The site as its owner first sees it, with SITE_LANGUAGE=de."""
    settings.LANGUAGE_CODE = "de"
    seed_site()
    Media.objects.update(id=1)
    day = datetime(2026, 1, 1, 12, tzinfo=UTC)
    Article.objects.update(published_at=day)
    make_comment(Article.objects.get())


def english_in(html):
    """Texts of the catalogue that a German would not write, outside the author's words."""
    ours = re.sub(r'<(\w+)[^>]* data-layer="author".*?</\1>', "", html, flags=re.DOTALL)
    shown = Shown()
    shown.feed(ours)
    said = "\n".join(shown.texts)
    return [
        entry.msgid
        for entry in entries_of("de")
        for text in {entry.msgid, entry.plural} - {"", *entry.translations}
        if len(re.findall(r"\w+", re.sub(r"%\(\w+\)[sd]", "", text))) > 1
        and re.search(re.sub(r"%\\\(\w+\\\)[sd]", ".+", re.escape(text)), said)
    ]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_german_and_says_so(client, german, path):
    html = client.get(path).content.decode()

    assert html.startswith(("<!doctype html>\n<html lang=\"de\"", "<!DOCTYPE html>\n\n<html lang=\"de\"", "{"))  # fmt: skip
    assert english_in(html) == []


def test_english_words_would_be_noticed(client, german, settings):
    settings.LANGUAGE_CODE = "en"

    assert len(english_in(client.get(ARTICLE).content.decode())) > 20


def test_the_authors_words_and_labels_stay_as_they_are(client, german):
    html = client.get(ARTICLE).content.decode()

    assert layer_of(html, "author") == seed_lines()
    assert 'id="add-comment">Add comment</h2>' in html
    assert '<h2 id="subscribe">Subscribe us</h2>' in html


def test_the_sites_own_words_are_german(client, german):
    html = client.get(ARTICLE).content.decode()

    assert Page.objects.get(path="privacy").title == "Datenschutz"
    assert SiteSettings.load().tagline == "Klare Worte über Füße, Massage und Ruhe."
    for words in [
        "Bevor Sie beginnen", "Wählen Sie sofort die Notrufnummer Ihres Landes, wenn:",
        "Kurz gesagt", "Die Fußkarte", "1 Kommentar", "3\u00a0Minuten", "1. Januar 2026",
    ]:  # fmt: skip
        assert words in html


def test_dates_of_comments_are_right_in_each_language(site):
    article = Article.objects.get()
    comment = make_comment(article)
    type(comment).objects.update(created_at=datetime(2026, 3, 7, 12, tzinfo=UTC))

    def date():
        return thread_page(article).comments[0].date

    assert date() == "7 March 2026"
    with override("de"):
        assert date() == "7. März 2026"
    assert date() == "7 March 2026"


@pytest.mark.parametrize(
    "letter", ["confirm", "already", "welcome", "move", "taken", "moved"]
)
def test_every_mail_is_german_and_says_so(german, letter):
    joining._post(letter, make_subscriber())

    mail = Message.objects.get()
    assert mail.html.startswith('<!doctype html>\n<html lang="de">')
    assert english_in(mail.html) == english_in(f"{mail.subject}\n{mail.text}") == []


def test_the_settings_of_a_reader_are_german(client, german):
    page = make_subscriber(state="confirmed").preferences_url
    page = page.removeprefix("http://testserver")

    for part in ["", "?done=saved", "?done=asked", "erase/"]:
        html = client.get(page + part).content.decode()
        assert '<html lang="de"' in html
        assert english_in(html) == []


def test_a_letter_and_its_desk_are_german(admin_client, german):
    article = Article.objects.get()
    letter = draft_of(article)
    parts = parts_for_nobody(letter)
    desk = admin_client.get(f"/admin/subscriptions/letter/{letter.pk}/desk/")

    assert letter.subject == f"Neu bei Footcare: {article.title}"
    assert '<html lang="de"' in parts.html
    for text in [parts.html, parts.text, desk.content.decode()]:
        assert english_in(text) == []


@pytest.mark.parametrize(
    ("path", "form"),
    [
        (f"{ARTICLE}comments/", {"email": "x"}),
        (f"{ARTICLE}comments/", {"name": "n" * 99, "body": "b\n" * 10_001}),
        ("/subscribe/", {"email": "x", "topics": "x", "website": "x"}),
    ],
)
def test_a_refusal_is_german(client, german, path, form):
    assert english_in(client.post(path, form).content.decode()) == []


@pytest.mark.parametrize(
    "model", ["articles_article", "articles_section", "articles_media", "articles_note", "comments_comment"]
)  # fmt: skip
def test_the_admin_is_german(admin_client, german, model):
    first = apps.get_model(model.replace("_", ".")).objects.first()
    changelist = admin_client.get(reverse(f"admin:{model}_changelist"))
    form = admin_client.get(reverse(f"admin:{model}_change", args=[first.pk]))

    for response in [changelist, form]:
        assert english_in(response.content.decode()) == []


def test_nobody_negotiates_the_language(client, site):
    plain = client.get(ARTICLE)
    wished = client.get(ARTICLE, headers={"accept-language": "de"})

    assert wished.content == plain.content
    assert "Accept-Language" not in plain.headers.get("Vary", "")


@pytest.mark.parametrize("path", ["/", "/?a=%00"])
def test_a_language_that_is_written_from_the_right_says_so(
    client, site, settings, path
):
    assert b'<html lang="en">' in client.get(path).content

    settings.LANGUAGE_CODE = "ar"

    assert b'<html lang="ar" dir="rtl">' in client.get(path).content
