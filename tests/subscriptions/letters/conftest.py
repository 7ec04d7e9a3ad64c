import pytest

from subscriptions.letters import delivery
from tests.outbox.conftest import mailbox
from tests.subscriptions.letters.times import Clock

__all__ = ["mailbox"]


@pytest.fixture(autouse=True)
def _own_line():
    """No test goes on over the line of the one before."""
    yield
    delivery._line.close()
    delivery._prepared.cache_clear()


@pytest.fixture
def clock(monkeypatch, db):
    """It is Monday, 2 March 2026, noon, until a test says otherwise."""
    return Clock(monkeypatch)
