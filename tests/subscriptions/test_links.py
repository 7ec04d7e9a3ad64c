"""Confirming and leaving: links that act on a press, each for its own purpose."""

import pytest
from django.core import signing

from outbox.models import Message
from subscriptions import joining, tokens
from subscriptions.models import Subscriber
from tests.factories import make_subscriber
from tests.subscriptions.steps import a_while_later, ask, path_of, work

State = Subscriber.State


def test_leaving_takes_a_press_and_is_the_same_twice(client, joined):
    url = path_of(joined.leave_url)

    assert "Do you want to leave?" in client.get(url).content.decode()
    joined.refresh_from_db()
    assert joined.state == State.CONFIRMED
    pages = [client.post(url).content for _ in range(2)]

    joined.refresh_from_db()
    assert joined.state == State.LEFT
    assert pages[0] == pages[1]
    assert "You have left the list" in pages[0].decode()


def test_one_click_leaves_from_anywhere_without_cookie_or_redirect(client, joined):
    response = client.post(
        path_of(joined.leave_url),
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
        headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
    )

    assert response.status_code == 200
    joined.refresh_from_db()
    assert joined.state == State.LEFT


def test_who_is_gone_gets_the_answer_of_who_leaves(client, joined):
    url = path_of(joined.leave_url)
    here = client.post(url).content
    joined.delete()

    assert client.post(url).content == here


def test_an_old_confirmation_does_not_bring_back_who_left(client, joined):
    confirm = path_of(joined.confirm_url)
    client.post(path_of(joined.leave_url))

    for answer in (client.get(confirm), client.post(confirm)):
        assert answer.status_code == 410
        assert "This link does not work" in answer.content.decode()
    joined.refresh_from_db()
    assert joined.state == State.LEFT


def test_who_left_may_come_back_by_a_new_letter(client, joined):
    client.post(path_of(joined.leave_url))
    a_while_later()
    ask(client)
    work()
    joined.refresh_from_db()
    assert joined.state == State.LEFT

    client.post(path_of(joined.confirm_url))

    joined.refresh_from_db()
    assert (joined.state, joined.left_at) == (State.CONFIRMED, None)


def test_a_confirmation_that_is_too_old_says_so(client, db, monkeypatch):
    subscriber = make_subscriber()
    url = path_of(subscriber.confirm_url)
    monkeypatch.setattr(joining, "LINK_DAYS", -1)

    for answer in (client.get(url), client.post(url)):
        assert answer.status_code == 410
        assert "expired" in answer.content.decode()
    subscriber.refresh_from_db()
    assert subscriber.state == State.PENDING


def forged_tokens():
    key = "0" * 32
    return [
        "x",
        "a:b:c",
        signing.dumps([1, key]),
        signing.dumps([1, key], salt="subscriptions.confirm", key="another"),
        signing.dumps([1, key], salt="subscriptions.confirm")[:-1],
        "%0a",
        "☃",
        "a" * 3000,
    ]


@pytest.mark.parametrize("address", ["/subscribe/confirm/{}/", "/unsubscribe/{}/"])
@pytest.mark.parametrize("n", range(8))
def test_a_link_that_we_did_not_sign_changes_nothing(client, db, address, n):
    make_subscriber(pk=1)
    url = address.format(forged_tokens()[n])

    for answer in (client.get(url), client.post(url)):
        assert answer.status_code == 404
        assert "<h1" in answer.content.decode()
    assert Subscriber.objects.get().state == State.PENDING


def test_a_link_serves_its_own_purpose_only(client, joined):
    leave = joined.leave_url.split("/")[-2]
    confirm = joined.confirm_url.split("/")[-2]

    assert client.post(f"/unsubscribe/{confirm}/").status_code == 404
    assert client.post(f"/subscribe/confirm/{leave}/").status_code == 404
    joined.refresh_from_db()
    assert joined.state == State.CONFIRMED


def test_a_link_of_one_subscriber_does_nothing_to_another(client, joined):
    other = make_subscriber(state=State.CONFIRMED)

    client.post(path_of(other.leave_url))

    joined.refresh_from_db()
    assert joined.state == State.CONFIRMED


@pytest.mark.parametrize("path", ["confirm_url", "leave_url"])
def test_a_page_with_a_token_is_kept_by_nobody(client, joined, path):
    response = client.get(path_of(getattr(joined, path)))

    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    # With no-referrer a browser would send "Origin: null" for the page's own form.
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_who_left_may_come_back_at_once(client, joined):
    client.post(path_of(joined.leave_url))
    ask(client)
    work()
    joined.refresh_from_db()

    assert client.post(path_of(joined.confirm_url)).status_code == 200
    letters = Message.objects.filter(subject__startswith="Confirm")
    assert letters.count() == 2


def test_who_is_erased_in_the_very_moment_of_the_press_gets_an_answer(
    client, db, monkeypatch
):
    subscriber = make_subscriber()
    url = path_of(subscriber.confirm_url)
    confirm = joining.confirm

    def confirm_and_go(subscriber):
        confirm(subscriber)
        Subscriber.objects.all().delete()

    monkeypatch.setattr(joining, "confirm", confirm_and_go)

    assert client.post(url).status_code == 410


@pytest.mark.parametrize("action", ["confirm", "leave"])
def test_pressing_twice_changes_and_sends_nothing_more(client, db, action):
    ask(client)
    work()
    subscriber = Subscriber.objects.get()
    client.post(path_of(subscriber.confirm_url))
    url = path_of(getattr(subscriber, f"{action}_url"))
    client.post(url)
    before = Subscriber.objects.values().get(), Message.objects.count()

    assert client.post(url).status_code == 200

    assert (Subscriber.objects.values().get(), Message.objects.count()) == before


def test_a_used_confirmation_is_of_no_use_once_its_reader_left_and_came_back(
    client, joined
):
    first = path_of(joined.confirm_url)
    client.post(path_of(joined.leave_url))
    ask(client)
    work()

    assert client.post(first).status_code == 410

    joined.refresh_from_db()
    assert joined.state == State.LEFT


def test_keys_are_long_chance_and_every_readers_own(db):
    one, two = make_subscriber(), make_subscriber()
    keys = [one.confirm_key, one.letter_key, two.confirm_key, two.letter_key]

    assert len(set(keys)) == 4
    assert all(len(bytes.fromhex(key)) * 8 >= 128 for key in keys)


def test_a_link_made_for_anything_else_is_no_link(client, db):
    reader = make_subscriber(state=State.CONFIRMED)
    before = Subscriber.objects.values().get()
    for token in [
        tokens.make("leave", reader.pk, reader.confirm_key),
        tokens.make("preferences", reader.pk, reader.letter_key),
        tokens.make("confirm", reader.pk, reader.letter_key),
        tokens.make_dated("leave", reader.pk, reader.letter_key),
        tokens.make_dated("confirm", reader.pk, reader.letter_key),
    ]:
        for address in ("/subscribe/confirm/{}/", "/unsubscribe/{}/"):
            client.post(address.format(token))

    assert Subscriber.objects.values().get() == before


def test_a_link_of_a_secret_before_works_until_that_is_forgotten(
    client, joined, settings
):
    links = [path_of(joined.leave_url), path_of(joined.preferences_url)]
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-for-tests-0123456789-0123456789-012345"

    assert [client.get(link).status_code for link in links] == [200, 200]
    client.post(links[0])

    joined.refresh_from_db()
    assert joined.state == State.LEFT
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(links[1]).status_code == 410


def test_a_token_stands_in_no_log(client, joined, logged):
    for url in (joined.confirm_url, joined.leave_url):
        client.get(path_of(url))
        client.post(path_of(url)[:-3] + "x/")
        client.post(path_of(url))

    assert "/unsubscribe/" not in logged.text
    assert "/subscribe/confirm/" not in logged.text
    assert joined.email not in logged.text
