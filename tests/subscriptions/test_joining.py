"""Asked, looked up by the worker, confirmed; the same answer for every address."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from articles.models import Topic
from outbox.models import Message
from subscriptions import joining, wording
from subscriptions.models import Request, Subscriber, Wording
from tests.factories import make_subscriber
from tests.subscriptions.steps import EMAIL, a_while_later, ask, path_of, quiet, work

State = Subscriber.State


def test_asking_writes_one_row_and_nothing_else(client, db):
    response = ask(client)

    assert response.headers["Location"] == "/subscribe/check/"
    assert Request.objects.get().email == EMAIL
    assert not Subscriber.objects.exists()
    assert not Message.objects.exists()
    assert not client.cookies


@pytest.mark.parametrize("state", [None, *State.values])
def test_the_answer_is_the_same_for_every_address(
    client, db, settings, state, django_assert_num_queries
):
    settings.CACHE_IS_SHARED = False
    if state:
        make_subscriber(email=EMAIL, state=state)

    # Two counts of tries, the owner's list, the site's name; one row between two savepoints,
    # no topics.
    with django_assert_num_queries(8):
        response = ask(client)

    page = client.get(response.headers["Location"])
    assert (response.status_code, response.content) == (302, b"")
    assert EMAIL not in page.content.decode()


@pytest.mark.parametrize(
    ("state", "subject"),
    [
        (None, "Confirm your subscription to Footcare"),
        (State.PENDING, "Confirm your subscription to Footcare"),
        (State.LEFT, "Confirm your subscription to Footcare"),
        (State.BOUNCED, "Confirm your subscription to Footcare"),
        (State.CONFIRMED, "You are on the list of Footcare already"),
    ],
)
def test_the_worker_answers_with_the_letter_that_fits(client, db, state, subject):
    if state:
        make_subscriber(email="Reader@Example.org", state=state)

    ask(client)
    work()

    message = Message.objects.get()
    assert message.subject == subject
    assert message.to.lower() == EMAIL
    assert Subscriber.objects.get().state == (state or State.PENDING)


def test_confirming_takes_a_press_and_welcomes_once(client, db):
    ask(client)
    work()
    url = path_of(Subscriber.objects.get().confirm_url)

    for _ in range(2):
        page = client.get(url)
        assert "Yes, subscribe me" in page.content.decode()
        assert Subscriber.objects.get().state == State.PENDING
    for _ in range(2):
        page = client.post(url)
        assert "You are subscribed" in page.content.decode()

    subscriber = Subscriber.objects.get()
    assert subscriber.state == State.CONFIRMED
    assert subscriber.confirmed_at is not None
    assert Message.objects.filter(subject="You are subscribed to Footcare").count() == 1


def test_the_consent_says_when_where_and_in_which_words(client, db):
    Topic.objects.create(name="Rest", slug="rest")
    client.post(
        "/subscribe/",
        {"email": EMAIL, "topics": ["rest"]},
        headers={"Referer": "http://testserver/articles/foot-massage/?x=1"},
    )
    work()

    subscriber = Subscriber.objects.get()
    assert subscriber.asked_on == "/articles/foot-massage/"
    assert subscriber.asked_at == Request.objects.get().asked_at
    assert subscriber.wording == wording.current().version
    assert "One e-mail for each new article" in Wording.objects.get().words
    assert [topic.slug for topic in subscriber.topics.all()] == ["rest"]


def test_every_mail_has_both_parts_and_can_be_left_with_one_click(client, joined):
    a_while_later()
    ask(client)
    work()

    messages = list(Message.objects.order_by("pk"))
    assert len(messages) == 3
    for message in messages:
        joined.refresh_from_db()
        link = message.headers["List-Unsubscribe"]
        assert link.startswith("<http://testserver/unsubscribe/")
        assert message.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert len(message.text.splitlines()) > 5
        assert "<html" in message.html
        assert "{{" not in message.text + message.html
        assert "None" not in message.text + message.html
    assert messages[0].text.count("/subscribe/confirm/") == 1
    assert messages[1].text.count("/unsubscribe/") == 1


def test_no_word_that_a_stranger_typed_stands_in_the_first_mail(client, db):
    client.post(
        "/subscribe/",
        {"email": EMAIL, "name": "BUY PILLS", "topics": []},
        headers={"Referer": "http://testserver/BUY-PILLS/", "User-Agent": "BUY PILLS"},
    )
    work()

    message = Message.objects.get()
    assert "PILLS" not in message.subject + message.text + message.html


def test_no_token_of_the_page_before_is_kept(client, db):
    pages = {
        make_subscriber().confirm_url: "/subscribe/confirm/(token)/",
        make_subscriber().preferences_url: "/preferences/(token)/",
    }
    for page, kept in pages.items():
        client.post("/subscribe/", {"email": EMAIL}, headers={"Referer": page})
        assert Request.objects.latest("pk").page == kept


def test_a_double_press_makes_one_subscriber(client, db):
    ask(client)
    ask(client)
    work()

    assert Subscriber.objects.count() == 1
    assert Message.objects.count() == 1


def test_a_request_that_another_worker_has_answered_gets_no_second_letter(client, db):
    ask(client)
    request = Request.objects.get()  # as a worker that then was slow saw it
    work()
    a_while_later()

    assert not joining._answer(request.pk)

    assert Message.objects.count() == 1


def test_who_asks_again_is_kept_as_long_as_the_new_link_works(client, db):
    long_ago = timezone.now() - timedelta(days=8)
    pending = make_subscriber(email=EMAIL, asked_at=long_ago, linked_at=long_ago)
    ask(client)
    work()

    joining.forget_unconfirmed(quiet)

    pending.refresh_from_db()
    client.post(path_of(pending.confirm_url))
    pending.refresh_from_db()
    assert pending.state == State.CONFIRMED


def test_a_link_works_from_when_it_was_made_not_from_when_it_was_asked_for(client, db):
    ask(client)
    Request.objects.update(asked_at=timezone.now() - timedelta(days=4))
    work()

    joining.forget_unconfirmed(quiet)

    subscriber = Subscriber.objects.get()
    assert (
        "Yes, subscribe me"
        in client.get(path_of(subscriber.confirm_url)).content.decode()
    )


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Host", "X-Forwarded-Server", "Forwarded"]
)
def test_no_header_moves_a_link_in_a_mail(client, db, header):
    client.post("/subscribe/", {"email": EMAIL}, headers={header: "evil.example"})
    work()

    message = Message.objects.get()
    assert "evil.example" not in f"{message.text}{message.html}{message.headers}"
    assert "http://testserver/subscribe/confirm/" in message.text


def test_who_never_confirmed_is_forgotten_and_nobody_else(client, joined):
    long_ago = timezone.now() - timedelta(days=8)
    make_subscriber(linked_at=long_ago)
    fresh = make_subscriber()
    Subscriber.objects.filter(pk=joined.pk).update(linked_at=long_ago)
    Request.objects.update(answered_at=long_ago)

    joining.forget_unconfirmed(quiet)

    assert set(Subscriber.objects.all()) == {joined, fresh}
    assert not Request.objects.exists()


def test_the_database_refuses_impossible_subscribers(db):
    make_subscriber(email=EMAIL)
    for values in [
        {"email": "READER@example.org"},
        {"state": "unheard-of"},
        {"state": State.CONFIRMED, "confirmed_at": None},
        {"state": State.LEFT, "left_at": None},
        {"state": State.BOUNCED, "bounced_at": None},
        {"pace": "daily"},
    ]:
        with pytest.raises(IntegrityError), transaction.atomic():
            make_subscriber(**values)


def test_the_admin_shows_the_list_and_changes_nothing(admin_client, db):
    subscriber = make_subscriber()

    assert (
        EMAIL.split("@")[1]
        in admin_client.get("/admin/subscriptions/subscriber/").content.decode()
    )
    url = f"/admin/subscriptions/subscriber/{subscriber.pk}/change/"
    assert admin_client.get(url).status_code == 200
    assert admin_client.post(url, {"state": "confirmed"}).status_code == 403
    assert admin_client.get("/admin/subscriptions/subscriber/add/").status_code == 403


@pytest.mark.parametrize("state", [None, State.CONFIRMED])
@pytest.mark.django_db(transaction=True)
def test_workers_that_answer_for_one_address_at_once_send_no_letter_too_many(
    client, state
):
    if state:
        make_subscriber(email=EMAIL, state=state)
    for _ in range(2):
        ask(client)
        work()
        a_while_later()
    for _ in range(4):
        ask(client)
    waiting = Request.objects.filter(answered_at=None).values_list("pk", flat=True)
    start = threading.Barrier(4)

    def answer(pk):
        start.wait(timeout=30)
        try:
            return joining._answer(pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as workers:
        assert all(workers.map(answer, list(waiting)))

    assert Message.objects.count() == 3
