"""The collection of payloads through every field: what comes out is the words, and no more."""

import json
import re
import xml.etree.ElementTree as ET
from email import message_from_bytes, policy
from itertools import cycle

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from articles.models import Article, SiteSettings
from comments import answer_mail, letters, own, readers
from comments.models import NAME_LENGTH, Comment, MailAsked, Reader
from footcare.lib.text import clean_text
from outbox import sending
from outbox.composing import post
from outbox.models import Message
from subscriptions import joining
from subscriptions.models import Request
from tests.factories import make_comment
from tests.hostile import filling
from tests.hostile.filling import fits
from tests.hostile.payloads import PAYLOADS
from tests.reading import FORMS, nodes_of, read

TALK = "/articles/talk/"
# Texts of which a page may hold no character as it was typed.
LOUD = [text for text in PAYLOADS if re.search("<[a-zA-Z/!?]", text)]


def loose(html: str) -> list[str]:
    """Payloads that stand in ``html`` as they were typed."""
    return [text for text in LOUD if filling.fits(text, 900) in html]


@pytest.fixture
def said(db):
    return filling.say_it_all()


@pytest.fixture
def written(db):
    filling.write_it_all()


def test_the_collection_is_large_and_holds_nothing_twice():
    assert len(PAYLOADS) >= 80
    assert len(set(PAYLOADS)) == len(PAYLOADS)
    assert len(LOUD) >= 60


def test_a_thread_shows_every_word_and_runs_none(client, said):
    # Those that show nothing at all were refused.
    assert Comment.objects.count() > len(PAYLOADS) - 8
    pages = [TALK, f"{TALK}?comments={Comment.objects.all()[99].pk}"]
    html = "".join(client.get(page).content.decode() for page in pages)

    assert loose(html) == []
    assert [c for c in Comment.objects.all() if escape(c.name) not in html] == []


_OF_A_COMMENT = re.compile(
    r'</?(?:p|strong|em|code|ul|ol|li|blockquote|a)>|<br>|<(?:p|li|blockquote) dir="auto">'
    r'|<ol start="\d+">|<a (?:href="https?://[^"]*" )?rel="nofollow ugc noopener">'
)


def test_a_thread_for_programs_holds_the_words_as_they_are(client, said):
    shown = json.loads(client.get(f"{TALK}comments.json").content)["comments"]

    names = {comment.pk: comment.name for comment in Comment.objects.all()}
    assert len(shown) == 100
    assert [one for one in shown if one["name"] != names[one["id"]]] == []
    tags = {tag for one in shown for tag in re.findall("<[^>]*>", one["html"])}
    assert len(tags) > 3
    assert [tag for tag in tags if not _OF_A_COMMENT.fullmatch(tag)] == []


@pytest.mark.parametrize(
    "address", ["/feeds/comments.rss", "/feeds/comments.atom", "/feeds/comments.json", "/articles/talk/comments.rss", "/articles/talk/comments.atom"]
)  # fmt: skip
def test_a_feed_of_comments_stays_whole(client, said, monkeypatch, address):
    monkeypatch.setattr("comments.feeds.NEWEST", 1000)

    entries = read(client, address)["entries"]

    assert len(entries) == Comment.objects.count()
    assert not [one for one in entries if loose(one["html"])]


def test_what_its_author_sees_of_a_comment_stays_whole(client, site, monkeypatch):
    for limit in ("views.COMMENTS_A_MINUTE", "own_views.EDITS_A_MINUTE"):
        monkeypatch.setattr(f"comments.{limit}", 10_000)
    comment = make_comment(Article.objects.get())
    asked = f"key={own.key_for(comment, is_author=True)}"
    talk = "/articles/foot-massage/comments/"

    wrong = {}
    for text in PAYLOADS:
        words = {"name": fits(text, NAME_LENGTH), "body": text}
        pages = [
            client.post(talk, words | {"preview": "1", "follows": text}),
            client.post(f"{talk}own/?{asked}", words, follow=True),
            client.get(f"{talk}own/?{asked}"),
            client.get(f"{talk}own/delete/?{asked}"),
        ]
        assert {page.status_code for page in pages} <= {200, 422}
        if found := [loose(page.content.decode()) for page in pages]:
            wrong[text] = [some for some in found if some]
    assert {text: found for text, found in wrong.items() if found} == {}


def test_a_report_and_what_is_pinned_stay_whole(client, site, monkeypatch):
    monkeypatch.setattr("comments.report_views.REPORTS_A_MINUTE", 10_000)
    article = Article.objects.get()

    for text in PAYLOADS:
        name, body = clean_text(fits(text, NAME_LENGTH)), clean_text(text) or "-"
        comment = make_comment(article, name=name, body=body, is_pinned=True)
        url = f"/articles/foot-massage/comments/{comment.pk}/report/"
        refused = client.post(url, {"words": text, "reason": text})
        assert refused.status_code == 422
        shown = client.get("/articles/foot-massage/")
        for page in (refused, client.get(url), shown):
            assert loose(page.content.decode()) == [], text
        comment.delete()


@pytest.mark.parametrize("form", FORMS)
def test_a_feed_of_articles_stays_whole(client, written, monkeypatch, form):
    monkeypatch.setattr("articles.feeds.NEWEST", 1000)

    entries = read(client, f"/feeds/articles.{form}")["entries"]

    assert len(entries) == len(PAYLOADS)
    assert not [one for one in entries if loose(one["html"])]


def test_structured_data_holds_the_words_verbatim(client, written):
    wrong = {}
    for article in Article.objects.select_related("author"):
        nodes = nodes_of(client, article.get_absolute_url())
        found = nodes["Article"]
        if found["headline"] != article.title or found["author"]["name"] != article.author.name:  # fmt: skip
            wrong[article.slug] = found
        if found["description"] != article.summary:
            wrong[article.slug] = found

    assert wrong == {}


def test_the_reading_pages_and_the_map_of_the_site_stay_whole(client, written):
    filling.take_it_apart()
    filling.settle_it_all()
    pages = ["/", "/articles/", "/topics/", "/topics/topic-1/", "/authors/author-1/", "/articles/parts/", "/hostile/", "/subscribe/", "/search/?q=window", "/nowhere/"]  # fmt: skip

    assert {page: found for page in pages if (found := loose(client.get(page).content.decode()))} == {}  # fmt: skip
    ET.fromstring(client.get("/sitemap.xml").content)
    json.loads(client.get("/site.webmanifest").content)
    assert "\n\n\n" not in client.get("/robots.txt").content.decode()


@pytest.mark.parametrize(
    "path", ["/search/?q={}", "/{}/", "/articles/{}/", "/topics/{}/", "/?{}", "/subscribe/confirm/{}/", "/unsubscribe/{}/", "/preferences/{}/", "/preferences/address/{}/", "/comments/confirm/{}/", "/comments/mute/{}/", "/comments/yours/{}/", "/comments/yours/{}/comments.json", "/comments/check/{}/", "/articles/foot-massage/comments/sent/?key={}", "/oembed/?url={}", "/admin/login/?next={}"]
)  # fmt: skip
def test_an_address_is_repeated_as_words_alone(client, site, path):
    from urllib.parse import quote

    found = {}
    for text in PAYLOADS:
        address = path.format(quote(text.replace("\0", ""), safe=""))
        response = client.get(address, headers={"Referer": f"http://x/{quote(text)}"})
        html = response.content.decode()
        if response.status_code >= 500 or loose(html) or "\n" in response.get("Location", ""):  # fmt: skip
            found[text] = response.status_code

    assert found == {}


def test_a_refused_form_gives_every_word_back_as_words(client, site, monkeypatch):
    monkeypatch.setattr("footcare.lib.throttle.retry_after", lambda *args, **kwargs: 0)
    found = {}
    for text in PAYLOADS:
        # Never empty, or the page would not show it again.
        form = dict.fromkeys(
            ["name", "email", "body", "website", "parent", "media"], f"x{text}"
        )
        response = client.post("/articles/foot-massage/comments/", form)
        if response.status_code != 422 or loose(response.content.decode()):
            found["comment", text] = response.status_code
        response = client.post("/subscribe/", {"email": text, "topics": text})
        if response.status_code != 422 or loose(response.content.decode()):
            found["subscribe", text] = response.status_code

    assert found == {}


def test_the_path_a_reader_came_from_is_shown_to_the_owner_as_words(admin_client, site):
    for text in LOUD[:20]:
        referer = f"http://testserver/{text}".encode().decode("latin-1")
        Client().post("/subscribe/", {"email": "a@example.org"}, headers={"Referer": referer})  # fmt: skip
    joining.answer_requests(lambda line: None)

    listed = admin_client.get("/admin/subscriptions/subscriber/")
    pk = re.search(r"/subscriber/(\d+)/change", listed.content.decode())[1]
    shown = admin_client.get(f"/admin/subscriptions/subscriber/{pk}/change/")

    assert Request.objects.count() == 20
    assert loose(shown.content.decode()) == []


def test_the_desk_shows_words_alone(admin_client, said, written):
    article = Article.objects.get(slug="payload-8")
    comment, other = Comment.objects.all()[:2]
    pages = ["/admin/articles/article/", "/admin/articles/topic/", "/admin/articles/media/", "/admin/articles/note/", "/admin/articles/source/", "/admin/articles/section/", f"/admin/articles/article/{article.pk}/change/", f"/admin/articles/article/{article.pk}/delete/", f"/admin/comments/comment/{comment.pk}/change/", f"/admin/comments/comment/{other.pk}/delete/", "/admin/comments/comment/?status=all", "/admin/comments/comment/?status=all&p=2", "/admin/comments/comment/?status=<script>", "/admin/comments/comment/?q=<script>alert(1)</script>", "/admin/articles/source/autocomplete/?app_label=articles&model_name=point&field_name=sources&term="]  # fmt: skip

    found = {}
    for page in pages:
        response = admin_client.get(page)
        is_html = "html" in response.headers["Content-Type"]
        if response.status_code >= 400 or (
            is_html and loose(response.content.decode())
        ):
            found[page] = response.status_code

    assert found == {}


def test_an_editors_change_of_a_comment_is_cleaned_as_the_readers_words_were(
    admin_client, site
):
    comment = make_comment(Article.objects.get())
    url = reverse("admin:comments_comment_change", args=[comment.pk])
    wrong = {}
    for text in PAYLOADS:
        form = {"article": comment.article_id, "name": text, "email": "", "body": f"x{text}", "status": "visible"}  # fmt: skip
        admin_client.post(url, form)
        comment.refresh_from_db()
        stored = f"{comment.name}{comment.body}"
        if re.search("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", stored) or "\n" in comment.name:  # fmt: skip
            wrong[text] = stored

    assert wrong == {}
    html = admin_client.get(url).content.decode()
    assert loose(html + Client().get("/articles/foot-massage/").content.decode()) == []


def test_no_name_of_the_site_gets_into_the_headers_or_the_code_of_a_letter(db):
    wrong, letters = {}, cycle(["confirm", "welcome", "already", "taken", "moved"])
    for text in PAYLOADS:
        site = SiteSettings(name=filling.fits(text, 60))
        mail.outbox.clear()
        links = {"confirm_url": "x", "preferences_url": "y"}
        context = {"site": site, "link_days": 3, "subscriber": links}
        letter = f"subscriptions/mail/{next(letters)}"
        post(letter, "ada@example.org", context, "http://testserver/unsubscribe/t/")
        sending.send_due(lambda line: None)
        for sent in mail.outbox:
            found = message_from_bytes(sent.message().as_bytes(), policy=policy.default)
            html = found.get_body(("html",)).get_content()
            names = sorted(name.lower() for name in found)
            if names != HEADERS or found["To"] != "ada@example.org":
                wrong[text] = names
            if [text] == [one for one in LOUD if text[:60] == one and one in html]:
                wrong[text] = html
        if len(mail.outbox) != 1:
            wrong[text] = len(mail.outbox)

    assert wrong == {}


HEADERS = sorted(["auto-submitted", "content-type", "date", "from", "list-unsubscribe", "list-unsubscribe-post", "message-id", "mime-version", "subject", "to"])  # fmt: skip


def test_nobody_but_the_address_given_gets_a_letter(client, site, monkeypatch):
    monkeypatch.setattr("footcare.lib.throttle.retry_after", lambda *args, **kwargs: 0)
    for text in [one for one in PAYLOADS if "@" in one or not one.isprintable()]:
        client.post("/subscribe/", {"email": text})
        client.post("/subscribe/", {"email": f"ada@example.org{text}"})
    asked = set(Request.objects.values_list("email", flat=True))
    joining.answer_requests(lambda line: None)
    sending.send_due(lambda line: None)

    assert not [one for one in asked if not re.fullmatch(r"[!-~]+@[!-~]+", one)]
    assert {one for sent in mail.outbox for one in sent.recipients()} <= asked
    assert not {one for one in asked if "victim" in one} - {"victim@example.org"}


def test_links_in_a_letter_are_the_sites_whatever_host_a_request_names(client, site):
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example", "X-Host": "evil.example", "Referer": "http://evil.example/"}  # fmt: skip
    client.post("/subscribe/", {"email": "ada@example.org"}, headers=forged)
    refused = client.post("/subscribe/", {"email": "eve@example.org"}, headers={"Host": "evil.example"})  # fmt: skip
    joining.answer_requests(lambda line: None)
    sending.send_due(lambda line: None)

    (letter,) = mail.outbox
    assert refused.status_code == 400
    words = letter.message().as_string()
    assert "evil.example" not in words
    assert set(re.findall(r"https?://[^/\s\"]+", letter.body)) == {"http://testserver"}
    page = client.get("/articles/foot-massage/", headers=forged).content.decode()
    assert "evil.example" not in page


def test_pages_of_links_and_mails_about_answers_hold_words_alone(client, said):
    email = "ada@example.org"
    Comment.objects.update(email=email)
    some = list(Comment.objects.values_list("pk", flat=True))
    for link in asked_links(email):
        html = client.get(link).content.decode()
        assert loose(html) == []
        assert html.count("<fieldset") or html.count('id="yours-')
    readers.confirm(email, some[:1])
    Comment.objects.exclude(pk=some[0]).update(email="", reader=None)
    Comment.objects.filter(pk=some[0]).update(follows="thread")
    reader = Reader.objects.get()
    for start in range(0, len(some), answer_mail.MOST_SHOWN):
        part = Comment.objects.filter(
            pk__in=some[start : start + answer_mail.MOST_SHOWN]
        )
        answer_mail.post_to(reader, list(part.select_related("article")))

    assert Message.objects.count() > 4
    for message in Message.objects.all():
        assert loose(message.html) == []
        assert not re.search(r"\w://(?!testserver)", message.text)
        assert all(
            link.startswith("http://testserver/")
            for link in re.findall(r'href="([^"]*)"', message.html)
        )


def asked_links(email):
    for kind in MailAsked.Kind:
        asked = MailAsked.objects.create(email=email, kind=kind)
        yield letters.link_to(asked).removeprefix("http://testserver")
