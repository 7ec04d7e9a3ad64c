"""Anybody writes to the address of bounces: no mail is too odd, too deep or too long to read."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscriptions.bounces import reports
from subscriptions.bounces.mails import LONGEST
from tests.subscriptions.bounces.steps import SAMPLES, sample

REPORT = (
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n"
    b"From: mailer-daemon@x.org\n\n"
)
STATUS = b"--b\nContent-Type: message/delivery-status\n\n"
NAMES = sorted(path.stem for path in SAMPLES.glob("*.eml"))

LONG = {
    "nested": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n)
        for n in range(5000)
    ),
    "parts": REPORT + STATUS * 6000,
    "groups": REPORT + STATUS + b"Final-Recipient: rfc822; a@b.c\nAction: failed\n\n" * 5000,
    "blanks": REPORT + STATUS + b"Action: failed\n" + b" \n\t" * 90_000,
    "folded": REPORT + STATUS + b"Diagnostic-Code: x" + b"\n y" * 90_000,
    "dashes": b"From: mailer-daemon@x.org\n\n" + b"-" * 300_000,
    "angles": b"From: mailer-daemon@x.org\n\n" + b"<" * 300_000,
    "addresses": b"From: mailer-daemon@x.org\n\n" + b"<a@b.c>:\n550 no such user\n\n" * 9000,
    "parameters": b'Content-Type: multipart/report; a="' + b'";a="' * 60_000,
    "header without end": b"A: b\n" * 60_000,
    "spaces": b"From: mailer-daemon@x.org\n\nmessage-id:" + b" " * 300_000,
    "codes": REPORT + STATUS + b"Action: failed\nDiagnostic-Code: " + b"5.1." * 70_000,
    "words": REPORT + STATUS + b"Action: failed\nDiagnostic-Code: " + b"=?utf-8?q?" * 30_000,
    "failed": b"X-Failed-Recipients: " + b"a@b.c," * 50_000 + b"\n\n550 no",
}  # fmt: skip


@pytest.mark.parametrize("kind", LONG)
def test_a_long_mail_is_read_in_no_time(kind):
    began = time.process_time()

    found = reports.read(LONG[kind])

    assert time.process_time() - began < 1
    assert len(found) <= 100


def test_what_comes_after_the_limit_is_not_looked_at():
    raw = REPORT + b" " * LONGEST + b"\n" + STATUS + b"Action: failed\nStatus: 5.1.1\n"

    assert reports.read(raw) == []


@given(st.binary(max_size=400))
def test_any_bytes_are_read(raw):
    for before in (b"", REPORT, REPORT + STATUS, REPORT + STATUS + b"Action: failed\n"):
        reports.read(before + raw)


@given(st.sampled_from(NAMES), st.data())
def test_a_report_with_bytes_lost_or_changed_is_read(name, data):
    raw = sample(name)
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, len(raw)))

    reports.read(raw[:start] + data.draw(st.binary(max_size=9)) + raw[end:])


@pytest.mark.parametrize("charset", ["utf-16", "no-such", "=?utf-8?q?x?=", ""])
def test_a_charset_that_is_none_is_no_matter(charset):
    raw = sample("postfix").replace(b"charset=utf-8", f"charset={charset}".encode())

    assert len(reports.read(raw.replace(b"I'm sorry", b"\xff\xfe\x00"))) == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_report_about_a_report_is_about_no_letter_of_ours(name):
    """A server sends none about a mail without a sender; a broken one might."""
    inner = sample(name, id="<1-abcdefghijklmnopqrstuv@testserver>")
    outer = sample("exim", id="<of-the-server@x>").replace(
        b"\nReturn-path: <bounces@testserver>", b"\n" + inner
    )

    assert all("1-abc" not in one.message_id for one in reports.read(outer))
