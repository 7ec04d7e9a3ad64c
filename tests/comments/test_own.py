"""A comment in the hands of who wrote it: what the key opens, for how long, and what it does."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone

from articles.models import Article, Hold, SiteSettings
from comments import moderation, own, scoring, tokens
from comments.models import Comment, Event, Reader, Scrutiny
from tests.comments.steps import GOOD, URL
from tests.factories import make_article, make_comment

Status = Comment.Status


@pytest.fixture(autouse=True)
def _seeded(site):
    pass


def at(page, comment, *, is_author=True):
    return f"{URL}{page}?key={quote(own.key_for(comment, is_author=is_author))}"


def post(client, url, words):
    return client.post(url, words, headers={"Sec-Fetch-Site": "same-origin"})


def let_pass(**time):
    Comment.objects.update(created_at=timezone.now() - timedelta(**time))


@pytest.fixture
def comment():
    return make_comment(Article.objects.get(), status="waiting", body="*My* feet.")


def test_the_author_sees_a_waiting_comment_as_it_will_look_and_no_cache_keeps_it(
    client, comment
):
    response = client.get(at("sent/", comment))

    html = response.content.decode()
    assert '<article class="comment is-waiting">' in html
    assert "waiting for an editor, seen only by you" in html
    assert "<em>My</em> feet." in html
    assert response.headers["Cache-Control"] == "private, no-store"
    assert not client.cookies


def test_spam_is_told_as_what_waits_is(client, comment):
    url = at("sent/", comment)
    waiting = client.get(url).content

    Comment.objects.update(status="spam")

    assert client.get(url).content == waiting


def test_a_visible_comment_is_named_with_its_place(client):
    comment = make_comment(Article.objects.get())

    html = client.get(at("sent/", comment)).content.decode()

    assert "Your comment is on the page." in html
    assert f'href="{comment.get_absolute_url()}"' in html


@pytest.mark.parametrize("key", ["", "x", "WzEsMV0:1:x", "%00", "\ud800", "x" * 5000])
def test_without_a_good_key_it_is_the_same_page_for_everybody(client, comment, key):
    key = quote(key, errors="surrogatepass")
    response = client.get(f"{URL}sent/?key={key}")

    assert response.status_code == 200
    assert response.content == client.get(f"{URL}sent/").content
    for page in ["own/", "own/delete/"]:
        assert client.get(f"{URL}{page}?key={key}").status_code == 404
        assert post(client, f"{URL}{page}?key={key}", GOOD).status_code == 404


def test_a_key_opens_nothing_after_a_day(client, comment, monkeypatch):
    url = at("sent/", comment)
    later = timezone.now().timestamp() + 24 * 3600 + 60
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)

    assert "feet" not in client.get(url).content.decode()


def test_a_key_for_another_purpose_opens_nothing(client, comment):
    key = quote(tokens.make("moderate", comment.pk, 1))

    assert "feet" not in client.get(f"{URL}sent/?key={key}").content.decode()
    assert client.get(f"{URL}own/?key={key}").status_code == 404


def test_a_key_opens_nothing_under_another_article(client, comment):
    other = make_article().get_absolute_url()
    elsewhere = at("sent/", comment).replace("/articles/foot-massage/", other)

    assert "feet" not in client.get(elsewhere).content.decode()


def test_an_edit_is_the_authors_and_marked(client):
    comment = make_comment(Article.objects.get(), author=None)
    comment.reader = Reader.objects.create(email="ada@example.org")
    comment.save()
    form = client.get(at("own/", comment)).content.decode()
    assert comment.body in form

    response = post(client, at("own/", comment), {"name": "Ada", "body": "Better."})

    assert response.status_code == 302
    assert response.headers["Location"].startswith(f"{URL}sent/?key=")
    comment.refresh_from_db()
    assert (comment.name, comment.body, comment.status) == ("Ada", "Better.", "visible")
    assert comment.edited_at
    event = Event.objects.get()
    assert (event.what, event.who, event.by) == ("edited", "author", None)


def test_a_strangers_approved_words_wait_again_once_they_are_others(client):
    comment = make_comment(Article.objects.get())

    response = client.post(
        at("own/", comment), {"name": "Ada", "body": "Buy!"}, follow=True
    )

    assert "An editor reads it first" in response.content.decode()
    assert Comment.objects.get().status == "waiting"
    assert Article.objects.get().comments_count == 0
    changes = Event.objects.values_list("what", "who", "before", "after")
    assert list(changes) == [
        ("edited", "author", "", ""),
        ("status", "site", "visible", "waiting"),
    ]


@pytest.mark.parametrize(
    ("before", "score", "holds", "after"),
    [
        ("visible", 0, False, "visible"),
        ("visible", 0, True, "waiting"),
        ("visible", 70, False, "waiting"),
        ("visible", 100, False, "spam"),
        ("waiting", 0, False, "waiting"),
        ("waiting", 100, False, "spam"),
        ("spam", 0, False, "spam"),
    ],
)
def test_an_edit_is_judged_and_never_brings_a_comment_onto_the_page(
    client, monkeypatch, before, score, holds, after
):
    SiteSettings.objects.update(comments_hold=Hold.NOBODY)
    comment = make_comment(Article.objects.get(), status=before)
    verdict = scoring.Verdict(score, [("a reason", score)], holds)
    monkeypatch.setattr(scoring, "judge", lambda draft: verdict)

    client.post(at("own/", comment), {"name": "Ada", "body": "Other words."})

    assert Comment.objects.get().status == after
    assert Scrutiny.objects.get().score == score


def test_an_edit_that_changes_nothing_is_no_edit(client, comment):
    words = {"name": comment.name, "body": comment.body}

    assert client.post(at("own/", comment), words).status_code == 302

    assert not Event.objects.exists()
    assert Comment.objects.get().edited_at is None


def test_an_edit_that_is_refused_keeps_every_word(client, comment):
    response = client.post(at("own/", comment), {"name": " ", "body": "All of <b>it"})

    assert response.status_code == 422
    html = response.content.decode()
    assert "<title>Error: " in html
    assert html.index("There is a problem") < html.index("<h1")
    assert "All of &lt;b&gt;it</textarea>" in html
    assert Comment.objects.get().body == "*My* feet."


def test_after_a_quarter_of_an_hour_it_stays_and_what_was_typed_is_shown(
    client, comment
):
    let_pass(minutes=16)

    for page in ["own/", "own/delete/"]:
        assert client.get(at(page, comment)).status_code == 410
        response = client.post(at(page, comment), {"name": "Ada", "body": "Too late"})
        assert response.status_code == 410
    edit = client.post(at("own/", comment), {"name": "Ada", "body": "Too late"})
    assert "Too late</textarea>" in edit.content.decode()
    assert "own/" not in client.get(at("sent/", comment)).content.decode()
    assert Comment.objects.get().body == "*My* feet."


def test_what_an_editor_has_hidden_stays_as_it_is(client, comment):
    Comment.objects.update(status="hidden")

    assert client.post(at("own/", comment), GOOD).status_code == 410
    assert client.post(at("own/delete/", comment)).status_code == 410
    assert Comment.objects.get().body == "*My* feet."


def test_deleting_asks_first_and_then_erases(client, comment):
    assert client.get(at("own/delete/", comment)).status_code == 200
    assert Comment.objects.exists()

    response = client.post(at("own/delete/", comment), follow=True)

    assert "Your comment is deleted" in response.content.decode()
    assert not Comment.objects.exists()
    event = Event.objects.get()
    assert (event.what, event.who) == ("erased", "author")


def test_deleting_what_was_answered_leaves_a_place_without_words(client):
    comment = make_comment(Article.objects.get())
    answer = make_comment(parent=comment)

    response = client.post(at("own/delete/", comment), follow=True)

    assert "Your comment is deleted" in response.content.decode()
    assert list(Comment.objects.visible()) == [answer]
    assert Comment.objects.get(pk=comment.pk).name == ""
    assert client.get(at("own/", comment)).status_code == 404


def test_a_key_does_nothing_to_another_comment(client, comment):
    other = make_comment(comment.article)

    client.post(at("own/", comment), {"name": "Ada", "body": "Mine."})
    client.post(at("own/delete/", comment))

    assert list(Comment.objects.values_list("pk", "body")) == [(other.pk, other.body)]


@pytest.mark.parametrize("page", ["own/", "own/delete/"])
def test_nobody_elses_page_can_send_the_form(client, comment, page):
    response = client.post(
        at(page, comment), GOOD, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert response.status_code == 403
    assert Comment.objects.get().body == "*My* feet."


def test_who_sends_words_again_that_stand_on_the_page_cannot_change_them(client):
    client.post(URL, GOOD)
    theirs = Comment.objects.get()
    moderation.set_status(Comment.objects.all(), Status.VISIBLE, by=None)

    response = client.post(URL, GOOD, follow=True)

    assert Comment.objects.count() == 1
    assert "Your comment is on the page." in response.content.decode()
    key = response.redirect_chain[0][0].partition("key=")[2]
    assert "own/" not in response.content.decode()
    assert client.post(f"{URL}own/?key={key}", GOOD).status_code == 410
    assert client.post(f"{URL}own/delete/?key={key}").status_code == 410
    # Nor do they learn what becomes of it.
    theirs.refresh_from_db()
    moderation.edit(theirs, by=None, body="Private now.")
    Comment.objects.update(status="waiting")
    assert "Private" not in client.get(f"{URL}sent/?key={key}").content.decode()


def test_who_presses_twice_may_change_it_all_the_same(client):
    client.post(URL, GOOD)

    response = client.post(URL, GOOD, follow=True)

    assert "own/?key=" in response.content.decode()


def test_a_mail_is_told_in_the_same_words_for_every_address(client):
    Reader.objects.create(email="known@example.org")
    pages = [
        client.post(URL, GOOD | {"email": email}, follow=True).content.decode()
        for email in ["known@example.org", "new@example.org"]
    ]

    told = [page.partition("We are sending a mail")[2][:120] for page in pages]
    assert told[0]
    assert told[0] == told[1]
    assert "example.org" not in told[0]


def test_an_edit_is_not_measured_against_itself_and_is_known_again_by_its_new_words(db):
    words = "The warm oil was a good idea, my heels feel so much softer this evening."
    comment = make_comment(body="Another text altogether, and long enough to be known.")
    own.change(comment, name=comment.name, body=words, network="203.0.113.7/32")
    own.change(
        comment, name=comment.name, body=f"{words} Thanks.", network="203.0.113.7/32"
    )

    scrutiny = Scrutiny.objects.get(comment=comment)
    assert not any("same text" in reason for reason, _ in scrutiny.reasons)
    assert scrutiny.words_one is not None
