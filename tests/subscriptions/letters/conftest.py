import pytest

from outbox import ending
from subscriptions.letters import delivery
from tests.outbox.conftest import mail_server, mailbox
from tests.subscriptions.letters.times import Clock

__all__ = ["mail_server", "mailbox"]


@pytest.fixture(autouse=True)
def _own_line():
    """No test goes on over the line of the one before."""
    yield
    delivery.hang_up()
    delivery._prepared.cache_clear()
    delivery._told.clear()
    ending.asked.clear()


@pytest.fixture
def between(monkeypatch):
    """Do something after each mail that the server took: ``between(what)``."""

    def do(what):
        send = delivery._line.send

        def send_and_do(envelope, until):
            kept = send(envelope, until)
            what(envelope.to)
            return kept

        monkeypatch.setattr(delivery._line, "send", send_and_do)

    return do


@pytest.fixture
def clock(monkeypatch, db):
    """It is Monday, 2 March 2026, noon, until a test says otherwise."""
    return Clock(monkeypatch)
