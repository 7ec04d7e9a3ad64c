"""A letter reaches each reader once, and the ledger says what happened."""

import io
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from outbox import ending
from outbox.models import Message
from subscriptions.letters import control, delivery, ledger
from subscriptions.models import Delivery, Letter, SendingSettings, Subscriber
from tests.factories import make_subscriber
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


def test_each_reader_gets_the_letter_with_links_of_their_own(mailbox, db):
    readers = make_readers(3)
    letter = make_letter()

    send(letter)

    assert letter.state == Letter.State.SENT
    assert states(letter) == ["sent"] * 3
    assert [mail["To"] for mail in mailbox.mails] == [one.email for one in readers]
    for reader, mail in zip(readers, mailbox.mails, strict=True):
        assert mail["List-Unsubscribe"] == f"<{reader.leave_url}>"
        for part in mail.iter_parts():
            assert reader.leave_url in part.get_content()
            assert reader.preferences_url in part.get_content()


def test_a_finished_letter_is_never_sent_again(mail_server, db):
    make_readers(3)
    letter = make_letter()
    send(letter)

    make_readers(1)
    assert not control.queue(letter)
    assert not control.resume(letter)
    work_to_the_end()

    assert len(mail_server.taken) == 3


def leave(email):
    Subscriber.objects.filter(email=email).update(
        state=Subscriber.State.LEFT, left_at=timezone.now()
    )


def pause(email):
    tomorrow = timezone.localdate() + timedelta(days=1)
    Subscriber.objects.filter(email=email).update(paused_until=tomorrow)


def erase(email):
    Subscriber.objects.filter(email=email).delete()


@pytest.mark.parametrize("go", [leave, pause, erase])
def test_who_goes_in_mid_run_does_not_get_it(mail_server, db, between, go):
    first, second, third = (one.email for one in make_readers(3))
    letter = make_letter()
    between(lambda to: to == first and go(second))

    send(letter)

    assert mail_server.addresses == [first, third]
    assert states(letter) == ["sent", "dropped", "sent"]
    assert letter.state == Letter.State.SENT


def test_who_moves_in_mid_run_gets_it_at_the_new_address(mail_server, db, between):
    first, second, third = (one.email for one in make_readers(3))
    between(
        lambda to: (
            to == first
            and Subscriber.objects.filter(email=second).update(email="new@example.org")
        )
    )
    letter = make_letter()

    assert control.queue(letter)
    work_to_the_end()

    assert sorted(mail_server.addresses) == sorted([first, "new@example.org", third])
    assert states(letter) == ["sent"] * 3


def test_others_are_not_written_to(mail_server, db):
    for state in ("pending", "left", "bounced"):
        make_subscriber(state=state)
    letter = make_letter()

    send(letter)

    assert letter.state == Letter.State.SENT
    assert mail_server.taken == []


def test_a_paused_letter_stops_after_the_mail_under_way(mail_server, db, between):
    first, *_ = (one.email for one in make_readers(3))
    letter = make_letter()
    between(lambda to: to == first and control.pause(letter))

    send(letter)

    assert mail_server.addresses == [first]
    assert states(letter) == ["sent", "queued", "queued"]
    assert control.resume(letter)
    work()
    assert len(set(mail_server.taken)) == len(mail_server.taken) == 3


def test_a_cancelled_letter_stops_for_good(mail_server, db, between):
    first, *_ = (one.email for one in make_readers(3))
    letter = make_letter()
    between(lambda to: to == first and control.cancel(letter))

    send(letter)
    work_to_the_end()

    assert mail_server.addresses == [first]


def test_a_letter_that_is_deleted_in_mid_run_harms_nobody(mail_server, db, between):
    first, *_ = (one.email for one in make_readers(3))
    letter = make_letter()
    between(lambda to: to == first and Letter.objects.all().delete())

    assert control.queue(letter)
    work_to_the_end()

    assert mail_server.addresses == [first]


def test_a_worker_that_is_told_to_end_gives_back_what_it_took(mail_server, db, between):
    first, *_ = (one.email for one in make_readers(3))
    letter = make_letter()
    between(lambda to: to == first and ending.asked.set())

    assert control.queue(letter)
    delivery.send_letters(quiet)

    assert mail_server.addresses == [first]
    assert states(letter) == ["sent", "queued", "queued"]
    ending.asked.clear()
    work()
    assert len(mail_server.taken) == len(set(mail_server.taken)) == 3


def test_a_batch_over_a_slow_line_ends_early_and_gives_back_the_rest(
    mail_server, db, monkeypatch
):
    make_readers(3)
    letter = make_letter()
    mail_server.plan = lambda step, to: time.sleep(0.1) if step == "dot" else None
    monkeypatch.setattr(delivery, "LONGEST_BATCH", 0.05)

    assert control.queue(letter)
    assert delivery.send_letters(quiet) == 1

    assert states(letter) == ["sent", "queued", "queued"]
    monkeypatch.setattr(delivery, "LONGEST_BATCH", 3)
    assert delivery.send_letters(quiet) == 2


@pytest.mark.django_db(transaction=True)
def test_a_confirmation_does_not_wait_for_a_big_letter(
    mail_server, monkeypatch, between
):
    first, *_ = (one.email for one in make_readers(9))
    letter = make_letter()
    monkeypatch.setattr(delivery, "BATCH", 3)
    between(
        lambda to: (
            to == first
            and Message.objects.create(to="new@example.org", message_id="<new@here>")
        )
    )
    assert control.queue(letter)

    monkeypatch.setattr("django.conf.settings.WORKER_JOBS", [
        ("outbox.sending.send_due", 1e-9),
        ("subscriptions.letters.delivery.send_letters", 1),
    ])  # fmt: skip
    call_command("worker", "--once", stdout=io.StringIO())

    assert mail_server.addresses.index("new@example.org") == 3
    assert len(mail_server.taken) == 10


def test_one_statement_is_written_for_one_reader(mail_server, db):
    counts = []
    for number in (1, 10, 20):  # the first sets up the turnstile
        Subscriber.objects.all().delete()
        make_readers(number)
        letter = make_letter()
        assert control.queue(letter)
        with CaptureQueriesContext(connection) as queries:
            delivery.send_letters(quiet)
        counts.append(len(queries))
        work()

    assert counts[2] - counts[1] == 10


def test_a_letter_that_waits_to_try_again_is_not_taken_for_a_forgotten_one(
    mail_server, db
):
    make_readers(1)
    mail_server.plan = lambda step, to: "450 later" if step == "rcpt" else None
    letter = make_letter()
    send(letter)
    hours = timedelta(hours=SendingSettings.load().stale_hours)
    Letter.objects.update(worked_at=timezone.now() - hours / 2)

    work()

    letter.refresh_from_db()
    assert letter.worked_at > timezone.now() - timedelta(minutes=1)


def test_a_letter_that_nobody_was_at_for_long_waits_for_an_editor(mail_server, db):
    make_readers(1)
    letter = make_letter()
    assert control.queue(letter)
    hours = timedelta(hours=SendingSettings.load().stale_hours)
    then = timezone.now() - hours - timedelta(minutes=1)
    Letter.objects.update(worked_at=then)
    Delivery.objects.update(due_at=then)

    work()

    letter.refresh_from_db()
    assert (letter.state, letter.pause) == ("paused", Letter.Pause.STALE)
    assert mail_server.taken == []


def test_a_worker_says_what_it_did_and_names_nobody(mail_server, db):
    make_readers(3)
    letter = make_letter()
    assert control.queue(letter)
    lines = []

    work(lines.append)

    how_far, end = lines
    assert how_far.startswith(f"Letter {letter.pk}: 3 of 3, ")
    assert end == f"Letter {letter.pk} is sent."


def test_a_worker_does_not_count_a_long_letter_after_each_batch(
    mail_server, db, monkeypatch
):
    make_readers(4)
    letter = make_letter()
    assert control.queue(letter)
    monkeypatch.setattr(delivery, "BATCH", 1)
    lines = []

    work(lines.append)

    assert len(lines) == 2


def test_what_a_dead_worker_had_under_way_is_uncertain_and_goes_out_again(
    mail_server, db
):
    make_readers(2)
    letter = make_letter()
    assert control.queue(letter)
    to, _ = ledger.claim(letter, "dead", 10)
    assert ledger.begin(to, "dead")
    work()
    assert states(letter) == ["sending", "queued"]

    Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    ledger.recover()
    assert states(letter) == ["uncertain", "queued"]
    work()

    letter.refresh_from_db()
    assert letter.state == Letter.State.SENT
    assert states(letter) == ["sent"] * 2
    assert len(mail_server.taken) == 2


def test_at_most_once_leaves_in_doubt_what_a_dead_worker_had_under_way(mail_server, db):
    make_readers(2)
    letter = make_letter(at_most_once=True)
    assert control.queue(letter)
    to, _ = ledger.claim(letter, "dead", 10)
    assert ledger.begin(to, "dead")

    Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    work_to_the_end()

    letter.refresh_from_db()
    assert letter.state == Letter.State.SENT
    assert states(letter) == ["uncertain", "sent"]
    assert "stopped" in letter.deliveries.get(state="uncertain").error
    assert len(mail_server.taken) == 1


def test_a_worker_that_lost_its_lease_begins_nothing(mail_server, db):
    make_readers(1)
    letter = make_letter()
    assert control.queue(letter)
    (to,) = ledger.claim(letter, "slow", 10)
    Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))

    assert not ledger.begin(to, "slow")
    (again,) = ledger.claim(letter, "quick", 10)
    assert not ledger.begin(to, "slow")
    assert not ledger.drop(to, "slow")
    assert ledger.begin(again, "quick")
    assert not ledger.finish(to, "slow", state=Delivery.State.FAILED)

    assert states(letter) == ["sending"]


def test_a_slow_worker_may_still_say_that_it_was_sent(mail_server, db):
    make_readers(1)
    letter = make_letter()
    assert control.queue(letter)
    (to,) = ledger.claim(letter, "slow", 10)
    assert ledger.begin(to, "slow")
    Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert ledger.recover() == 1

    assert ledger.finish(to, "slow", state=Delivery.State.SENT, error="")

    later()
    work()
    assert mail_server.taken == []
    letter.refresh_from_db()
    assert letter.state == Letter.State.SENT


def test_requeued_failures_open_a_finished_letter_again(mail_server, db):
    first, second = (one.email for one in make_readers(2))
    mail_server.plan = lambda step, to: (
        "550 no" if step == "rcpt" and to == first else None
    )
    letter = make_letter()
    send(letter)
    assert (letter.state, states(letter)) == ("sent", ["failed", "sent"])
    mail_server.plan = lambda step, to: None

    assert control.requeue_failed(letter) == 1
    work()

    assert mail_server.addresses == [second, first]
    letter.refresh_from_db()
    assert (letter.state, states(letter)) == ("sent", ["sent", "sent"])


def waits_for_the_disk():
    asked = {"sqlite": "PRAGMA synchronous", "postgresql": "SHOW synchronous_commit"}
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor])
        return cursor.fetchone()[0] in {2, "on"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("at_most_once", [False, True])
def test_the_disk_is_waited_for_at_each_mail_that_must_not_come_twice(
    mail_server, between, at_most_once
):
    make_readers(2)
    seen = []
    between(lambda to: seen.append(waits_for_the_disk()))

    send(make_letter(at_most_once=at_most_once))

    assert seen == [at_most_once] * 2
    assert waits_for_the_disk()


if connection.vendor == "postgresql":

    def rows_in_vain(plan):
        return plan.get("Rows Removed by Filter", 0) + sum(
            map(rows_in_vain, plan.get("Plans", []))
        )

    def test_to_begin_with_one_reader_looks_at_no_other(db):
        make_readers(300)
        assert control.queue(make_letter())
        last, to, *_ = ledger.claim(Letter.objects.get(), "me", 300)
        assert ledger.begin(last, "me")
        with CaptureQueriesContext(connection) as queries:
            ledger.begin(to, "me", last)

        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {queries[0]['sql']}")
            (found,) = cursor.fetchone()[0]

        assert rows_in_vain(found["Plan"]) < 5


if connection.vendor == "sqlite":

    def test_to_count_what_is_due_no_other_row_is_looked_at(db):
        make_readers(2)
        letter = make_letter()
        assert control.queue(letter)
        with CaptureQueriesContext(connection) as queries:
            assert ledger.count_due(letter, 100) == 2

        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {queries[0]['sql']}")
            plan = " ".join(str(row) for row in cursor.fetchall())

        assert "delivery_due (letter_id=? AND due_at<?)" in plan
