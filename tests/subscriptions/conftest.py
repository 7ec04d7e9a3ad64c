import pytest

from subscriptions.models import Subscriber
from tests.subscriptions.steps import ask, path_of, work


@pytest.fixture
def joined(client, db):
    """A reader on the list, by the whole way."""
    ask(client)
    work()
    subscriber = Subscriber.objects.get()
    client.post(path_of(subscriber.confirm_url))
    subscriber.refresh_from_db()
    assert subscriber.state == Subscriber.State.CONFIRMED
    return subscriber
