"""The numbers of days agree with the rows, whatever way people come and go."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from articles.models import Topic
from subscriptions import joining, moving, own_data, preferences, suppression
from subscriptions.lists import deleting, undoing
from subscriptions.models import Subscriber, Suppression, Tally
from tests.factories import make_subscriber
from tests.subscriptions.lists.steps import bring
from tests.subscriptions.steps import quiet

pytestmark = pytest.mark.django_db

EMAIL = "reader@example.org"


def balance():
    """How many the tallies say are on the list."""
    came = gone = 0
    for day in Tally.objects.all():
        came += day.joined + day.imported
        gone += day.left + day.bounced + day.complained + day.removed
    return came - gone


def on_list():
    return Subscriber.objects.on_list().count()


def reader():
    return Subscriber.objects.get(email=EMAIL)


def confirm():
    joining.confirm(reader())


def take_back():
    undoing.undo(Subscriber.objects.exclude(imported=None).get().imported)


def delete():
    deleting.delete(Subscriber.objects.all())


def forget():
    Subscriber.objects.update(linked_at=timezone.now() - timedelta(days=9))
    joining.forget_unconfirmed(quiet)


def leave():
    joining.leave(reader())


def complain():
    joining.leave(reader(), Suppression.Reason.COMPLAINT)


def erase():
    own_data.erase(reader())


def move_away():
    request = moving.ask(reader(), "new@example.org")
    assert moving.move(request)


def choose():
    preferences.save(reader(), pace="weekly", topics=[], paused_until=date(2999, 1, 1))


def ask():
    make_subscriber(email=EMAIL)


def import_it():
    bring(f"{EMAIL}\n")


WAYS = [
    [ask, confirm],
    [ask, confirm, confirm],
    [ask, confirm, choose, leave],
    [ask, leave],
    [ask, forget],
    [ask, erase],
    [ask, delete],
    [ask, confirm, leave, leave],
    [ask, confirm, complain],
    [ask, confirm, erase],
    [ask, confirm, delete],
    [ask, confirm, leave, delete],
    [ask, confirm, leave, import_it],
    [ask, confirm, leave, confirm],
    [ask, confirm, move_away],
    [import_it],
    [import_it, import_it],
    [import_it, take_back],
    [import_it, leave, take_back],
    [import_it, choose, take_back],
    [import_it, delete],
    [import_it, erase, import_it],
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: "-".join(s.__name__ for s in way))
def test_the_sums_agree_with_the_rows(way):
    for step in way:
        step()

        assert balance() == on_list(), step.__name__


def test_somebody_whose_address_is_mended_counts_again():
    import_it()
    Subscriber.objects.update(state="bounced", bounced_at=timezone.now())
    Tally.objects.update(bounced=1)

    move_away()

    assert balance() == on_list() == 1


def test_a_topic_chosen_keeps_somebody_whom_an_undone_list_brought():
    import_it()
    topic = Topic.objects.create(name="Shoes", slug="shoes")
    preferences.save(reader(), pace="each", topics=[topic], paused_until=None)

    take_back()

    assert on_list() == 1


def test_who_moved_to_another_address_stays_when_the_list_is_undone():
    import_it()
    move_away()

    take_back()

    assert Subscriber.objects.on_list().get().email == "new@example.org"
    assert suppression.suppressed_among([EMAIL])
