"""What is stored about a reader of letters: taken along, and erased to the last column."""

import json

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from articles.models import Topic
from outbox.models import Message
from subscriptions import suppression
from subscriptions.models import (
    Bounce,
    Delivery,
    Import,
    Letter,
    Request,
    Subscriber,
    Suppression,
    Tally,
)
from tests.comments.test_own_data import places_of
from tests.factories import make_subscriber
from tests.subscriptions.steps import EMAIL, a_while_later, ask, path_of, work
from tests.subscriptions.test_leaving import make_delivery
from tests.subscriptions.test_moving import NEW, ask_to_move

REFUSED = f"550 <{EMAIL}>: no such user"


def page_of(reader):
    return path_of(reader.preferences_url)


def erase(client, reader):
    return client.post(f"{page_of(reader)}erase/")


@pytest.fixture
def traces(client, joined, admin_user):
    """`EMAIL` wherever the letters may put it."""
    a_while_later()
    ask(client, "READER@example.org")
    ask_to_move(client, joined)
    work()
    Request.objects.filter(email=NEW).update(page=f"/?e={EMAIL}")
    joined.proof = f"{EMAIL} wrote to us."
    joined.imported = Import.objects.create(
        file_name=f"{EMAIL}.csv",
        content=f"email\nother{EMAIL}\n{EMAIL.upper()}\n{EMAIL}.au\n",
        proof=f"Ask {EMAIL}, please.",
        report={"wrong": [{"line": 3, "words": f"“{EMAIL}” twice"}]},
    )
    joined.save()
    delivery = make_delivery(joined, error=REFUSED)
    Letter.objects.update(pause_words=REFUSED)
    Bounce.objects.create(source="1", kind="soft", words=REFUSED, subscriber=joined)
    Bounce.objects.create(source="2", kind="hard", words=REFUSED)
    Bounce.objects.create(source=f"{EMAIL}/3", kind="hard")
    Message.objects.create(
        to="owner@example.net", subject="A letter is paused", text=REFUSED,
        html=f"<p>{EMAIL}</p>", message_id="<alert>", state="sent",
        sent_at=timezone.now(),
    )  # fmt: skip
    LogEntry.objects.create(
        user=admin_user,
        content_type=ContentType.objects.get_for_model(Message),
        object_id="1",
        object_repr=f"Confirm to {EMAIL}",
        change_message=json.dumps([{"changed": {"name": EMAIL}}]),
        action_flag=CHANGE,
    )
    return delivery


COLUMNS = {
    "subscriptions_subscriber": ["email", "proof"],
    "subscriptions_request": ["email", "page"],
    "subscriptions_import": ["file_name", "content", "proof", "report"],
    "subscriptions_delivery": ["error"],
    "subscriptions_letter": ["pause_words"],
    "subscriptions_bounce": ["words", "source"],
    "outbox_message": ["to", "text", "html"],
    "django_admin_log": ["object_repr", "change_message"],
}


def test_an_erased_address_stands_in_no_column_of_no_table(
    client, joined, traces, logged
):
    expected = {f"{table}.{name}" for table, names in COLUMNS.items() for name in names}
    assert set(places_of(EMAIL)) == expected
    assert NEW in Message.objects.values_list("to", flat=True)

    page = erase(client, joined)

    assert page.status_code == 200
    assert "Your address is deleted" in page.content.decode()
    # Somebody else's, which only holds the same letters, stays as it is.
    assert places_of(EMAIL) == ["subscriptions_import.content"]
    content = Import.objects.get().content
    assert content == f"email\nother{EMAIL}\n…\n{EMAIL}.au\n"
    assert places_of(NEW) == []
    assert Import.objects.get().report == {"wrong": [{"line": 3, "words": "“…” twice"}]}
    assert EMAIL not in logged.text.lower()


def test_what_stays_is_a_hash_and_numbers(client, joined, traces):
    erase(client, joined)

    assert suppression.suppressed_among([EMAIL]) == {EMAIL}
    assert Suppression.objects.get().reason == Suppression.Reason.ERASED
    today = Tally.objects.get()
    assert (today.joined, today.left) == (1, 1)
    delivery = Delivery.objects.get()
    assert (delivery.subscriber, delivery.state) == (None, "sent")
    assert delivery.left_at is not None
    assert Letter.objects.count() == 1


def test_who_had_left_is_remembered_as_erased_and_counted_once(client, joined):
    client.post(path_of(joined.leave_url))
    erase(client, joined)

    assert Suppression.objects.get().reason == Suppression.Reason.ERASED
    assert Tally.objects.get().left == 1


def test_erasing_asks_first(client, joined):
    for _ in range(2):
        html = client.get(f"{page_of(joined)}erase/").content.decode()
        assert "Delete what is stored?" in html
        assert EMAIL in html

    assert Subscriber.objects.get().email == EMAIL


def test_the_links_of_who_is_erased_are_dead(client, joined):
    paths = [page_of(joined), f"{page_of(joined)}erase/", path_of(joined.confirm_url)]
    erase(client, joined)

    assert {client.get(path).status_code for path in paths} == {410}
    assert {client.post(path).status_code for path in paths} == {410}
    left = client.post(path_of(joined.leave_url))
    assert (left.status_code, Subscriber.objects.count()) == (200, 0)


def test_nobody_else_is_touched(client, joined, traces):
    other = make_subscriber(email=f"an-{EMAIL}", state="confirmed", proof="By hand.")
    delivery = make_delivery(other, error="550 no")
    ask(client, f"an-{EMAIL}")
    before = Subscriber.objects.filter(pk=other.pk).values().get()

    erase(client, joined)

    assert Subscriber.objects.values().get() == before
    delivery.refresh_from_db()
    assert (delivery.subscriber, delivery.error) == (other, "550 no")
    assert Request.objects.get().email == other.email


def test_who_was_erased_may_come_back_by_a_new_press(client, joined):
    erase(client, joined)
    ask(client)
    work()
    assert suppression.suppressed_among([EMAIL])

    client.post(path_of(Subscriber.objects.get().confirm_url))

    assert Subscriber.objects.get().state == "confirmed"
    assert suppression.suppressed_among([EMAIL]) == set()


@pytest.mark.django_db(transaction=True)
def test_an_erased_address_is_in_no_new_backup(client, joined, traces, tmp_path):
    before, after = tmp_path / "before", tmp_path / "after"
    call_command("backup", before, verbosity=0)
    Import.objects.update(content="")

    erase(client, joined)

    call_command("backup", after, verbosity=0)
    if connection.vendor == "sqlite":
        assert EMAIL.encode() in before.read_bytes()
        assert EMAIL.encode() not in after.read_bytes()


def test_everything_can_be_taken_along(client, joined, traces):
    joined.topics.add(Topic.objects.create(name="Rest", slug="rest"))
    make_delivery(make_subscriber(email="other@example.com"))

    response = client.get(f"{page_of(joined)}subscription.json")

    assert response.headers["Content-Type"] == "application/json"
    assert "attachment" in response.headers["Content-Disposition"]
    assert response.headers["Cache-Control"] == "private, no-store"
    found = json.loads(response.content)
    assert (found["email"], found["state"]) == (EMAIL, "confirmed")
    assert found["topics"] == ["Rest"]
    consent = found["consent"]
    assert consent["asked_on"] == joined.asked_on
    assert consent["asked_at"]
    assert consent["confirmed_at"]
    assert "One e-mail for each new article" in consent["words"]
    assert consent["proof"] == f"{EMAIL} wrote to us."
    assert [one["letter"] for one in found["requests"]] == [
        "confirm",
        "already",
        "move",
    ]
    assert [one["letter__subject"] for one in found["letters"]] == ["News of feet"]
    assert [one["words"] for one in found["bounces"]] == [REFUSED]
    assert [one["subject"] for one in found["mails"]] == [
        "Confirm your subscription to Footcare",
        "You are subscribed to Footcare",
        "You are on the list of Footcare already",
    ]
    text = response.content.decode()
    assert joined.letter_key not in text
    assert joined.confirm_key not in text
    assert "other@example.com" not in text


def test_taking_along_costs_the_same_however_many_letters(
    client, joined, django_assert_num_queries
):
    make_delivery(joined)
    path = f"{page_of(joined)}subscription.json"
    with django_assert_num_queries(8):
        client.get(path)
    for _ in range(3):
        make_delivery(joined)
    with django_assert_num_queries(8):
        client.get(path)
