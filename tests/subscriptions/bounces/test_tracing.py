"""Anybody may write a report; only one about a letter of ours is believed."""

import pytest

from subscriptions import tokens
from subscriptions.bounces import reports, tracing
from subscriptions.bounces.verdicts import Kind, Report
from tests.subscriptions.bounces.steps import (
    ago,
    make_reader,
    make_sent,
    message_id,
    report_about,
    sample,
)

pytestmark = pytest.mark.django_db


def find(raw):
    (report,) = reports.read(raw)
    return tracing.find(report)


@pytest.mark.parametrize(
    "name", ["postfix", "exim", "sendmail", "exchange", "gmail", "qmail", "text"]
)
def test_a_report_that_returns_our_message_id_is_believed(name):
    first, second = make_sent(make_reader()), make_sent(make_reader())

    for sent in (first, second):
        found = find(report_about(sent, name))

        assert (found.kind, found.delivery) == (Kind.HARD, sent)
        assert found.subscriber == sent.subscriber


def test_a_complaint_is_believed_with_our_message_id_alone():
    sent = make_sent(make_reader())

    assert find(report_about(sent, "complaint")).kind == Kind.COMPLAINT
    assert find(sample("complaint", sent.subscriber.email)) is None


def test_a_message_id_that_was_made_up_is_not_believed():
    mine, theirs = make_sent(make_reader()), make_sent(make_reader())
    tag = message_id(mine).partition("-")[2]
    wrong = tokens.make("leave", theirs.pk, theirs.letter.mark)

    for guess in (f"<{theirs.pk}-{tag}", f"<{wrong}@testserver>", f"<{theirs.pk}@x>"):
        assert tracing.delivery_of(guess) is None


def test_a_report_that_only_names_an_address_is_soft_and_about_a_letter_of_lately():
    reader = make_reader(email="Reader.A@example.org")
    make_sent(reader, tried_at=ago(days=3))
    newest = make_sent(reader, tried_at=ago(days=1))
    make_sent(make_reader())

    found = find(sample("postfix", "reader.a@example.org"))

    assert (found.kind, found.delivery) == (Kind.SOFT, newest)


@pytest.mark.parametrize(
    "values",
    [{"tried_at": ago(days=15)}, {"bounced": "soft"}, {"state": "failed"}],
)
def test_a_report_that_only_names_an_address_counts_for_no_other_letter(values):
    reader = make_reader()
    make_sent(reader, **values)

    assert find(sample("postfix", reader.email)) is None


def test_a_report_that_names_nobody_of_ours_is_about_nothing():
    make_sent(make_reader())

    assert find(sample("postfix", "stranger@example.org")) is None


def test_a_letter_that_was_passed_on_and_died_there_is_soft():
    sent = make_sent(make_reader())

    found = find(sample("postfix", "elsewhere@example.org", message_id(sent)))

    assert (found.kind, found.delivery) == (Kind.SOFT, sent)


def test_the_key_before_the_last_one_still_counts(settings):
    sent = make_sent(make_reader())
    of_before = message_id(sent)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-0123456789-0123456789-0123456789"

    assert tracing.delivery_of(of_before) == sent


def with_link(name, link, to="reader@example.org"):
    raw = sample(name, to, f"<of-the-relay@x>\nList-Unsubscribe: {link}")
    assert link.encode() in raw
    return raw


@pytest.mark.parametrize("name", ["postfix", "exim", "exchange", "complaint"])
@pytest.mark.parametrize("form", ["<{}>", "<mailto:a@relay.example>,\n\t<{}>"])
def test_a_report_that_returns_our_link_to_leave_is_believed(name, form):
    """A relay may put a Message-ID of its own in the place of ours."""
    reader, other = make_reader(email="reader@example.org"), make_reader()
    sent = make_sent(reader)
    make_sent(other)

    found = find(with_link(name, form.format(reader.leave_url)))

    assert found.delivery == sent
    assert found.kind == (Kind.COMPLAINT if name == "complaint" else Kind.HARD)


def test_a_link_to_leave_that_was_made_up_is_not_believed():
    reader, victim = make_reader(), make_reader(email="reader@example.org")
    make_sent(reader)
    sent = make_sent(victim)
    tag = reader.leave_url.partition("-")[2]
    made_up = f"<http://testserver/unsubscribe/{victim.pk}-{tag}>"

    for link in (made_up, f"<{victim.preferences_url}>", "<>", f"<{reader.leave_url}"):
        assert find(with_link("postfix", link)).kind == Kind.SOFT
        assert find(with_link("postfix", link)).delivery == sent
        assert find(with_link("complaint", link)) is None


def test_a_report_that_names_many_addresses_names_nobody():
    make_sent(make_reader(email="reader@example.org"))
    report = Report(
        Kind.HARD,
        frozenset(f"a{n}@x.org" for n in range(4)) | {"reader@example.org"},
        "",
    )

    assert tracing.find(report) is None
