"""Mails leave by a real SMTP server on loopback, and by files where there is none."""

import email
import email.policy
import io
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from outbox import sending
from outbox.composing import post
from outbox.models import LEASE, Message

State = Message.State


class Mailbox:
    """An SMTP server's handler: keeps what it takes, or answers what it is told to."""

    def __init__(self):
        self.mails, self.raw, self.answers = [], [], []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.answers and self.answers[0].startswith("rcpt "):
            return self.answers.pop(0).removeprefix("rcpt ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.answers:
            answer = self.answers.pop(0)
            if answer == "hang up":
                server.transport.close()
            return answer
        self.raw.append(envelope.content.decode())
        self.mails.append(
            email.message_from_bytes(envelope.content, policy=email.policy.default)
        )
        return "250 OK"


@pytest.fixture
def mailbox(settings):
    handler = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield handler
    controller.stop()


@pytest.fixture
def site_settings(db):
    from articles.models import SiteSettings

    return SiteSettings(name="Foot & Care")


def queue(
    site_settings, to="reader@example.org", leave_url="http://testserver/unsubscribe/t/"
):
    context = {"site": site_settings}
    return post("subscriptions/mail/already", to, context, leave_url)


def send():
    lines = []
    sending.send_due(lines.append)
    return lines


def test_a_mail_arrives_whole(mailbox, site_settings):
    message = queue(site_settings)

    lines = send()

    (mail,) = mailbox.mails
    message.refresh_from_db()
    assert message.state == State.SENT
    assert lines == [f"{message} ... sent"]
    assert mail["Subject"] == "You are on the list of Foot & Care already"
    assert mail["To"] == "reader@example.org"
    assert mail["From"] == "Footcare <letters@testserver>"
    assert mail["Message-ID"] == message.message_id
    assert mail["Message-ID"].endswith("@testserver>")
    assert mail["Date"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == "<http://testserver/unsubscribe/t/>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert "FOOT & CARE" in text.get_content()
    assert html.get_content_type() == "text/html"
    assert "Foot &amp; Care" in html.get_content()


def test_a_long_link_stands_on_the_line_of_its_header(mailbox, site_settings):
    url = f"http://testserver/unsubscribe/{'t' * 150}/"
    queue(site_settings, leave_url=url)

    send()

    assert f"\nList-Unsubscribe: <{url}>\n" in mailbox.raw[0].replace("\r\n", "\n")


def test_nothing_is_sent_twice(mailbox, site_settings):
    queue(site_settings)

    send()
    send()

    assert len(mailbox.mails) == 1


@pytest.mark.parametrize("answer", ["451 later", "rcpt 450 busy", "hang up"])
def test_a_passing_failure_is_tried_again_after_a_pause(mailbox, site_settings, answer):
    message = queue(site_settings)
    mailbox.answers = [answer]

    assert "tried again" in send()[0]
    assert send() == []
    message.refresh_from_db()
    assert message.state == State.QUEUED
    assert message.error
    Message.objects.update(due_at=timezone.now())
    send()

    message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == (State.SENT, 2, "")
    assert mailbox.mails[0]["Message-ID"] == message.message_id


@pytest.mark.parametrize("answer", ["rcpt 550 nobody here", "554 no"])
def test_a_refusal_is_believed_the_third_time(mailbox, site_settings, answer):
    message = queue(site_settings)
    mailbox.answers = [answer] * 9

    for _ in range(5):
        send()
        Message.objects.filter(state=State.QUEUED).update(due_at=timezone.now())

    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.FAILED, 3)
    assert mailbox.mails == []


def test_one_bad_address_holds_up_nobody(mailbox, site_settings):
    queue(site_settings, to="gone@example.org")
    queue(site_settings)
    mailbox.answers = ["rcpt 550 nobody here"]

    send()

    assert [mail["To"] for mail in mailbox.mails] == ["reader@example.org"]


def test_no_server_at_all_keeps_the_mail(settings, site_settings):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    message = queue(site_settings)

    send()

    message.refresh_from_db()
    assert message.state == State.QUEUED
    assert message.due_at > timezone.now()


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

    sending._failed(slow, OSError("too late"))

    message.refresh_from_db()
    assert message.state == State.SENT


def test_without_a_server_mails_are_kept_as_files_and_the_terminal_says_so(
    settings, tmp_path, site_settings
):
    settings.EMAIL_BACKEND = "outbox.backends.FileBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    queue(site_settings, to="../../reader@example.org")

    (line,) = send()

    (file,) = (tmp_path / "mail").iterdir()
    assert str(file) in line
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert mail["Subject"] == "You are on the list of Foot & Care already"


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


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_all_jobs_once_and_ends(mailbox, client):
    client.post("/subscribe/", {"email": "reader@example.org"})

    out = io.StringIO()
    call_command("worker", "--once", stdout=out)

    assert (
        out.getvalue()
        == "Looked up 1 sign-ups.\nConfirm your subscription to Footcare to reader@example.org ... sent\n"
    )
    assert len(mailbox.mails) == 1


def test_a_name_with_a_line_break_makes_no_header(mailbox, site_settings):
    site_settings.name = "Foot\r\nBcc: victim@example.org"
    queue(site_settings)

    send()

    assert mailbox.mails[0]["Bcc"] is None
    assert (
        mailbox.mails[0]["Subject"]
        == "You are on the list of Foot Bcc: victim@example.org already"
    )


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


def test_an_address_as_long_as_can_be_is_kept_as_a_file(
    settings, tmp_path, site_settings
):
    settings.EMAIL_BACKEND = "outbox.backends.FileBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    queue(site_settings, to=f"{'a' * 60}@{'.'.join(['b' * 60] * 3)}.example")

    assert "kept as" in send()[0]


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
