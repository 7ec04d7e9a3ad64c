"""Mails leave by a real SMTP server, and by files where there is none."""

import email
import email.policy
import socket
import stat

import pytest
from django.utils import timezone

from outbox.models import Message
from tests.outbox.steps import queue, send

State = Message.State


def test_a_mail_arrives_whole(mailbox, site_settings):
    message = queue(site_settings)

    lines = send()

    (mail,) = mailbox.mails
    message.refresh_from_db()
    assert message.state == State.SENT
    assert lines == [f"Mail {message.pk}: {message.subject} ... sent"]
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


@pytest.mark.parametrize("answer", ["rcpt 550 nobody here", "554 no", "hang up"])
def test_a_refusal_or_a_lost_answer_is_believed_the_third_time(
    mailbox, site_settings, answer
):
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


def test_a_connection_that_broke_is_made_anew_for_the_next_mail(mailbox, site_settings):
    queue(site_settings, to="first@example.org")
    queue(site_settings)
    mailbox.answers = ["hang up"]

    lines = send()

    assert [line.split(" ... ")[1][:6] for line in lines] == ["failed", "sent"]
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


def test_mails_that_are_kept_can_be_read_by_their_owner_alone(
    settings, tmp_path, site_settings
):
    settings.EMAIL_BACKEND = "outbox.backends.FileBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    queue(site_settings)

    send()

    assert stat.filemode((tmp_path / "mail").stat().st_mode) == "drwx------"


def test_a_name_with_a_line_break_makes_no_header(mailbox, site_settings):
    site_settings.name = "Foot\r\nBcc: victim@example.org"
    queue(site_settings)

    send()

    assert mailbox.mails[0]["Bcc"] is None
    assert (
        mailbox.mails[0]["Subject"]
        == "You are on the list of Foot Bcc: victim@example.org already"
    )


def test_an_address_as_long_as_can_be_is_kept_as_a_file(
    settings, tmp_path, site_settings
):
    settings.EMAIL_BACKEND = "outbox.backends.FileBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    queue(site_settings, to=f"{'a' * 60}@{'.'.join(['b' * 60] * 3)}.example")

    assert "kept as" in send()[0]
