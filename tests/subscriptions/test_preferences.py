"""A reader's own page: topics, pace, a pause; its link is the key."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article, Topic
from outbox.models import Message
from subscriptions import preferences, tokens
from subscriptions.models import Subscriber
from tests.factories import make_article, make_subscriber
from tests.subscriptions.steps import EMAIL, a_while_later, ask, path_of, work

State = Subscriber.State


@pytest.fixture
def reader(site):
    """On the list, for one topic."""
    subscriber = make_subscriber(email=EMAIL, state=State.CONFIRMED)
    subscriber.topics.set(Topic.objects.filter(slug="massage"))
    return subscriber


def make_topic(name, **article):
    topic = Topic.objects.create(name=name, slug=name.lower())
    make_article(**article).topics.add(topic)
    return topic


def day(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def page_of(reader):
    return path_of(reader.preferences_url)


def save(client, reader, **values):
    return client.post(page_of(reader), {"pace": "each"} | values)


def test_the_page_shows_what_was_chosen(client, reader):
    make_topic("Rest")
    make_topic("Later", status=Article.Status.DRAFT)
    reader.pace, reader.paused_until = "weekly", timezone.localdate() + timedelta(9)
    reader.save()

    html = client.get(page_of(reader)).content.decode()

    assert EMAIL in html
    assert 'value="massage" checked' in html
    assert 'value="rest">' in html
    assert "Later" not in html
    assert 'value="weekly" checked' in html
    assert f'value="{day(9)}"' in html
    assert f'action="{path_of(reader.leave_url)}"' in html


def test_a_topic_that_lost_its_articles_is_still_shown_to_who_chose_it(client, reader):
    later = make_topic("Later", status=Article.Status.DRAFT)
    reader.topics.add(later)

    html = client.get(page_of(reader)).content.decode()

    assert 'value="later" checked' in html
    assert 'value="later"' not in client.get("/subscribe/").content.decode()


def test_a_choice_is_saved(client, reader):
    rest = make_topic("Rest")

    response = save(client, reader, pace="weekly", topics=["rest"], paused_until=day(7))

    assert response.status_code == 302
    assert response.headers["Location"] == f"{page_of(reader)}?done=saved"
    page = client.get(response.headers["Location"]).content.decode()
    assert "Your choice is saved." in page
    reader.refresh_from_db()
    assert (reader.pace, reader.paused_until.isoformat()) == ("weekly", day(7))
    assert list(reader.topics.all()) == [rest]
    assert reader.state == State.CONFIRMED


@pytest.mark.parametrize("typed", ["", "today"])
def test_a_pause_is_ended_by_no_date_or_today(client, reader, typed):
    save(client, reader, paused_until=day(7))
    assert not Subscriber.objects.receiving().exists()

    save(client, reader, paused_until=day(0) if typed else "")

    reader.refresh_from_db()
    assert reader.paused_until is None
    assert Subscriber.objects.receiving().exists()


def test_letters_come_again_on_the_day_given(client, reader):
    save(client, reader, paused_until=day(7))

    today = timezone.localdate()
    assert not Subscriber.objects.receiving(today + timedelta(days=6)).exists()
    assert Subscriber.objects.receiving(today + timedelta(days=7)).exists()
    Subscriber.objects.update(paused_until=today - timedelta(days=1))
    assert f'value="{day(-1)}"' not in client.get(page_of(reader)).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("paused_until", day(-1), "This day is over."),
        ("paused_until", day(500), "A pause lasts a year at most."),
        ("paused_until", "soon", "Write the day like 2030-12-31."),
        ("paused_until", "2030-02-30", "Write the day like 2030-12-31."),
        ("paused_until", "9999999-01-01", "Write the day like 2030-12-31."),
        ("pace", "daily", "Choose how often."),
        ("pace", "", "Choose how often."),
        ("topics", "none", "There is no topic “none” here."),
    ],
)
def test_what_cannot_be_is_refused_and_kept(client, reader, field, value, words):
    before = Subscriber.objects.values().get()
    typed = {"pace": "weekly", "topics": ["massage"], "paused_until": day(3)}

    response = client.post(page_of(reader), typed | {field: value})

    assert response.status_code == 422
    html = response.content.decode()
    assert "<title>Error: " in html
    assert html.count(words) == 2  # above and at its field
    if field != "pace":
        assert 'value="weekly" checked' in html
    if field != "topics":
        assert 'value="massage" checked' in html
    if field == "paused_until":
        assert f'value="{value}"' in html
    assert Subscriber.objects.values().get() == before


@pytest.mark.parametrize("state", [State.PENDING, State.LEFT, State.BOUNCED])
def test_who_is_not_on_the_list_has_nothing_to_choose(client, site, state):
    reader = make_subscriber(state=state)
    before = Subscriber.objects.values().get()

    html = client.get(page_of(reader)).content.decode()
    response = save(client, reader, pace="weekly", paused_until=day(7))

    assert 'name="pace"' not in html
    assert "/subscribe/" in html
    assert "Delete what is stored" in html
    assert response.headers["Location"] == page_of(reader)
    assert Subscriber.objects.values().get() == before


def test_who_left_meanwhile_is_not_changed(reader):
    stale = Subscriber.objects.get()
    Subscriber.objects.update(state=State.LEFT, left_at=timezone.now())

    assert not preferences.save(stale, pace="weekly", topics=[], paused_until=None)

    reader.refresh_from_db()
    assert (reader.pace, reader.topics.count()) == ("each", 1)


def test_looking_changes_nothing_and_is_kept_by_nobody(client, reader):
    before = Subscriber.objects.values().get()
    for path in ["", "erase/", "subscription.json", "?done=saved", "?done=<b>"]:
        response = client.get(page_of(reader) + path)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "private, no-store"
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert not response.cookies
    assert Subscriber.objects.values().get() == before


@pytest.mark.parametrize("part", ["", "address/", "erase/", "subscription.json"])
def test_a_link_that_fits_nobody_says_so(client, reader, part):
    pk, key = reader.pk, reader.letter_key
    ended = [
        tokens.make("preferences", pk, reader.confirm_key),
        tokens.make("preferences", pk + 1, key),
        tokens.make("leave", pk, key),
    ]
    never = ["x", "☃", "a:b:c", f"{pk}-", f"-{key}", "1-" + "a" * 21, "0-" + "a" * 22]

    for found, status in [(ended, 410), (never, 404)]:
        for token in found:
            address = f"/preferences/{token}/{part}"
            assert client.get(address).status_code == status
            assert "This link does not work" in client.get(address).content.decode()
            if part != "subscription.json":
                assert client.post(address, {"pace": "weekly"}).status_code == status
    assert Subscriber.objects.get().pace == "each"


@pytest.mark.parametrize("part", ["", "address/", "erase/"])
def test_a_page_of_somebody_else_changes_nothing(client, reader, part):
    response = client.post(
        page_of(reader) + part,
        {"pace": "weekly", "email": "eve@example.org"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert response.status_code == 403
    assert Subscriber.objects.get().pace == "each"


def test_the_page_costs_the_same_however_many_topics(
    client, reader, django_assert_num_queries
):
    client.get(page_of(reader))
    # The site, the reader, the chosen topics, all topics.
    with django_assert_num_queries(4):
        client.get(page_of(reader))
    for name in ("Rest", "Walking", "Shoes"):
        reader.topics.add(make_topic(name))
    with django_assert_num_queries(4):
        client.get(page_of(reader))


def test_the_link_comes_by_mail_to_who_is_on_the_list(client, joined):
    page = client.get("/preferences/").content.decode()
    assert 'action="/subscribe/"' in page
    assert '<a href="/preferences/">E-mail settings</a>' in client.get("/").content.decode()  # fmt: skip
    a_while_later()

    ask(client)
    work()

    mail = Message.objects.latest("pk")
    assert mail.subject == "You are on the list of Footcare already"
    assert joined.preferences_url in mail.text
    assert joined.preferences_url in mail.html


def test_the_subscribe_page_shows_topics_with_something_to_read(
    client, site, django_assert_num_queries
):
    html = client.get("/subscribe/").content.decode()
    assert 'name="topics" value="massage">' in html
    make_topic("Later", status=Article.Status.DRAFT)
    assert client.get("/subscribe/").content.decode() == html
    with django_assert_num_queries(2):
        client.get("/subscribe/")

    for name in ("Rest", "Walking"):
        make_topic(name)

    assert 'value="rest">' in client.get("/subscribe/").content.decode()
    with django_assert_num_queries(2):
        client.get("/subscribe/")


def test_topics_that_were_chosen_come_back_with_a_refused_form(client, site):
    html = ask(client, "nonsense", topics=["massage"]).content.decode()

    assert 'value="massage" checked' in html
