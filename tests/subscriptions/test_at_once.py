"""Readers join, leave, move, bounce and are erased at the same moment: nobody waits in a ring."""

import random
from contextlib import suppress
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, transaction
from django.utils import timezone

from subscriptions import joining, moving, own_data, suppression
from subscriptions.bounces import effects
from subscriptions.bounces.verdicts import Kind
from subscriptions.lists import deleting, importing, undoing
from subscriptions.models import Delivery, Import, Request, Subscriber
from tests.factories import make_subscriber
from tests.subscriptions.bounces.steps import make_reader, make_sent
from tests.subscriptions.letters.at_once import at_once
from tests.subscriptions.lists.steps import PROOF, layout_of, lines_of
from tests.subscriptions.steps import quiet

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 8
STEPS = 150
State = Subscriber.State


@pytest.mark.parametrize("kind", Kind.values)
@pytest.mark.parametrize("go", [joining.leave, own_data.erase])
def test_a_letter_comes_back_while_its_reader_goes(kind, go):
    for number in range(ROUNDS):
        reader = make_reader()
        sent = make_sent(reader)

        at_once(
            lambda reader=reader: go(reader),
            lambda number=number, sent=sent, reader=reader: effects.record(
                kind, f"{number}", delivery=sent, subscriber=reader
            ),
        )

        assert not Subscriber.objects.on_list().filter(pk=reader.pk).exists()
        assert suppression.suppressed_among([reader.email])


def test_a_reader_is_erased_while_a_list_with_them_is_imported():
    for number in range(ROUNDS):
        readers = [make_reader() for _ in range(5)]
        content = "email,status\n" + "".join(
            f"{one.email},unsubscribed\n" for one in readers
        )
        content += "".join(f"new-{number}-{n}@example.org,active\n" for n in range(20))
        imported = Import.objects.create(proof=PROOF, content=content)

        at_once(
            lambda imported=imported, content=content: importing.run(
                imported, lines_of(content), layout_of(content)
            ),
            lambda readers=readers: [own_data.erase(one) for one in readers],
        )

        assert Subscriber.objects.filter(pk__in=[r.pk for r in readers]).count() == 0
        imported.refresh_from_db()
        assert imported.content == ""


ADDRESSES = [f"{name}@example.org" for name in "abcdef"]


def one_of(rows):
    return random.choice([*rows.order_by("pk"), None])


def sign_up():
    Request.objects.create(email=random.choice(ADDRESSES))
    joining.answer_requests(quiet)


def press(act, **wanted):
    def go():
        if reader := one_of(Subscriber.objects.filter(**wanted)):
            act(reader)

    return go


def ask_to_move(reader):
    moving.ask(reader, random.choice(ADDRESSES))
    joining.answer_requests(quiet)


def press_to_move():
    if asked := one_of(Request.objects.exclude(moves=None).select_related("moves")):
        moving.move(asked)


def come_back(reader):
    kind = random.choice(Kind.values)
    sent = one_of(Delivery.objects.filter(subscriber=reader))
    effects.record(kind, f"{random.random()}", delivery=sent, subscriber=reader)


@transaction.atomic
def send(reader):
    if there := Subscriber.objects.filter(pk=reader.pk).select_for_update().first():
        make_sent(there)


def bring_a_list():
    state = ["active", "active", "unsubscribed", "bounced"]
    lines = [f"{one},{random.choice(state)}" for one in random.sample(ADDRESSES, 4)]
    content = "\n".join(["email,status", *lines]) + "\n"
    imported = Import.objects.create(proof=PROOF, content=content)
    with suppress(importing.OverError):  # taken back meanwhile
        importing.run(imported, lines_of(content), layout_of(content))


def take_back():
    if imported := one_of(Import.objects.all()):
        undoing.undo(imported)


def forget():
    joining.forget_gone(quiet)
    joining.forget_unconfirmed(quiet)


def delete(reader):
    deleting.delete(Subscriber.objects.filter(pk=reader.pk))


ACTS = [
    sign_up, press(joining.confirm, state="pending"), press(joining.confirm, state="left"),
    press(joining.leave), press(own_data.erase), press(ask_to_move, state="confirmed"),
    press_to_move, press(come_back, state="confirmed"), bring_a_list, take_back, forget,
    press(delete), press(send, state="confirmed"),
]  # fmt: skip


def test_whatever_happens_at_once_nobody_gets_an_error(monkeypatch):
    monkeypatch.setattr(joining, "KEEP_GONE", timedelta(0))
    monkeypatch.setattr(joining, "LINK_DAYS", 0)

    def live():
        for _ in range(STEPS):
            random.choice(ACTS)()

    at_once(*[live] * 4)

    on_list = list(Subscriber.objects.on_list().values_list("email", flat=True))
    assert len(on_list) == len({one.lower() for one in on_list})


if connection.vendor == "postgresql":  # SQLite lets in one writer at a time

    def waits_for_a_lock():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                " AND wait_event_type = 'Lock'"
            )
            return cursor.fetchone()

    def test_who_confirms_while_the_unconfirmed_are_forgotten_stays():
        then = timezone.now() - timedelta(days=joining.LINK_DAYS, minutes=1)
        reader = make_subscriber(linked_at=then)
        has_pressed = Event()

        def press():
            with transaction.atomic():
                joining.confirm(reader)
                has_pressed.set()
                while not waits_for_a_lock():
                    pass

        def forget():
            has_pressed.wait(30)
            return joining.forget_unconfirmed(quiet)

        assert at_once(press, forget) == [None, 0]
        assert Subscriber.objects.get().state == State.CONFIRMED
