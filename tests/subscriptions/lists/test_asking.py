"""The people of a doubtful list are asked first, a few at a time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Topic
from footcare.lib import throttle
from outbox.models import Message
from subscriptions import joining, limits, own_data, suppression
from subscriptions.lists import asking, importing, undoing
from subscriptions.models import Import, Request, SendingSettings, Subscriber
from tests.factories import make_subscriber
from tests.subscriptions.lists.steps import PROOF, kinds, layout_of, lines_of
from tests.subscriptions.steps import quiet, work

pytestmark = pytest.mark.django_db


def hand_over(content):
    imported = Import.objects.create(proof=PROOF, content=content)
    report = asking.hand_over(imported, lines_of(content), layout_of(content))
    imported.refresh_from_db()
    return imported, report


def people(count):
    return "".join(f"reader-{n}@example.org\n" for n in range(count))


def of_many_places(count):
    return "".join(f"reader@place-{n}.example\n" for n in range(count))


def a_minute_later(imported):
    imported.refresh_from_db()
    then = timezone.now() - timedelta(seconds=61)
    Import.objects.update(report=imported.report | {"asked_at": then.isoformat()})


def test_nobody_is_on_the_list_before_they_confirm():
    _, report = hand_over("email,name\nada@example.org,Ada\n")

    assert kinds(report) == {"new": 1}
    assert not Subscriber.objects.exists()
    assert asking.ask_some(quiet) == 1
    work()

    assert Message.objects.get().to == "ada@example.org"
    joining.confirm(Subscriber.objects.get())
    assert Subscriber.objects.on_list().count() == 1


def test_a_few_are_asked_each_minute(monkeypatch):
    monkeypatch.setattr(asking, "A_MINUTE", 2)
    imported, _ = hand_over(people(5))

    asked = [asking.ask_some(quiet), asking.ask_some(quiet)]
    for _ in range(3):
        a_minute_later(imported)
        asked.append(asking.ask_some(quiet))

    assert asked == [2, 0, 2, 1, 0]
    assert Request.objects.count() == 5
    assert Import.objects.get().content == ""


@pytest.mark.parametrize(("an_hour", "asked"), [(0, 30), (240, 2), (10, 1), (9999, 30)])
def test_the_owners_pace_is_kept(an_hour, asked):
    SendingSettings.objects.create(pk=1, per_hour=an_hour)
    hand_over(of_many_places(40))

    assert asking.ask_some(quiet) == asked


def test_whose_domain_has_had_enough_is_asked_later_and_nobody_never(monkeypatch):
    monkeypatch.setattr(limits, "TO_A_DOMAIN", 6)
    imported, _ = hand_over(people(7) + "ada@elsewhere.example\n")

    asked, hour = [], throttle.time()
    for number in range(3):
        monkeypatch.setattr(throttle, "time", lambda n=number: hour + n * 3600)
        monkeypatch.setattr(throttle, "_refused", {})
        asked.append(asking.ask_some(quiet))
        a_minute_later(imported)
        asked.append(asking.ask_some(quiet))
        a_minute_later(imported)
        work()

    assert asked == [4, 0, 3, 0, 1, 0]
    assert Message.objects.count() == 8
    assert Import.objects.get().content == ""


def test_who_came_or_left_meanwhile_is_not_asked():
    hand_over(people(5))
    make_subscriber(email="reader-0@example.org", state="confirmed")
    make_subscriber(email="reader-1@example.org", state="left")
    make_subscriber(email="reader-2@example.org")
    suppression.suppress("reader-3@example.org", "erased")

    assert asking.ask_some(quiet) == 1

    assert Request.objects.get().email == "reader-4@example.org"


def test_whom_the_file_says_left_is_neither_asked_nor_brought_back():
    imported, report = hand_over("email,status\na@x.org,unsubscribed\nb@x.org,active\n")

    assert kinds(report) == {"new": 1, "says gone": 1}
    assert imported.content == "b@x.org\n"
    assert suppression.suppressed_among(["a@x.org"])


def test_topics_go_along():
    topic = Topic.objects.create(name="Shoes", slug="shoes")
    gone = Topic.objects.create(name="Socks", slug="socks")
    hand_over('email,topics\na@x.org,"shoes,socks"\n')
    gone.delete()

    asking.ask_some(quiet)

    assert list(Request.objects.get().topics.all()) == [topic]


def test_who_had_the_address_erased_meanwhile_is_not_asked():
    hand_over(people(2))
    own_data.erase(make_subscriber(email="reader-0@example.org", state="left"))

    assert "reader-0" not in Import.objects.get().content
    assert asking.ask_some(quiet) == 1

    assert Request.objects.get().email == "reader-1@example.org"


def test_undoing_ends_the_asking():
    imported, _ = hand_over(people(3))

    undoing.undo(imported)

    assert asking.ask_some(quiet) == 0
    assert not Request.objects.exists()


def test_a_file_that_waits_for_its_turn_is_not_forgotten():
    imported, _ = hand_over(people(3))
    Import.objects.update(created_at=timezone.now() - timedelta(days=3))

    importing.forget_unused(quiet)

    assert Import.objects.get(pk=imported.pk).content
