import pytest

from subscriptions.letters import delivery
from tests.outbox.conftest import mailbox

__all__ = ["mailbox"]


@pytest.fixture(autouse=True)
def _own_line():
    """No test goes on over the line of the one before."""
    yield
    delivery._line.close()
    delivery._prepared.cache_clear()
