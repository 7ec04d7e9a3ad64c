"""Reports of servers are read in each one's style; what is none says nothing."""

import pytest

from subscriptions.bounces import reports
from subscriptions.bounces.verdicts import Kind
from tests.subscriptions.bounces.steps import sample

ID = "<12-abcdefghijklmnopqrstuv@testserver>"
TO = "reader+feet@example.org"


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("postfix", "5.1.1", "User unknown in virtual mailbox table"),
        ("exim", "5.1.1", "no such mailbox"),
        ("sendmail", "5.1.2", "Host unknown"),
        ("exchange", "5.1.10", "RESOLVER.ADR.RecipientNotFound"),
        ("gmail", "5.1.1", "does not exist"),
        ("qmail", "5.1.1", "no mailbox here by that name"),
        ("text", "5.0.0", "User unknown"),
    ],
)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_dead_address_is_told_in_each_servers_style(name, status, words, line_end):
    raw = sample(name, TO, ID).replace(b"\n", line_end)

    (report,) = reports.read(raw)

    assert (report.kind, report.status) == (Kind.HARD, status)
    assert report.message_id == ID
    assert TO in report.addresses
    assert words in report.words


def test_a_complaint_is_told():
    (report,) = reports.read(sample("complaint", TO, ID))

    assert (report.kind, report.message_id) == (Kind.COMPLAINT, ID)
    assert report.addresses == {TO}


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", ""])
def test_feedback_that_is_no_complaint_is_none(kind):
    raw = sample("complaint", TO, ID).replace(
        b"Feedback-Type: abuse", b"Feedback-Type: " + kind.encode()
    )

    assert reports.read(raw) == []


def with_status(status, words, action="failed"):
    raw = sample("postfix", TO, ID).decode()
    head, _, rest = raw.partition("Action: failed")
    _, _, tail = rest.partition("--9A6B11A0C1")
    lines = f"Action: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {words}\n\n"
    return f"{head}{lines}--9A6B11A0C1{tail}".encode()


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        ("5.1.1", "550 no", Kind.HARD),
        ("5.1.1 (bad mailbox)", "550 no", Kind.HARD),
        ("5.2.1", "550 closed", Kind.HARD),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied", Kind.HARD),
        ("5.0.0", "550 No such user here", Kind.HARD),
        ("5.1.0", "550 user unknown", Kind.HARD),
        ("", "550 unknown user", Kind.HARD),
        ("5.2.2", "552 5.2.2 mailbox full", Kind.SOFT),
        ("5.7.1", "550 5.7.1 blocked as spam", Kind.SOFT),
        ("5.7.1", "550 5.7.1 no such user is allowed to send", Kind.SOFT),
        ("5.3.4", "552 too big", Kind.SOFT),
        ("5.4.14", "loop", Kind.SOFT),
        ("5.1.8", "sender's domain unknown", Kind.SOFT),
        ("5.0.0", "554 refused by the rules", Kind.SOFT),
        ("5.0.0", "452 4.2.2 over quota", Kind.SOFT),
        ("4.4.7", "delivery time expired", Kind.SOFT),
        ("4.1.1", "450 user unknown for now", Kind.SOFT),
        ("", "", Kind.SOFT),
        ("nonsense", "5.1.1.1 is an address of the network", Kind.SOFT),
    ],
)
def test_only_an_address_that_is_dead_is_hard(status, words, kind):
    (report,) = reports.read(with_status(status, words))

    assert report.kind == kind


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_what_has_not_failed_is_no_report(action):
    assert reports.read(with_status("5.1.1", "550 no", action)) == []


def test_several_recipients_are_several_reports():
    raw = sample("postfix", TO, ID).replace(
        b"Final-Recipient",
        b"Final-Recipient: rfc822; other@example.org\nAction: failed\n"
        b"Status: 4.2.2\n\nFinal-Recipient",
    )

    found = reports.read(raw)

    assert [(r.kind, r.addresses) for r in found] == [
        (Kind.SOFT, {"other@example.org"}),
        (Kind.HARD, {TO}),
    ]


def test_an_address_in_xtext_is_read_both_ways():
    raw = sample("postfix", TO, ID).replace(
        b"Original-Recipient: rfc822;" + TO.encode(),
        b"Original-Recipient: rfc822;Reader+2BFeet@Example.org",
    )

    (report,) = reports.read(raw)

    assert report.addresses == {TO, "reader+2bfeet@example.org"}


def test_a_status_that_was_encoded_on_its_way_is_read():
    raw = sample("postfix", TO, ID).replace(
        b"message/delivery-status\n",
        b"message/delivery-status\nContent-Transfer-Encoding: quoted-printable\n",
    )
    raw = raw.replace(b"Status: 5.1.1", b"Status: =35.1.1")

    assert reports.read(raw)[0].status == "5.1.1"


@pytest.mark.parametrize(
    "change",
    [
        (b"Subject: failure notice", b"Subject: Warning: delayed 4 hours"),
        (b"From: MAILER-DAEMON@qm.example", b"From: reader@example.org"),
        (b"Sorry, no mailbox here by that name. (#5.1.1)", b"Sorry."),
    ],
)
def test_text_that_is_no_report_of_a_failure_is_none(change):
    raw = sample("qmail", TO, ID)
    assert reports.read(raw)

    assert reports.read(raw.replace(*change)) == []


def test_a_holiday_answer_is_no_report():
    assert reports.read(sample("holiday", TO, ID)) == []


def test_a_receipt_is_no_report():
    raw = sample("postfix", TO, ID).replace(
        b"report-type=delivery-status", b"report-type=disposition-notification"
    )

    assert reports.read(raw) == []
