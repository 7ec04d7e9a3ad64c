"""Another address: asked for on the reader's page, pressed at the new one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from outbox.models import Message
from subscriptions import joining, limits, moving, suppression
from subscriptions.models import Request, Subscriber
from tests.factories import make_subscriber
from tests.subscriptions.steps import EMAIL, a_while_later, ask, path_of, quiet, work

State = Subscriber.State
NEW = "new@example.net"


@pytest.fixture
def reader(db):
    return make_subscriber(email=EMAIL, state=State.CONFIRMED, wording="of-then")


def ask_to_move(client, reader, email=NEW, **values):
    address = f"{path_of(reader.preferences_url)}address/"
    return client.post(address, {"email": email} | values)


def link_to(email=NEW):
    return path_of(moving.link_to(Request.objects.get(email=email, letter="move")))


def moved(client, reader):
    ask_to_move(client, reader)
    work()
    return client.post(link_to())


def test_asking_moves_nothing_and_mails_the_new_address(client, reader):
    before = Subscriber.objects.values().get()

    response = ask_to_move(client, reader)
    assert response.headers["Location"].endswith("/?done=asked")
    page = client.get(response.headers["Location"]).content.decode()
    assert "We are sending a link to the new address." in page
    assert NEW not in page
    work()

    message = Message.objects.get()
    assert (message.to, message.subject) == (
        NEW,
        "Your new address for letters of Footcare",
    )
    assert "List-Unsubscribe" not in message.headers
    for part in (message.text, message.html):
        assert f"http://testserver{link_to()}" in part
        assert EMAIL not in part
        assert "/unsubscribe/" not in part
        assert "{{" not in part
    assert Subscriber.objects.values().get() == before
    assert Request.objects.get().page == ""


def test_the_press_at_the_new_address_moves_and_tells_the_old_one(client, reader):
    ask_to_move(client, reader)
    work()
    link = link_to()

    for _ in range(2):
        html = client.get(link).content.decode()
        assert "Yes, move them" in html
        assert NEW in html
    assert Subscriber.objects.get().email == EMAIL
    for _ in range(2):
        assert "Your letters are moved" in client.post(link).content.decode()

    after = Subscriber.objects.get()
    assert (after.pk, after.email, after.state) == (reader.pk, NEW, State.CONFIRMED)
    assert (after.wording, after.confirmed_at) == ("of-then", reader.confirmed_at)
    told = Message.objects.exclude(to=NEW).get()
    assert told.to == EMAIL
    assert NEW not in told.text + told.html
    assert reader.preferences_url in told.text
    assert reader.preferences_url in told.html


def test_no_list_brings_the_old_address_back(client, reader):
    suppression.suppress(NEW, "left")

    moved(client, reader)

    assert suppression.suppressed_among([EMAIL, NEW]) == {EMAIL}


def test_who_was_moved_by_somebody_else_takes_it_back(client, reader):
    moved(client, reader)
    a_while_later()
    ask_to_move(client, reader, EMAIL)
    work()

    client.post(link_to(EMAIL))

    assert Subscriber.objects.get().email == EMAIL
    assert suppression.suppressed_among([EMAIL, NEW]) == {NEW}


def test_an_address_on_the_list_is_told_so_and_nothing_moves(client, reader):
    other = make_subscriber(email="New@Example.net", state=State.CONFIRMED)
    free = ask_to_move(client, reader, "free@example.net")

    taken = ask_to_move(client, reader)
    work()

    assert (taken.status_code, taken.headers["Location"]) == (
        free.status_code,
        free.headers["Location"],
    )
    message = Message.objects.get(
        subject="Footcare: your address is on the list itself"
    )
    assert message.to == other.email
    assert other.preferences_url in message.text
    assert other.leave_url in message.text
    assert reader.preferences_url not in message.text + message.html
    assert EMAIL not in message.text + message.html
    assert Request.objects.get(email=NEW).letter == "taken"
    assert set(Subscriber.objects.values_list("email", flat=True)) == {
        EMAIL,
        other.email,
    }


def test_an_address_that_joined_meanwhile_stays(client, reader):
    ask_to_move(client, reader)
    work()
    make_subscriber(email=NEW, state=State.CONFIRMED)

    response = client.post(link_to())

    assert response.status_code == 409
    assert "Nothing was moved" in response.content.decode()
    reader.refresh_from_db()
    assert reader.email == EMAIL


def test_an_address_that_joins_in_the_very_moment_stays(client, reader):
    ask_to_move(client, reader)
    work()
    link = link_to()
    joining_too = []

    def meanwhile(execute, sql, *args):
        if sql.startswith('UPDATE "subscriptions_subscriber"') and not joining_too:
            joining_too.append(make_subscriber(email=NEW))
        return execute(sql, *args)

    with connection.execute_wrapper(meanwhile):
        assert client.post(link).status_code == 409

    reader.refresh_from_db()
    assert reader.email == EMAIL
    assert not Message.objects.filter(to=EMAIL).exists()


@pytest.mark.parametrize("state", [State.PENDING, State.LEFT, State.BOUNCED])
def test_a_row_that_is_not_on_the_list_makes_room(client, reader, state):
    make_subscriber(email=NEW.upper(), state=state)

    assert moved(client, reader).status_code == 200

    assert Subscriber.objects.get().email == NEW


def test_who_left_meanwhile_is_not_brought_back(client, reader):
    ask_to_move(client, reader)
    work()
    joining.leave(reader)

    assert client.post(link_to()).status_code == 409

    reader.refresh_from_db()
    assert (reader.email, reader.state) == (EMAIL, State.LEFT)


def test_who_left_before_the_worker_came_gets_no_mail(client, reader):
    ask_to_move(client, reader)
    joining.leave(reader)
    work()

    assert not Message.objects.exists()
    assert Request.objects.get().letter == ""


def test_whose_letters_came_back_may_move(client, db):
    reader = make_subscriber(
        email=EMAIL, state=State.BOUNCED, confirmed_at=timezone.now(), soft_bounces=3
    )
    assert (
        "Another address for your letters"
        in client.get(path_of(reader.preferences_url)).content.decode()
    )

    moved(client, reader)

    reader.refresh_from_db()
    assert (reader.email, reader.state, reader.bounced_at, reader.soft_bounces) == (
        NEW,
        State.CONFIRMED,
        None,
        0,
    )


@pytest.mark.parametrize("state", [State.PENDING, State.LEFT, State.BOUNCED])
def test_who_never_agreed_or_left_cannot_move(client, db, state):
    reader = make_subscriber(state=state)

    response = ask_to_move(client, reader)

    assert response.headers["Location"] == path_of(reader.preferences_url)
    assert not Request.objects.exists()


def test_it_counts_with_the_other_mails_to_the_address(client, reader, monkeypatch):
    monkeypatch.setattr(limits, "MAILS_A_DAY", 1)
    ask(client, NEW)
    work()
    a_while_later()

    ask_to_move(client, reader)
    work()

    assert [message.subject for message in Message.objects.all()] == [
        "Confirm your subscription to Footcare"
    ]


def test_too_many_of_one_network_are_asked_to_wait(client, reader, monkeypatch):
    monkeypatch.setattr(limits, "SIGN_UPS_A_MINUTE", 1)
    ask(client)

    response = ask_to_move(client, reader)

    assert (response.status_code, response.headers["Retry-After"]) == (429, "60")
    assert NEW in response.content.decode()


def test_a_move_ends_the_links_to_elsewhere(client, reader):
    ask_to_move(client, reader, "other@example.net")
    work()
    other = link_to("other@example.net")

    moved(client, reader)

    assert client.post(other).status_code == 410
    assert Subscriber.objects.get().email == NEW


def test_an_old_link_and_a_forged_one_move_nothing(client, reader, monkeypatch):
    ask_to_move(client, reader)
    work()
    link = link_to()
    pending = make_subscriber()
    confirm = path_of(pending.confirm_url).split("/")[-2]

    for token in ["x", "☃", confirm, path_of(reader.preferences_url).split("/")[-2]]:
        for method in (client.get, client.post):
            assert method(f"/preferences/address/{token}/").status_code == 404
    monkeypatch.setattr(moving, "LINK_DAYS", -1)
    assert client.post(link).status_code == 410
    reader.refresh_from_db()
    assert reader.email == EMAIL


def test_what_was_asked_for_is_forgotten_with_its_link(client, reader):
    ask_to_move(client, reader)
    work()
    link = link_to()
    Request.objects.update(answered_at=timezone.now() - timedelta(days=4))

    joining.forget_unconfirmed(quiet)

    assert not Request.objects.exists()
    assert client.post(link).status_code == 410


def test_letters_of_before_can_still_be_left(client, reader):
    leave = path_of(reader.leave_url)
    moved(client, reader)

    client.post(leave)

    assert Subscriber.objects.get().state == State.LEFT
    assert suppression.suppressed_among([NEW]) == {NEW}
