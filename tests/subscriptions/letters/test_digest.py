"""The week in one letter, made once, at the hour of the place."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from articles.models import Article, Topic
from subscriptions.letters import control, publishing
from subscriptions.models import Digest, Letter, SendingSettings
from tests.factories import make_article, make_subscriber
from tests.subscriptions.letters.steps import quiet

DAY, HOUR, WEEK = timedelta(days=1), timedelta(hours=1), timedelta(days=7)
State = Letter.State
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def friday(clock):
    clock.set(2026, 3, 6, 9, 5)  # five minutes past the hour


@pytest.fixture
def reader(friday):
    return make_subscriber(state="confirmed", pace="weekly")


def work():
    """What the worker does in one round; how many letters it made of a week."""
    made = publishing.send_digest(quiet)
    while control.start_due(quiet):
        pass
    return made


def titles_of(letter):
    return set(letter.articles.values_list("title", flat=True))


def test_the_weeks_articles_are_one_letter_made_once(clock, reader):
    make_article(title="New", published_at=clock.moment - DAY)
    make_article(title="Newer", published_at=clock.moment - HOUR)
    make_article(title="Old", published_at=clock.moment - WEEK - HOUR)
    make_article(title="After", published_at=clock.moment)
    make_article(title="Coming", published_at=clock.moment + DAY)
    make_article(title="Draft", published_at=clock.moment - DAY, status="draft")

    assert [work(), work()] == [1, 0]

    letter = Letter.objects.get()
    assert titles_of(letter) == {"New", "Newer"}
    assert letter.state == State.SENDING
    assert letter.is_automatic
    assert letter.frozen_subject == "This week on Footcare: Newer, and 1 more"
    assert letter.deliveries.get().subscriber == reader
    assert Digest.objects.get().until == datetime(2026, 3, 6, 9, tzinfo=UTC)


def test_the_next_week_begins_where_the_last_ended(clock, reader):
    make_article(title="First", published_at=clock.moment - DAY)
    work()
    make_article(title="Just after", published_at=clock.moment)
    clock.forward(WEEK - HOUR)
    assert work() == 0, "the week is not over"

    clock.forward(HOUR)

    assert work() == 1
    assert titles_of(Letter.objects.latest("pk")) == {"Just after"}


def test_a_week_without_news_has_no_letter_and_is_not_looked_at_again(
    clock, reader, django_assert_num_queries
):
    assert work() == 0

    assert Digest.objects.count() == 1
    assert not Letter.objects.exists()
    with django_assert_num_queries(2):
        assert publishing.send_digest(quiet) == 0


def test_who_wants_nothing_of_the_week_gets_nothing(clock, reader):
    reader.topics.add(Topic.objects.create(name="Rest", slug="rest"))
    make_article(published_at=clock.moment - DAY)

    assert work() == 0
    assert Digest.objects.exists()


def test_a_digest_without_readers_is_no_letter(clock, friday):
    make_subscriber(state="confirmed", pace="each")
    make_subscriber(state="pending", pace="weekly")
    make_article(published_at=clock.moment - DAY)

    assert work() == 0
    assert not Letter.objects.exists()


def test_what_was_missed_for_long_waits_for_a_decision(clock, reader):
    make_article(published_at=clock.moment - DAY)
    clock.forward(13 * HOUR)

    assert [work(), work()] == [1, 0]

    letter = Letter.objects.get()
    assert (letter.state, letter.pause) == (State.PAUSED, Letter.Pause.STALE)


def test_after_weeks_away_there_is_one_digest_of_all(clock, reader):
    work()
    for days in (2, 9, 16):
        make_article(published_at=clock.moment + days * DAY)
    clock.forward(3 * WEEK)

    assert work() == 1
    assert Letter.objects.get().articles.count() == 3


def test_what_is_published_under_an_earlier_date_is_in_the_next_one(clock, reader):
    late = make_article(status="draft", published_at=clock.moment - 2 * DAY)
    make_article(title="Told", published_at=clock.moment - DAY)
    work()
    clock.forward(DAY)
    late.status = Article.Status.PUBLISHED
    late.save()
    told = Article.objects.get(title="Told")
    told.save()  # corrected, but it was in the first
    clock.forward(6 * DAY)

    assert work() == 1
    assert set(Letter.objects.latest("pk").articles.all()) == {late}


def test_an_article_of_a_new_date_is_told_of_once(clock, reader):
    article = make_article(published_at=clock.moment - DAY)
    work()
    article.published_at = clock.moment + DAY
    article.save()
    clock.forward(WEEK)

    assert work() == 0


@pytest.mark.parametrize(("day", "hour", "makes"), [(5, 9, 0), (4, 10, 0), (1, 9, 1)])
def test_another_day_makes_a_week_longer_but_not_much_shorter(
    clock, reader, day, hour, makes
):
    """The day was Friday. Saturday is too soon, Tuesday is half a week later."""
    work()
    SendingSettings(pk=1, digest_weekday=day, digest_hour=hour).save()
    make_article(published_at=clock.moment + HOUR)

    clock.forward(5 * DAY)

    assert work() == makes
    clock.forward(WEEK)
    assert work() == 1 - makes, "nobody misses anything"


def test_a_digest_of_the_future_stops_nothing(clock, reader):
    Digest.objects.create(until=clock.moment + 300 * DAY)  # by a wrong clock
    make_article(published_at=clock.moment - DAY)

    assert work() == 1


def test_twenty_articles_are_enough(clock, reader):
    for number in range(23):
        make_article(published_at=clock.moment - HOUR - number * HOUR)

    work()

    newest = Article.objects.newest_first()[:20]
    assert set(Letter.objects.get().articles.all()) == set(newest)


def in_berlin(*moment):
    return datetime(*moment, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "hour", "end"),
    [
        # Clocks went from 02:00 to 03:00 on 29 March 2026, from 03:00 to 02:00 on
        # 25 October.
        ((2026, 3, 29, 0, 59), 2, (2026, 3, 22, 1)),
        ((2026, 3, 29, 1, 0), 2, (2026, 3, 29, 1)),
        ((2026, 3, 29, 1, 0), 3, (2026, 3, 29, 1)),
        ((2026, 10, 25, 0, 0), 2, (2026, 10, 25, 0)),
        ((2026, 10, 25, 1, 30), 2, (2026, 10, 25, 0)),
        ((2026, 10, 24, 23, 59), 2, (2026, 10, 18, 0)),
        ((2026, 10, 25, 7, 59), 9, (2026, 10, 18, 7)),
        ((2026, 10, 25, 8, 0), 9, (2026, 10, 25, 8)),
    ],
)
def test_the_hour_is_that_of_the_place_also_when_clocks_change(now, hour, end):
    with timezone.override(BERLIN):
        found = publishing.latest_end(datetime(*now, tzinfo=UTC), 6, hour)

    assert found == datetime(*end, tzinfo=UTC)


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    weekday=st.integers(0, 6),
    hour=st.integers(0, 23),
    zone=st.sampled_from(
        ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Nuuk"]
    ),
)  # fmt: skip
def test_ends_of_weeks_are_a_week_apart_and_none_is_left_out(now, weekday, hour, zone):
    with timezone.override(ZoneInfo(zone)):
        end = publishing.latest_end(now, weekday, hour)
        before = publishing.latest_end(end - timedelta(seconds=1), weekday, hour)
        same = publishing.latest_end(end, weekday, hour)

    assert end == same <= now
    assert abs(end - before - WEEK) <= HOUR
    assert now - end < WEEK + HOUR
    local = end.astimezone(ZoneInfo(zone))
    assert local.weekday() == weekday
    assert local.hour in {hour, hour + 1}
