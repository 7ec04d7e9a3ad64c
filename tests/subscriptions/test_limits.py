"""How many mails a stranger can cause: to one address, to one domain, from one network."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from footcare.lib import throttle
from outbox.models import Message
from subscriptions import joining, limits
from subscriptions.models import Request, Subscriber
from tests.factories import make_subscriber
from tests.subscriptions.steps import EMAIL, a_while_later, ask, path_of, quiet, work

SPELLINGS = ["reader@example.org", "READER@example.org"]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def clock(monkeypatch):
    """Lets time pass, for the limits and for what is stored."""

    class Clock:
        now = 1_800_000_000.0

        def go(self, by):
            self.now += by.total_seconds()
            monkeypatch.setattr(throttle, "time", lambda: self.now)
            for request in Request.objects.exclude(answered_at=None):
                Request.objects.filter(pk=request.pk).update(
                    answered_at=request.answered_at - by
                )

    return Clock()


def mails_in(client, clock, hours, email=lambda n: EMAIL):
    """Somebody asks four times in so long, or each hour; no network's limit is in the way."""
    times = max(4, hours)
    for n in range(times):
        ask(client, email(n))
        work()
        clock.go(hours * HOUR / times)
        throttle._refused.clear()
    return Message.objects.count()


def test_an_address_gets_three_mails_an_hour_at_most_whoever_asks(client, clock, db):
    assert mails_in(client, clock, 1, lambda n: SPELLINGS[n % 2]) == 3


@pytest.mark.parametrize("spelling", ["vic.tim+{}@gmail.com", "victim+{}@example.org"])
def test_what_stands_after_a_plus_is_no_other_mailbox(client, db, spelling):
    for n in range(15):
        ask(client, spelling.format(n))
    work()

    asked = Request.objects.values("email").distinct().count()
    assert asked == 15
    assert Message.objects.count() == limits.MAILS_A_WEEK


def test_three_an_hour_do_not_become_seventy_two_a_day(client, clock, db):
    assert mails_in(client, clock, 23) == 3


def test_and_not_twenty_one_a_week(client, clock, db, monkeypatch):
    monkeypatch.setattr(limits, "SIGN_UPS_A_DAY", 10_000)
    for _ in range(6):
        mails_in(client, clock, 1, lambda n: SPELLINGS[n % 2])
        clock.go(DAY)

    assert Message.objects.count() == 6


def test_who_is_on_the_list_is_not_written_to_more_often(client, clock, db):
    make_subscriber(email=EMAIL, state=Subscriber.State.CONFIRMED)

    assert mails_in(client, clock, 23) == 3


def test_the_week_is_kept_though_the_address_is_forgotten(client, clock, db):
    mails_in(client, clock, 1)
    clock.go(4 * DAY)
    Subscriber.objects.update(linked_at=timezone.now() - 4 * DAY)
    joining.forget_unconfirmed(quiet)
    assert not Subscriber.objects.exists()
    assert not Request.objects.exists()

    mails_in(client, clock, 1)
    clock.go(DAY)
    mails_in(client, clock, 1)

    assert Message.objects.count() == 6


def test_who_asks_on_and_on_does_not_keep_the_address_here(client, clock, db):
    mails_in(client, clock, 1)
    long_ago = timezone.now() - 4 * DAY
    Subscriber.objects.update(linked_at=long_ago)

    mails_in(client, clock, 1)

    assert Message.objects.count() == 3
    assert Subscriber.objects.get().linked_at == long_ago
    joining.forget_unconfirmed(quiet)
    assert not Subscriber.objects.exists()


def test_tries_that_brought_no_mail_do_not_use_up_the_week(client, clock, db):
    for _ in range(10):  # a hand that trembles
        ask(client)
    work()
    clock.go(DAY)

    ask(client)
    work()

    assert Message.objects.count() == 2


def test_a_domain_gets_so_many_mails_an_hour(client, clock, db, monkeypatch):
    monkeypatch.setattr(limits, "TO_A_DOMAIN", 2)
    monkeypatch.setattr(limits, "SIGN_UPS_A_MINUTE", 1000)

    def flood():
        for n in range(5):
            ask(client, f"someone{n}@company.example")
        work()

    flood()
    ask(client, "reader@another.example")
    work()
    assert Message.objects.filter(to__endswith="@company.example").count() == 2
    assert Message.objects.filter(to="reader@another.example").exists()

    clock.go(2 * HOUR)
    throttle._refused.clear()
    flood()
    assert Message.objects.filter(to__endswith="@company.example").count() == 4


def test_a_provider_gets_far_more(client, db, monkeypatch):
    monkeypatch.setattr(limits, "TO_A_DOMAIN", 2)
    for n in range(5):
        ask(client, f"someone{n}@gmail.com")
    work()

    assert Message.objects.count() == 5
    monkeypatch.setattr(limits, "TO_A_PROVIDER", 5)
    ask(client, "someone5@gmail.com")
    work()
    assert Message.objects.count() == 5


def test_the_answer_of_who_has_had_enough_is_the_same(client, db, monkeypatch):
    first = ask(client)
    work()
    monkeypatch.setattr(limits, "MAILS_A_DAY", 1)
    a_while_later()
    again = ask(client)
    work()

    assert Message.objects.count() == 1
    assert (again.status_code, again.headers["Location"]) == (
        first.status_code,
        first.headers["Location"],
    )


def test_a_network_asks_so_often_a_day(client, db, monkeypatch):
    monkeypatch.setattr(limits, "SIGN_UPS_A_DAY", 3)
    for n in range(3):
        assert ask(client, f"reader{n}@example.org").status_code == 302

    response = ask(client)

    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 60
    html = response.content.decode()
    assert "Please try again tomorrow." in html
    assert EMAIL in html
    assert Request.objects.count() == 3


def test_the_limits_keep_nobodys_address(client, db, settings):
    settings.CACHE_IS_SHARED = False
    ask(client)
    work()
    Request.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key FROM {throttle.TABLE}")
        kept = [key for (key,) in cursor.fetchall()]

    assert len(kept) == 4  # the network twice, the address, the domain
    assert not [key for key in kept if "@" in key or "example" in key]


def test_who_left_may_come_back_although_a_mail_went_out_a_moment_ago(client, joined):
    client.post(path_of(joined.leave_url))
    ask(client)
    work()

    assert Message.objects.filter(subject__startswith="Confirm").count() == 2
