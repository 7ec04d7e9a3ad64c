import re
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from articles.models import Article
from comments.models import Comment
from tests.comments.steps import GOOD, URL, errors
from tests.factories import make_article, make_comment, make_media


@pytest.fixture(autouse=True)
def _seeded(site):
    pass


def without_keys(html):
    return re.sub(r"key=[\w%.-]+", "key=", html)


def test_a_readers_comment_waits_and_the_page_says_so(client):
    response = client.post(URL, GOOD, follow=True)

    comment = Comment.objects.get()
    assert (comment.status, comment.name, comment.author) == ("waiting", "Ada", None)
    [(url, status)] = response.redirect_chain
    assert status == 302
    assert url.startswith("/articles/foot-massage/comments/sent/?key=")
    assert "waits for an editor" in response.content.decode()
    assert Article.objects.get().comments_count == 0
    assert "My feet" not in client.get("/articles/foot-massage/").content.decode()
    assert not client.cookies


def test_a_staff_comment_is_visible_at_once(admin_client, admin_user):
    ours = {"Sec-Fetch-Site": "same-origin"}
    response = admin_client.post(URL, GOOD, headers=ours, follow=True)

    comment = Comment.objects.get()
    assert (comment.status, comment.author) == ("visible", admin_user)
    assert f'href="{comment.get_absolute_url()}"' in response.content.decode()
    html = admin_client.get("/articles/foot-massage/").content.decode()
    assert '<span class="badge">editor</span>' in html


def test_a_comment_of_a_user_who_does_not_keep_the_site_waits(client):
    client.force_login(User.objects.create_user("reader"))

    client.post(URL, GOOD, headers={"Sec-Fetch-Site": "same-origin"})

    comment = Comment.objects.get()
    assert (comment.status, comment.author) == ("waiting", None)


def test_a_double_press_makes_one_comment(client):
    answers = [client.post(URL, GOOD) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Comment.objects.count() == 1


def test_the_same_words_of_somebody_else_are_a_comment_of_their_own(client):
    client.post(URL, GOOD)
    client.post(URL, GOOD | {"name": "Bob", "email": ""})

    assert Comment.objects.count() == 2


def test_an_editor_who_repeats_a_readers_words_is_heard(client, admin_client):
    client.post(URL, GOOD)
    admin_client.post(URL, GOOD, headers={"Sec-Fetch-Site": "same-origin"})

    assert sorted(Comment.objects.values_list("status", flat=True)) == [
        "visible",
        "waiting",
    ]


def test_an_answer_hangs_on_its_comment_and_item(client):
    item = Article.objects.get().media.get()
    root = make_comment(item.article, media=item)

    form = client.get(f"{URL}?parent={root.pk}").content.decode()
    client.post(URL, GOOD | {"parent": root.pk})

    assert f'name="parent" value="{root.pk}"' in form
    reply = Comment.objects.get(parent=root)
    assert (reply.root, reply.media) == (root, item)


@pytest.mark.parametrize("status", ["waiting", "hidden", "spam"])
def test_an_answer_to_what_is_not_visible_is_refused_and_kept(client, status):
    root = make_comment(Article.objects.get(), status=status)

    response = client.post(URL, GOOD | {"parent": root.pk})

    assert errors(response) == {"__all__": ["parent_gone"]}
    html = response.content.decode()
    assert GOOD["body"] in html
    assert 'name="parent"' not in html
    assert client.get(f"{URL}?parent={root.pk}").status_code == 404


def test_an_answer_or_item_of_another_article_is_refused(client):
    other = make_comment()
    item = make_media(other.article)

    assert errors(client.post(URL, GOOD | {"parent": other.pk})) == {
        "__all__": ["parent_gone"]
    }
    assert errors(client.post(URL, GOOD | {"media": item.pk})) == {
        "__all__": ["media_gone"]
    }


def test_a_form_that_a_robot_filled_goes_to_spam_and_the_answer_is_the_same(client):
    honest = client.post(URL, GOOD, follow=True).content.decode()
    Comment.objects.all().delete()

    robot = client.post(URL, GOOD | {"website": "https://x.example"}, follow=True)

    assert Comment.objects.get().status == "spam"
    assert without_keys(robot.content.decode()) == without_keys(honest)


def test_a_closed_article_takes_no_comment_and_keeps_the_words(client):
    Article.objects.update(comments_open=False)

    assert errors(client.post(URL, GOOD)) == {"__all__": ["closed"]}
    assert "closed" in client.get(URL).content.decode()
    page = client.get("/articles/foot-massage/").content.decode()
    assert "Comments on this article are closed." in page
    assert 'id="comment-form"' not in page


def test_too_many_at_once_are_asked_to_wait_and_keep_their_words(client):
    for n in range(20):
        client.post(URL, GOOD | {"body": f"Number {n}"})

    response = client.post(URL, GOOD | {"body": "One too many"})

    assert response.status_code == 429
    assert response.headers["Retry-After"] == "60"
    assert "One too many" in response.content.decode()
    assert Comment.objects.count() == 20


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"]
)
def test_the_limit_cannot_be_moved_by_a_header(client, header):
    for n in range(21):
        response = client.post(
            URL, GOOD | {"body": f"{n}"}, headers={header: f"10.0.0.{n}"}
        )

    assert response.status_code == 429


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_a_method_that_the_address_does_not_have_gets_a_page(client, method):
    response = getattr(client, method)(URL)

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, POST"
    assert "Not that way" in response.content.decode()


@pytest.mark.parametrize(
    "asked", ["parent=x", "media=x", "parent=99", "media=99", "parent=-1"]
)
def test_a_form_page_about_nothing_is_not_found(client, asked):
    assert client.get(f"{URL}?{asked}").status_code == 404


def test_a_comment_on_an_item_is_about_that_item(client):
    item = Article.objects.get().media.get()
    page = client.get(reverse("comments:media", args=["foot-massage", item.pk]))
    assert f'name="media" value="{item.pk}"' in page.content.decode()

    sent = client.post(URL, GOOD | {"media": item.pk}, follow=True)

    assert Comment.objects.get().media == item
    assert f'href="{item.get_absolute_url()}">Back to asmr' in sent.content.decode()


def test_an_item_of_an_article_has_no_page_under_another(client):
    item, other = make_media(make_article()), make_article()

    assert client.get(f"{other.get_absolute_url()}media/{item.pk}/").status_code == 404


@pytest.mark.parametrize(
    "values",
    [
        {"status": "draft"},
        {"status": "review"},
        {"status": "archived"},
        {"published_at": timezone.now() + timedelta(days=1)},
    ],
)
def test_an_item_of_an_article_that_is_not_published_has_no_page(client, values):
    item = Article.objects.get().media.get()
    url = item.get_absolute_url()
    assert client.get(url).status_code == 200
    Article.objects.update(**values)

    assert client.get(url).status_code == 404


def test_a_comment_sent_while_the_address_changed_is_not_lost(client):
    Article.objects.update(slug="new-address")

    response = client.post(URL, GOOD)

    sent = response.headers["Location"]
    assert sent.startswith("/articles/new-address/comments/sent/?key=")
    assert Comment.objects.get().body == GOOD["body"]


@pytest.mark.django_db(transaction=True)
def test_a_comment_on_an_article_that_is_deleted_meanwhile_is_not_found(client):
    client.raise_request_exception = False

    def deleted_when_found(execute, statement, *arguments):
        found = execute(statement, *arguments)
        if statement.startswith("SELECT") and 'FROM "articles_article"' in statement:
            deleting.close()
            Article.objects.all().delete()
        return found

    with ExitStack() as deleting:
        deleting.enter_context(connection.execute_wrapper(deleted_when_found))
        response = client.post(URL, GOOD)

    assert response.status_code == 404
    assert "This page has walked off" in response.content.decode()
    assert not Comment.objects.exists()
