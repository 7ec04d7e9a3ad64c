"""The form: its preview, its answers by mail, and what it says will happen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article, Hold, SiteSettings
from comments.models import Comment, Reader
from tests.comments.steps import GOOD, URL, errors
from tests.factories import make_comment

PREVIEW = GOOD | {"preview": "1", "follows": "thread"}


@pytest.fixture(autouse=True)
def _seeded(site):
    pass


def test_a_preview_shows_the_comment_as_it_will_look_and_stores_nothing(client):
    typed = PREVIEW | {"body": "Some *slanted* words <b>.", "follows": "replies"}
    root = make_comment(Article.objects.get(), body="What is **asked**?")

    response = client.post(URL, typed | {"parent": root.pk})

    assert response.status_code == 200
    html = response.content.decode()
    assert '<p dir="auto">Some <em>slanted</em> words &lt;b&gt;.</p>' in html
    assert "Some *slanted* words &lt;b&gt;.</textarea>" in html
    assert '<option value="replies" selected>' in html
    assert f'name="parent" value="{root.pk}"' in html
    assert "What is <strong>asked</strong>?" in html
    assert response.headers["Cache-Control"] == "private, no-store"
    assert Comment.objects.get() == root


def test_a_preview_of_nothing_says_what_is_missing(client):
    response = client.post(URL, PREVIEW | {"body": " "})

    assert errors(response) == {"body": ["required"]}
    assert "comment-preview" not in response.content.decode()


def test_previews_have_the_limit_of_comments_and_keep_their_words(client):
    for _ in range(20):
        client.post(URL, PREVIEW)

    response = client.post(URL, PREVIEW)

    assert response.status_code == 429
    assert GOOD["body"] in response.content.decode()


@pytest.mark.parametrize("follows", Comment.Follows.values)
def test_which_answers_come_by_mail_is_kept(client, follows):
    client.post(URL, GOOD | {"follows": follows})

    assert Comment.objects.get().follows == follows


def test_mail_needs_an_address(client):
    response = client.post(URL, GOOD | {"email": "", "follows": "thread"})

    assert errors(response) == {"email": ["follows"]}
    assert '<option value="thread" selected>' in response.content.decode()


def test_an_address_that_is_none_is_told_once(client):
    response = client.post(URL, GOOD | {"email": "ada@", "follows": "thread"})

    assert errors(response) == {"email": ["invalid"]}


def test_a_choice_that_is_none_is_refused_beside_its_field(client):
    response = client.post(URL, GOOD | {"follows": "everything"})

    assert errors(response) == {"follows": ["invalid_choice"]}
    html = response.content.decode()
    assert '<a href="#c-follows">Choose one of the three.</a>' in html
    assert 'id="c-follows-error">Choose one of the three.</p>' in html


def test_where_confirmation_is_asked_for_the_address_is_required(client, admin_client):
    SiteSettings.objects.update(comments_confirm=True)

    response = client.post(URL, GOOD | {"email": ""})

    assert errors(response) == {"email": ["confirm"]}
    form = client.get(URL).content.decode()
    assert "Before that you press a link that we mail to you." in form
    assert 'autocomplete="email" required' in form
    # Who keeps the site is known.
    ours = {"Sec-Fetch-Site": "same-origin"}
    answer = admin_client.post(URL, GOOD | {"email": ""}, headers=ours)
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("hold", "words"),
    [
        (Hold.ALL, "An editor reads each comment before it appears."),
        (Hold.STRANGERS, "An editor reads your first comment before it appears."),
        (Hold.NOBODY, "Your comment appears at once"),
    ],
)
@pytest.mark.parametrize("page", ["/articles/foot-massage/", URL])
def test_the_note_below_the_button_says_what_the_policy_does(client, hold, words, page):
    SiteSettings.objects.update(comments_hold=hold)

    assert words in client.get(page).content.decode()


def close_after(days):
    published_at = timezone.now() - timedelta(days=10)
    Article.objects.update(published_at=published_at, comments_close_after=days)


def test_the_last_day_for_comments_is_told_before_it_comes(client):
    close_after(10)

    assert "Comments are open until" in client.get(URL).content.decode()
    assert client.post(URL, GOOD).status_code == 302


def test_after_the_last_day_everything_but_writing_goes_on(client):
    comment = make_comment(Article.objects.get())
    close_after(9)

    refused = client.post(URL, GOOD)
    assert errors(refused) == {"__all__": ["closed"]}
    assert GOOD["body"] in refused.content.decode()
    for page in ["/articles/foot-massage/", URL]:
        html = client.get(page).content.decode()
        assert "Comments on this article are closed." in html
        assert 'id="comment-form"' not in html
    thread = client.get("/articles/foot-massage/").content.decode()
    assert "?parent=" not in thread
    assert f"comments/{comment.pk}/report/" in thread
    for feed in ["/articles/foot-massage/comments.json", "/feeds/comments.rss"]:
        assert comment.body in client.get(feed).content.decode()


def test_a_reader_who_is_known_needs_no_address(db):
    from comments.forms import CommentForm

    reader = Reader.objects.create(email="ada@example.org")
    words = GOOD | {"email": "", "follows": "replies"}

    form = CommentForm(words, article=Article.objects.get(), reader=reader)

    assert form.is_valid()
