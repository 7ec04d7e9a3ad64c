"""Who may do what with letters, and what strange requests do: nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from articles.models import Article
from outbox.models import Message
from subscriptions.letters import control
from subscriptions.models import Delivery, Letter
from tests.factories import make_article, make_subscriber
from tests.subscriptions.admin.steps import (
    address,
    make_editor,
    make_queued,
    press,
    said,
    send,
    state,
)
from tests.subscriptions.letters.steps import make_letter, make_readers

pytestmark = pytest.mark.django_db

State = Letter.State
PRESSES = ["test", "schedule", "unschedule", "pause", "resume", "cancel", "requeue"]


def everything():
    return (
        list(Letter.objects.order_by("pk").values()),
        list(Delivery.objects.order_by("pk").values()),
        Message.objects.count(),
    )


def of_article(article):
    return reverse("admin:subscriptions_letter_of_article", args=[article.pk])


@pytest.mark.parametrize("name", ["desk", "send"])
@pytest.mark.parametrize("query", ["", "?do=cancel", "?do=pause&seen=x"])
def test_looking_changes_nothing(admin_client, name, query):
    make_queued()
    letter = make_letter()
    before = everything()

    for one in Letter.objects.all():
        for method in (admin_client.get, admin_client.head):
            assert method(f"{address(one, name)}{query}").status_code in {200, 302}

    assert everything() == before
    assert state(letter) == State.DRAFT


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
@pytest.mark.parametrize("name", ["desk", "send"])
def test_other_methods_are_refused(admin_client, method, name):
    response = getattr(admin_client, method)(address(make_letter(), name))

    assert response.status_code == 405


def test_who_may_only_see_letters_changes_none(client):
    client.force_login(make_editor("view_letter"))
    letters = [make_queued(), make_letter()]
    before = everything()

    for letter in letters:
        response = client.get(address(letter))
        assert response.status_code == 200
        assert 'name="do"' not in response.content.decode()
        assert [press(client, letter, do).status_code for do in PRESSES] == [403] * 7
        assert send(client, letter).status_code == 403
    asked = client.get(address(letters[1], "send")).content.decode()
    assert "<form" not in asked.partition('id="content-main"')[2].partition("footer")[0]

    assert everything() == before


def test_who_may_see_no_letters_sees_none(client):
    client.force_login(make_editor("view_subscriber"))
    letter = make_queued()

    pages = [
        address(letter),
        address(letter, "send"),
        address(letter, "preview", "light"),
        reverse("admin:subscriptions_letter_changelist"),
        reverse("admin:subscriptions_delivery_changelist"),
    ]

    assert {client.get(page).status_code for page in pages} == {403}
    assert press(client, letter, "cancel").status_code == 403


def test_a_stranger_is_asked_to_log_in(client):
    letter = make_queued()

    for response in (client.get(address(letter)), press(client, letter, "cancel")):
        assert response.status_code == 302
        assert "/login/" in response.url
    assert state(letter) == State.SENDING


@pytest.mark.parametrize("do", ["", "erase", "__class__", "queue", "x" * 5000, "\x00"])
def test_no_other_button_does_anything(admin_client, do):
    letter = make_queued()
    before = everything()

    assert press(admin_client, letter, do).status_code == 404
    assert everything() == before


@pytest.mark.parametrize("pk", ["0", "99", "9" * 18, "9" * 30])
def test_a_letter_that_is_none_is_not_found(admin_client, pk):
    base = reverse("admin:subscriptions_letter_changelist")

    for path in ("desk/", "send/", "preview/light/"):
        assert admin_client.get(f"{base}{pk}/{path}").status_code == 404
        if "preview" not in path:
            assert admin_client.post(f"{base}{pk}/{path}", {"do": "cancel"}).status_code == 404  # fmt: skip
    assert admin_client.post(f"{base}of-article/{pk}/").status_code == 404


@pytest.mark.parametrize("mark", ["", "x", "0" * 64, "\x00", "é" * 70_000])
def test_without_the_right_mark_nothing_is_sent(admin_client, mark):
    make_readers(1)
    letter = make_letter()

    assert send(admin_client, letter, mark).status_code == 409
    assert state(letter) == State.DRAFT


def test_a_press_without_a_token_of_the_form_is_refused(admin_user):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin_user)
    letter = make_queued()

    assert press(strict, letter, "cancel").status_code == 403
    assert send(strict, letter).status_code == 403
    assert state(letter) == State.SENDING


# --- a test to oneself ------------------------------------------------------------------------


def test_a_test_goes_to_who_asks_for_it_alone(admin_client, admin_user):
    make_readers(3)
    letter = make_letter()

    response = press(admin_client, letter, "test")

    assert said(response) == [f"A test goes to {admin_user.email}."]
    assert [mail.to for mail in Message.objects.all()] == [admin_user.email]
    assert state(letter) == State.DRAFT


def test_without_an_address_of_ones_own_no_test_comes(admin_client, admin_user):
    admin_user.email = ""
    admin_user.save()

    response = press(admin_client, make_letter(), "test")

    assert response.status_code == 422
    assert "Your account has no e-mail address" in response.content.decode()
    assert not Message.objects.exists()


# --- the preview ------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_preview_may_do_nothing_and_stands_only_in_our_frames(admin_client, scheme):
    make_subscriber(state="confirmed")
    letter = make_letter(subject="<script>alert(1)</script>")

    response = admin_client.get(address(letter, "preview", scheme))

    assert response.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
    )
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in response.headers["Cache-Control"]
    html = response.content.decode()
    assert "<script" not in html
    assert letter.mark not in html


def test_the_desk_may_hold_our_own_frames_and_no_others(admin_client):
    headers = admin_client.get(address(make_letter())).headers

    assert headers["Content-Security-Policy"].endswith("frame-src 'self'")
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("scheme", ["sepia", "LIGHT", "light dark"])
def test_there_is_no_other_scheme(admin_client, scheme):
    path = address(make_letter(), "preview", scheme)

    assert admin_client.get(path).status_code == 404


def test_a_letter_without_its_article_is_shown_and_stopped(admin_client):
    make_readers(1)
    letter = make_letter(kind="article", article=make_article())
    letter.article.delete()

    assert admin_client.get(address(letter)).status_code == 200
    assert admin_client.get(address(letter, "preview", "light")).status_code == 404
    assert send(admin_client, letter, "x").status_code == 422
    assert press(admin_client, letter, "test").status_code == 422
    assert press(admin_client, letter, "schedule", at="2999-01-01T10:00", seen="").status_code == 422  # fmt: skip
    assert press(admin_client, letter, "cancel").status_code == 302


# --- at the article ---------------------------------------------------------------------------

MAY = ["view_article", "change_article", "add_letter", "change_letter", "view_letter"]


def button_at(client, article):
    path = reverse("admin:articles_article_change", args=[article.pk])
    return of_article(article) in client.get(path).content.decode()


@pytest.mark.parametrize(
    ("status", "is_offered"),
    [("draft", False), ("review", False), ("published", True), ("archived", False)],
)
def test_only_an_article_that_readers_see_is_sent(admin_client, status, is_offered):
    article = make_article(status=status)

    assert button_at(admin_client, article) == is_offered
    answer = admin_client.post(of_article(article))
    assert answer.status_code == (302 if is_offered else 404)
    assert Letter.objects.exists() == is_offered


def test_send_this_article_makes_one_letter_and_finds_it_again(admin_client):
    article = make_article(title="Cold feet", summary="Feet\nfirst.")

    first = admin_client.post(of_article(article))
    again = admin_client.post(of_article(article))

    letter = Letter.objects.get()
    assert first.url == again.url == address(letter)
    assert (letter.kind, letter.article) == ("article", article)
    assert letter.subject.endswith(": Cold feet")


def test_after_a_cancelled_letter_an_article_may_have_another(admin_client):
    article = make_article()
    admin_client.post(of_article(article))
    control.cancel(Letter.objects.get())

    admin_client.post(of_article(article))

    assert sorted(Letter.objects.values_list("state", flat=True)) == ["cancelled", "draft"]  # fmt: skip


def test_a_long_title_is_cut_off_where_a_subject_ends(admin_client):
    admin_client.post(of_article(make_article(title="x" * 200, summary="y" * 400)))

    letter = Letter.objects.get()
    assert (len(letter.subject), letter.subject[-1]) == (150, "…")


@pytest.mark.parametrize("missing", ["add_letter", "change_letter"])
def test_who_may_not_make_letters_is_offered_none(client, missing):
    client.force_login(make_editor(*(one for one in MAY if one != missing)))
    article = make_article()

    assert not button_at(client, article)
    assert client.post(of_article(article)).status_code == 403
    assert not Letter.objects.exists()


def test_whoever_may_is_offered_it(client):
    client.force_login(make_editor(*MAY))

    assert button_at(client, make_article())


def test_an_address_that_is_only_looked_at_makes_no_letter(admin_client):
    article = Article.objects.create(title="x", slug="x", status="published", published_at="2020-01-01T00:00Z")  # fmt: skip

    assert admin_client.get(of_article(article)).status_code == 405
    assert not Letter.objects.exists()
