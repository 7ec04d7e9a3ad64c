"""Workers that share the queue, die, and lose their database."""

import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from footcare.lib.logs import OneLineFormatter
from outbox import sending
from outbox.line import Blames, DeliveryError
from outbox.management.commands.worker import AFTER_MISTAKE, Command
from outbox.models import LEASE, Message
from tests.outbox.steps import queue, send

State = Message.State


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_all_jobs_once_and_ends(mailbox, client):
    client.post("/subscribe/", {"email": "reader@example.org"})

    out = io.StringIO()
    call_command("worker", "--once", stdout=out)

    number = Message.objects.get().pk
    assert out.getvalue() == (
        "Looked up 1 sign-ups.\n"
        f"Mail {number}: Confirm your subscription to Footcare ... sent\n"
    )
    assert len(mailbox.mails) == 1


if connection.vendor == "postgresql":

    @pytest.mark.django_db(transaction=True)
    def test_the_worker_gets_over_a_lost_connection(mailbox, client):
        client.post("/subscribe/", {"email": "reader@example.org"})
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        other.close()

        out = io.StringIO()
        for _ in range(2):
            call_command("worker", "--once", stdout=out, stderr=out)

        assert "... sent" in out.getvalue()


def fail(report):
    raise ValueError("reader@example.org\nis a mistake")


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_stops_no_other_and_is_logged(
    mailbox, site_settings, settings, caplog
):
    queue(site_settings)
    settings.WORKER_JOBS = [
        (f"{__name__}.fail", 1), ("outbox.sending.send_due", 1),
    ]  # fmt: skip

    with pytest.raises(CommandError, match="A job failed"):
        call_command("worker", "--once", stdout=io.StringIO())

    assert len(mailbox.mails) == 1
    (record,) = caplog.records
    logged = OneLineFormatter().format(record)
    assert "The worker's job fail failed" in logged
    assert "is a mistake" in logged
    assert "reader@" not in logged


def test_a_job_that_fails_is_asked_again_later(db, caplog):
    worker = Command(stdout=io.StringIO())
    worker.beat_due = time.monotonic() + 1000

    again = worker.do(fail, 1)

    assert again > time.monotonic() + AFTER_MISTAKE - 5
    assert caplog.records


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_message():
    start = threading.Barrier(2)

    def take(_):
        start.wait(timeout=30)
        message = Message.objects.claim()
        connection.close()
        return message

    for n in range(15):
        Message.objects.create(to="a@example.org", message_id=f"<{n}@testserver>")
        with ThreadPoolExecutor(max_workers=2) as workers:
            taken = list(workers.map(take, range(2)))
        assert taken.count(None) == 1


def test_a_mail_whose_address_is_erased_as_it_is_taken_ends_no_worker(
    site_settings, monkeypatch
):
    queue(site_settings)
    due, calls = type(Message.objects.all()).update, []

    def update_and_erase(rows, **values):
        done = due(rows, **values)
        calls.append(sending.forget_address("reader@example.org"))
        return done

    monkeypatch.setattr(type(Message.objects.all()), "update", update_and_erase)

    (line,) = send()

    assert "sent" in line
    assert calls == [1, 0]


def test_a_mail_is_handed_over_only_while_its_worker_has_it(
    mailbox, site_settings, monkeypatch
):
    queue(site_settings)
    monkeypatch.setattr(sending, "LEASE", -LEASE)  # long over

    (line,) = send()

    assert "tried again in" in line
    assert mailbox.mails == []


def test_a_mail_that_a_killed_worker_held_goes_out_when_the_lease_ends(
    mailbox, site_settings
):
    message = queue(site_settings)
    assert Message.objects.claim() == message
    assert Message.objects.claim() is None
    assert send() == []

    Message.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    send()

    (mail,) = mailbox.mails
    assert mail["Message-ID"] == message.message_id


def test_a_worker_that_lost_its_lease_does_not_overwrite_the_next_ones_answer(
    site_settings,
):
    message = queue(site_settings)
    slow = Message.objects.claim()
    Message.objects.update(due_at=timezone.now() - LEASE)
    quick = Message.objects.claim()
    sending._finish(quick, state=State.SENT, sent_at=timezone.now())

    sending._failed(slow, DeliveryError("too late", blames=Blames.MAIL))

    message.refresh_from_db()
    assert message.state == State.SENT


def test_the_admin_shows_mails_and_queues_failed_ones_again(
    admin_client, site_settings
):
    message = queue(site_settings)
    Message.objects.update(state=State.FAILED)
    url = "/admin/outbox/message/"
    assert admin_client.get(url).status_code == 200

    admin_client.post(url, {"action": "try_again", "_selected_action": [message.pk]})

    message.refresh_from_db()
    assert message.state == State.QUEUED


def test_a_failed_mail_that_is_queued_again_has_all_its_tries_again(
    admin_client, mailbox, site_settings
):
    message = queue(site_settings)
    Message.objects.update(
        state=State.FAILED,
        attempts=len(sending.PAUSES) + 1,
        due_at=timezone.now() + LEASE,
    )
    form = {"action": "try_again", "_selected_action": [message.pk]}
    admin_client.post("/admin/outbox/message/", form)
    mailbox.answers = ["451 later"]

    (line,) = send()

    assert f"tried again in {sending.PAUSES[0]}" in line
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.QUEUED, 1)


def test_what_was_sent_long_ago_is_deleted(mailbox, site_settings):
    queue(site_settings)
    send()
    queue(site_settings)
    failed = queue(site_settings)
    Message.objects.filter(state=State.SENT).update(
        sent_at=timezone.now() - timedelta(days=4)
    )
    long_ago = timezone.now() - timedelta(days=15)
    Message.objects.filter(pk=failed.pk).update(state=State.FAILED, due_at=long_ago)

    sending.forget_old(print)

    assert [m.state for m in Message.objects.all()] == [State.QUEUED]
