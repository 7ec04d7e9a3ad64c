"""What a server refuses, loses or leaves unanswered, and when a letter pauses itself."""

import time
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from outbox.models import Message
from outbox.sending import PAUSES
from subscriptions.letters import control, delivery, ledger
from subscriptions.models import Delivery, Letter, SendingSettings, Turnstile
from tests.subscriptions.letters.steps import (
    later,
    make_letter,
    make_readers,
    quiet,
    send,
    states,
    work,
    work_to_the_end,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(django_user_model):
    return django_user_model.objects.create_superuser("owner", "owner@example.org", "x")


def answering(server, answer, step="rcpt", to=None, times=1000):
    """Let ``server`` give ``answer`` to ``to`` (or all), so many times."""
    answers = [answer] * times
    server.plan = lambda at, address: (
        answers.pop() if at == step and to in {None, address} and answers else None
    )


def settings_of_sending(**values):
    SendingSettings.objects.update_or_create(pk=1, defaults=values)


@pytest.mark.parametrize("answer", ["421 closing", "450 later", "452 full"])
@pytest.mark.parametrize("step", ["rcpt", "dot"])
def test_a_temporary_refusal_is_tried_again_and_the_others_get_theirs(
    mail_server, answer, step
):
    first, second = (one.email for one in make_readers(2))
    answering(mail_server, answer, step, first, times=2)
    letter = make_letter()

    send(letter)
    assert (letter.state, mail_server.addresses) == ("sending", [second])
    assert states(letter) == ["queued", "sent"]
    work_to_the_end()

    assert mail_server.addresses == [second, first]
    assert states(letter) == ["sent", "sent"]
    one = letter.deliveries.order_by("pk").first()
    assert (one.attempts, one.error) == (3, "")
    letter.refresh_from_db()
    assert letter.state == Letter.State.SENT


def test_a_temporary_refusal_is_given_up_after_growing_pauses(mail_server):
    settings_of_sending(stop_after=100)
    make_readers(1)
    answering(mail_server, "450 later")
    letter = make_letter()
    assert control.queue(letter)
    pauses = []

    while delivery.send_letters(quiet):
        one = letter.deliveries.get()
        pauses.append(one.due_at - timezone.now())
        later()

    assert len(pauses) == len(PAUSES) + 1
    for found, wanted in zip(pauses, PAUSES, strict=False):
        assert wanted - timedelta(seconds=5) < found <= wanted
    assert states(letter) == ["failed"]
    assert letter.deliveries.get().error == "450 later"


@pytest.mark.parametrize("step", ["rcpt", "data", "dot"])
def test_a_refusal_for_good_fails_at_once(mail_server, step):
    first, second = (one.email for one in make_readers(2))
    answering(mail_server, "554 no", step, first)
    letter = make_letter()

    send(letter)
    work_to_the_end()

    assert mail_server.addresses == [second]
    letter.refresh_from_db()
    assert (letter.state, states(letter)) == ("sent", ["failed", "sent"])
    assert letter.deliveries.get(state="failed").attempts == 1


@pytest.mark.parametrize("step", ["connect", "ehlo", "mail"])
@pytest.mark.parametrize("answer", ["drop", "421 closing", "535 who are you"])
def test_trouble_of_the_line_blames_no_reader(mail_server, step, answer):
    make_readers(2)
    answering(mail_server, answer, step)
    letter = make_letter()

    send(letter)

    assert set(letter.deliveries.values_list("state", "attempts", "worker")) == {
        ("queued", 0, "")
    }
    assert letter.failures_in_row == 1
    answering(mail_server, "", times=0)
    later()
    work()
    assert len(mail_server.taken) == 2
    assert set(letter.deliveries.values_list("state", "attempts")) == {("sent", 1)}


@pytest.mark.parametrize("how", ["drop", "hang"])
@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_a_line_that_drops_loses_nobody(mail_server, settings, step, how):
    settings.EMAIL_TIMEOUT = 0.2
    make_readers(3)
    answering(mail_server, how, step, times=2)
    letter = make_letter()

    send(letter)
    work_to_the_end()

    assert sorted(Counter(mail_server.addresses).values()) == [1, 1, 1]
    assert states(letter) == ["sent"] * 3


def test_a_lost_answer_is_asked_for_again_with_the_same_message_id(mail_server):
    make_readers(1)
    answering(mail_server, "taken, then drop", "dot", times=1)
    letter = make_letter()

    send(letter)
    one = letter.deliveries.get()
    assert one.state == Delivery.State.UNCERTAIN
    assert one.error.startswith("It may have arrived: ")
    assert one.due_at > timezone.now() + timedelta(seconds=50)
    work_to_the_end()

    assert len(mail_server.taken) == 2
    assert len(set(mail_server.taken)) == 1
    assert states(letter) == ["sent"]


def test_at_most_once_does_not_ask_again(mail_server):
    make_readers(2)
    answering(mail_server, "taken, then drop", "dot", times=1)
    letter = make_letter(at_most_once=True)

    send(letter)
    work_to_the_end()

    assert len(mail_server.taken) == len(set(mail_server.taken)) == 2
    letter.refresh_from_db()
    assert (letter.state, sorted(states(letter))) == ("sent", ["sent", "uncertain"])


def test_at_most_once_still_tries_again_what_was_refused_for_the_moment(mail_server):
    make_readers(2)
    answering(mail_server, "450 later", times=1)
    letter = make_letter(at_most_once=True)

    send(letter)
    work_to_the_end()

    assert len(mail_server.taken) == len(set(mail_server.taken)) == 2
    assert states(letter) == ["sent", "sent"]


def test_a_server_that_always_loses_its_answer_does_not_flood_a_reader(mail_server):
    make_readers(1)
    answering(mail_server, "taken, then drop", "dot")
    letter = make_letter()

    send(letter)
    work_to_the_end()

    assert len(mail_server.taken) == delivery.TRIES_IN_DOUBT
    assert states(letter) == ["failed"]
    assert letter.deliveries.get().error.startswith("It may have arrived: ")


def test_after_so_many_failures_in_a_row_the_letter_pauses_itself_and_tells_the_owner(
    mail_server, owner
):
    settings_of_sending(stop_after=3)
    make_readers(9)
    answering(mail_server, "554 your letters are spam", "dot")
    letter = make_letter(subject="Warm feet")

    send(letter)

    assert (letter.state, letter.pause) == ("paused", Letter.Pause.FAILURES)
    assert letter.pause_words == "554 your letters are spam"
    assert sorted(states(letter)) == ["failed"] * 3 + ["queued"] * 6
    mail = Message.objects.get()
    assert mail.to == "owner@example.org"
    assert "Warm feet" in mail.subject
    assert "554 your letters are spam" in mail.text

    answering(mail_server, "", times=0)
    assert control.requeue_failed(letter) == 3
    assert control.resume(letter)
    work()
    assert len(mail_server.taken) == len(set(mail_server.taken)) == 9
    assert Message.objects.count() == 1


def test_the_chosen_address_is_told_first_then_the_sites(mail_server, owner):
    settings_of_sending(stop_after=1, alert_email="alert@example.org")
    make_readers(1)
    answering(mail_server, "554 no", "mail")

    send(make_letter())

    assert Message.objects.get().to == "alert@example.org"


def test_failures_with_a_success_between_them_are_not_in_a_row(mail_server):
    settings_of_sending(stop_after=2)
    bad, good = [], []
    for number, reader in enumerate(make_readers(10)):
        (bad if number % 2 else good).append(reader.email)
    mail_server.plan = lambda step, to: (
        "550 no" if step == "rcpt" and to in bad else None
    )
    letter = make_letter()

    send(letter)

    assert (letter.state, letter.failures_in_row) == ("sent", 1)
    assert mail_server.addresses == good


def test_a_server_that_is_away_is_asked_less_and_less_often(mail_server):
    make_readers(1)
    answering(mail_server, "drop", "connect")
    letter = make_letter()
    assert control.queue(letter)
    rests = []

    for _ in range(4):
        assert delivery.send_letters(quiet) == 0
        rests.append(
            round((Turnstile.objects.get().free_at - timezone.now()).total_seconds())
        )
        Turnstile.objects.update(free_at=timezone.now())

    assert rests[1:] == [1, 2, 4]


def test_an_editor_who_resumes_does_not_wait_for_the_rest_to_end(mail_server):
    settings_of_sending(stop_after=6)
    make_readers(1)
    answering(mail_server, "drop", "connect", times=6)
    letter = make_letter()
    assert control.queue(letter)
    for _ in range(6):
        later()
        work()
    Turnstile.objects.update(free_at=timezone.now() + timedelta(minutes=4))

    assert control.resume(letter)
    work()

    assert len(mail_server.taken) == 1


def test_an_address_that_is_none_fails_and_holds_up_nobody(mail_server):
    first, second = make_readers(2)
    type(first).objects.filter(pk=first.pk).update(email="no address")
    letter = make_letter()

    send(letter)

    assert mail_server.addresses == [second.email]
    assert states(letter) == ["failed", "sent"]


def test_a_letter_that_cannot_be_made_a_mail_pauses_and_holds_up_no_other(
    mail_server, owner, monkeypatch, caplog
):
    (reader,) = make_readers(1)
    bad, good = make_letter(subject="Bad"), make_letter(subject="Good")
    assert control.queue(bad)
    assert control.queue(good)
    prepared = delivery.PreparedLetter
    monkeypatch.setattr(
        delivery, "PreparedLetter",
        lambda letter: {}["body"] if letter.pk == bad.pk else prepared(letter),
    )  # fmt: skip

    work()

    bad.refresh_from_db()
    assert (bad.state, bad.pause) == ("paused", Letter.Pause.FAILURES)
    assert states(bad) == ["queued"]
    assert mail_server.addresses == [reader.email]
    assert "Bad" in Message.objects.get().subject
    assert f"Letter {bad.pk} cannot be made a mail" in caplog.text


def test_a_mistake_in_one_readers_mail_holds_up_nobody(mail_server, monkeypatch):
    first, second = make_readers(2)
    data = delivery.PreparedLetter.data
    monkeypatch.setattr(
        delivery.PreparedLetter, "data",
        lambda letter, to: {}["x"] if to.email == first.email else data(letter, to),
    )  # fmt: skip
    letter = make_letter()

    send(letter)

    assert mail_server.addresses == [second.email]
    assert (letter.state, states(letter)) == ("sent", ["failed", "sent"])


def test_the_ledger_keeps_no_address_that_a_server_repeats(mail_server, owner):
    settings_of_sending(stop_after=1)
    (reader,) = make_readers(1)
    answering(mail_server, f"550 <{reader.email}> who?")
    letter = make_letter()

    send(letter)

    words = "550 <(address)> who?"
    assert (letter.deliveries.get().error, letter.pause_words) == (words, words)
    assert reader.email not in Message.objects.get().text


def test_a_machine_that_stood_still_after_it_began_hands_nothing_over(
    mail_server, monkeypatch, settings
):
    make_readers(1)
    letter = make_letter()
    begin, now = ledger.begin, time.time

    def begin_and_stand_still(*values):
        begun = begin(*values)
        monkeypatch.setattr(time, "time", lambda: now() + settings.LETTER_LEASE)
        return begun

    monkeypatch.setattr(ledger, "begin", begin_and_stand_still)

    send(letter)

    assert mail_server.taken == []
    assert (states(letter), letter.deliveries.get().attempts) == (["queued"], 0)
