"""A fault at every single call, to the mail server and to the database, keeps the promise."""

import smtplib
from collections import Counter
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import count

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from subscriptions.letters import control, delivery
from subscriptions.letters.mime import PreparedLetter
from subscriptions.models import Delivery, Letter
from tests.subscriptions.letters.steps import (
    later,
    make_letter,
    make_readers,
    work,
)

READERS = 3
CALLS = (
    "mail",
    "rcpt",
    "putcmd",
    "getreply",
)  # and `send`, which either fails or is done

pytestmark = pytest.mark.django_db(transaction=True)


class CrashError(Exception):
    """A mistake of ours, which nothing expects."""


class Fault:
    """Raise ``error`` at call number ``at``, before it is done or after."""

    def __init__(self, at, error, *, after):
        self.at, self.error, self.after = at, error, after
        self.calls, self.came = 0, False

    def call(self, do, *arguments):
        self.calls += 1
        is_it = self.calls == self.at
        if is_it and not self.after:
            self.came = True
            raise self.error
        done = do(*arguments)
        if is_it:
            self.came = True
            raise self.error
        return done


@contextmanager
def at_the_line(fault, monkeypatch):
    with monkeypatch.context() as patch:
        for name in CALLS if fault.after else (*CALLS, "send"):
            real = getattr(smtplib.SMTP, name)
            patch.setattr(
                smtplib.SMTP,
                name,
                lambda smtp, *values, _real=real: fault.call(_real, smtp, *values),
            )
        yield


@contextmanager
def at_the_cursor(fault, monkeypatch):
    def wrapper(execute, *arguments):
        return fault.call(execute, *arguments)

    with connection.execute_wrapper(wrapper):
        yield


def let_time_pass():
    """Leases and pauses end."""
    long_ago = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(state="sending").update(due_at=long_ago)
    later()


def run_into(fault, where, monkeypatch, tried):
    """One worker sends a new letter, meets ``fault``, and dies or goes on."""
    letter = make_letter(at_most_once=tried.at_most_once)
    assert control.queue(letter)
    with where(fault, monkeypatch):
        try:
            work()
        except (CrashError, OperationalError):
            connection.close()  # as the next turn finds a lost one
    return letter


class Tried:
    def __init__(self, at_most_once):
        self.at_most_once, self.deaths, self.repeats, self.doubts = (
            at_most_once,
            0,
            0,
            0,
        )


def go_to_the_end(letter):
    for _ in range(6):
        let_time_pass()
        work()
        letter.refresh_from_db()
        if letter.state == Letter.State.SENT:
            return
    raise AssertionError(f"It is still {letter.state}.")


def look(letter):
    """The ledger: each state's mails, by address and Message-ID."""
    prepared = PreparedLetter(letter)
    found = {state: set() for state in Delivery.State.values}
    for one in letter.deliveries.select_related("subscriber"):
        found[one.state].add((one.subscriber.email, prepared.message_id(one.pk)))
    return found


WHERE = [
    (at_the_line, smtplib.SMTPServerDisconnected("gone"), False),
    (at_the_line, smtplib.SMTPServerDisconnected("gone"), True),
    (at_the_line, CrashError(), False),
    (at_the_line, CrashError(), True),
    (at_the_cursor, OperationalError("gone"), False),
    (at_the_cursor, OperationalError("gone"), True),
]
NAMES = [
    "line, before", "line, after", "crash, before", "crash, after",
    "cursor, before", "cursor, after",
]  # fmt: skip


def every_fault(mail_server, monkeypatch, where, error, after, tried):
    """Yield what became of the letter, for a fault at each call there is."""
    make_readers(READERS)
    mail_server.is_pipelined = tried.at_most_once
    for number in count(1):
        mail_server.taken.clear()
        fault = Fault(number, error, after=after)
        letter = run_into(fault, where, monkeypatch, tried)
        go_to_the_end(letter)
        if not fault.came:
            assert number > READERS
            return
        yield letter
        delivery.hang_up()
        Letter.objects.all().delete()


@pytest.mark.parametrize(("where", "error", "after"), WHERE, ids=NAMES)
def test_everybody_has_it_and_one_at_most_twice(
    mail_server, monkeypatch, where, error, after
):
    tried = Tried(at_most_once=False)

    for letter in every_fault(mail_server, monkeypatch, where, error, after, tried):
        times = Counter(mail_server.taken)
        assert len(times) == READERS
        assert len(mail_server.taken) - READERS <= 1
        assert look(letter)["sent"] == set(times)
        tried.repeats += len(mail_server.taken) - READERS

    # Some answers were lost. A worker that outlives the database's fault has not forgotten.
    assert (tried.repeats > 0) == (where is at_the_line)


@pytest.mark.parametrize(("where", "error", "after"), WHERE, ids=NAMES)
def test_at_most_once_nobody_has_it_twice_and_doubt_is_shown(
    mail_server, monkeypatch, where, error, after
):
    tried = Tried(at_most_once=True)

    for letter in every_fault(mail_server, monkeypatch, where, error, after, tried):
        taken = set(mail_server.taken)
        ledger = look(letter)
        assert len(mail_server.taken) == len(taken)
        assert len(ledger["sent"]) + len(ledger["uncertain"]) == READERS
        assert ledger["sent"] <= taken <= ledger["sent"] | ledger["uncertain"]
        assert len(ledger["uncertain"]) <= 1
        tried.doubts += len(ledger["uncertain"])

    # What was begun and what the worker does not know; else nothing.
    assert (tried.doubts > 0) == (where is at_the_line or after)


@pytest.mark.parametrize("after", [False, True])
def test_a_letter_is_queued_whole_or_not_at_all(monkeypatch, after):
    make_readers(READERS)
    letter = make_letter()

    for number in count(1):
        fault = Fault(number, OperationalError("gone"), after=after)
        with at_the_cursor(fault, monkeypatch), suppress(OperationalError):
            control.queue(letter)
        if fault.came:
            connection.close()
        letter.refresh_from_db()
        if not fault.came:
            break
        queued = (letter.state, letter.is_frozen, letter.deliveries.count())
        assert queued in {("draft", False, 0), ("sending", True, READERS)}
        if letter.is_frozen:
            Letter.objects.all().delete()
            letter = make_letter()

    assert number > 3
    assert (letter.state, letter.deliveries.count()) == ("sending", READERS)
