from datetime import timedelta

import pytest
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import Topic
from outbox.models import Message
from subscriptions import joining
from subscriptions.models import Request, Subscriber
from tests.factories import make_subscriber

State = Subscriber.State
EMAIL = "reader@example.org"


def quiet(line):
    pass


def ask(client, email=EMAIL, **values):
    return client.post("/subscribe/", {"email": email} | values)


def work():
    while joining.answer_requests(quiet):
        pass


def a_while_later():
    Request.objects.update(answered_at=timezone.now() - timedelta(minutes=5))


def path_of(url):
    assert url.startswith("http://testserver/")
    return url.removeprefix("http://testserver")


@pytest.fixture
def joined(client, db):
    """A reader on the list, by the whole way."""
    ask(client)
    work()
    subscriber = Subscriber.objects.get()
    client.post(path_of(subscriber.confirm_url))
    subscriber.refresh_from_db()
    assert subscriber.state == State.CONFIRMED
    return subscriber


def test_asking_writes_one_row_and_nothing_else(client, db):
    response = ask(client)

    assert response.headers["Location"] == "/subscribe/check/"
    assert Request.objects.get().email == EMAIL
    assert not Subscriber.objects.exists()
    assert not Message.objects.exists()
    assert not client.cookies


@pytest.mark.parametrize("state", [None, *State.values])
def test_the_answer_is_the_same_for_every_address(
    client, db, state, django_assert_num_queries
):
    if state:
        now = timezone.now()
        make_subscriber(email=EMAIL, state=state, confirmed_at=now, left_at=now)

    with django_assert_num_queries(4):  # one row between two savepoints, no topics
        response = ask(client)

    page = client.get(response.headers["Location"])
    assert (response.status_code, response.content) == (302, b"")
    assert EMAIL not in page.content.decode()


@pytest.mark.parametrize(
    ("state", "subject"),
    [
        (None, "Confirm your subscription to Footcare"),
        (State.PENDING, "Confirm your subscription to Footcare"),
        (State.LEFT, "Confirm your subscription to Footcare"),
        (State.BOUNCED, "Confirm your subscription to Footcare"),
        (State.CONFIRMED, "You are on the list of Footcare already"),
    ],
)
def test_the_worker_answers_with_the_letter_that_fits(client, db, state, subject):
    if state:
        now = timezone.now()
        make_subscriber(
            email="Reader@Example.org", state=state, confirmed_at=now, left_at=now
        )

    ask(client)
    work()

    message = Message.objects.get()
    assert message.subject == subject
    assert message.to.lower() == EMAIL
    assert Subscriber.objects.get().state == (state or State.PENDING)


def test_confirming_takes_a_press_and_welcomes_once(client, db):
    ask(client)
    work()
    url = path_of(Subscriber.objects.get().confirm_url)

    for _ in range(2):
        page = client.get(url)
        assert "Yes, subscribe me" in page.content.decode()
        assert Subscriber.objects.get().state == State.PENDING
    for _ in range(2):
        page = client.post(url)
        assert "You are subscribed" in page.content.decode()

    subscriber = Subscriber.objects.get()
    assert subscriber.state == State.CONFIRMED
    assert subscriber.confirmed_at is not None
    assert Message.objects.filter(subject="You are subscribed to Footcare").count() == 1


def test_the_consent_says_when_where_and_in_which_words(client, db):
    Topic.objects.create(name="Rest", slug="rest")
    client.post(
        "/subscribe/",
        {"email": EMAIL, "topics": ["rest"]},
        headers={"Referer": "http://testserver/articles/foot-massage/?x=1"},
    )
    work()

    subscriber = Subscriber.objects.get()
    assert subscriber.asked_on == "/articles/foot-massage/"
    assert subscriber.asked_at == Request.objects.get().asked_at
    assert subscriber.wording
    assert [topic.slug for topic in subscriber.topics.all()] == ["rest"]


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
    other = make_subscriber(state=State.CONFIRMED, confirmed_at=timezone.now())

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


def test_one_address_gets_three_letters_an_hour_whoever_asks(client, db):
    for n in range(8):
        ask(client, ["reader@example.org", "READER@example.org"][n % 2])
        work()
        a_while_later()
    assert Message.objects.count() == 3

    Request.objects.update(answered_at=timezone.now() - timedelta(hours=2))
    ask(client)
    work()

    assert Message.objects.count() == 4


def test_every_mail_has_both_parts_and_can_be_left_with_one_click(client, joined):
    a_while_later()
    ask(client)
    work()

    messages = list(Message.objects.order_by("pk"))
    assert len(messages) == 3
    for message in messages:
        joined.refresh_from_db()
        link = message.headers["List-Unsubscribe"]
        assert link.startswith("<http://testserver/unsubscribe/")
        assert message.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert len(message.text.splitlines()) > 5
        assert "<html" in message.html
        assert "{{" not in message.text + message.html
        assert "None" not in message.text + message.html
    assert messages[0].text.count("/subscribe/confirm/") == 1
    assert messages[1].text.count("/unsubscribe/") == 1


def test_no_word_that_a_stranger_typed_stands_in_the_first_mail(client, db):
    client.post(
        "/subscribe/",
        {"email": EMAIL, "name": "BUY PILLS", "topics": []},
        headers={"Referer": "http://testserver/BUY-PILLS/", "User-Agent": "BUY PILLS"},
    )
    work()

    message = Message.objects.get()
    assert "PILLS" not in message.subject + message.text + message.html


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "required"),
        ("   ", "required"),
        ("reader", "invalid"),
        ("reader@", "invalid"),
        ("a@b@c", "invalid"),
        ("reader@example.org, other@example.org", "invalid"),
        ("reader@example.org\r\nBcc: x@example.org", "invalid"),
        ("<reader@example.org>", "invalid"),
        (f"{'a' * 300}@example.org", "max_length"),
        ("x" * 50_000, "invalid"),
    ],
)
def test_what_is_no_address_is_refused_and_kept(client, db, typed, code):
    response = ask(client, typed)

    assert response.status_code == 422
    form = response.context["form"]
    assert code in {error.code for error in form.errors.as_data()["email"]}
    assert form["email"].value() == typed
    html = response.content.decode()
    assert "<title>Error: " in html
    assert html.index("There is a problem") < html.index("<h1")
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" reader@EXAMPLE.org ", "reader@example.org"),
        ("rea\x00der@example.org", "reader@example.org"),
        ("Reader+feet@example.org", "Reader+feet@example.org"),
    ],
)
def test_what_is_kept_of_an_address(client, db, typed, kept):
    ask(client, typed)

    assert Request.objects.get().email == kept


def test_a_topic_that_is_not_there_is_refused(client, db):
    response = ask(client, topics=["none"])

    assert response.status_code == 422
    assert "There is no topic “none” here." in response.content.decode()


def test_a_form_that_a_robot_filled_is_refused_with_a_reason(client, db):
    response = ask(client, website="https://spam.example")

    assert response.status_code == 422
    assert "Leave this field empty" in response.content.decode()
    assert EMAIL in response.content.decode()


def test_too_many_at_once_are_asked_to_wait(client, db):
    for n in range(20):
        ask(client, f"reader{n}@example.org")

    response = ask(client)

    assert response.status_code == 429
    assert response.headers["Retry-After"] == "60"
    assert EMAIL in response.content.decode()


def test_a_double_press_makes_one_subscriber(client, db):
    ask(client)
    ask(client)
    work()

    assert Subscriber.objects.count() == 1
    assert Message.objects.count() == 1


def test_a_link_works_from_when_it_was_made_not_from_when_it_was_asked_for(client, db):
    ask(client)
    Request.objects.update(asked_at=timezone.now() - timedelta(days=4))
    work()

    joining.forget_unconfirmed(quiet)

    subscriber = Subscriber.objects.get()
    assert (
        "Yes, subscribe me"
        in client.get(path_of(subscriber.confirm_url)).content.decode()
    )


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Host", "X-Forwarded-Server", "Forwarded"]
)
def test_no_header_moves_a_link_in_a_mail(client, db, header):
    client.post("/subscribe/", {"email": EMAIL}, headers={header: "evil.example"})
    work()

    message = Message.objects.get()
    assert "evil.example" not in f"{message.text}{message.html}{message.headers}"
    assert "http://testserver/subscribe/confirm/" in message.text


@pytest.mark.parametrize("referer", ["http://[", "http://a]b", "\x7f", "x" * 5000])
def test_a_referer_that_is_no_address_does_not_matter(client, db, referer):
    response = client.post(
        "/subscribe/", {"email": EMAIL}, headers={"Referer": referer}
    )

    assert response.status_code == 302
    assert Request.objects.get().email == EMAIL


def test_who_never_confirmed_is_forgotten_and_nobody_else(client, joined):
    long_ago = timezone.now() - timedelta(days=8)
    make_subscriber(linked_at=long_ago)
    fresh = make_subscriber()
    Subscriber.objects.filter(pk=joined.pk).update(linked_at=long_ago)
    Request.objects.update(answered_at=long_ago)

    joining.forget_unconfirmed(quiet)

    assert set(Subscriber.objects.all()) == {joined, fresh}
    assert not Request.objects.exists()


def test_the_database_refuses_impossible_subscribers(db):
    make_subscriber(email=EMAIL)
    for values in [
        {"email": "READER@example.org"},
        {"state": "unheard-of"},
        {"state": State.CONFIRMED},
        {"state": State.LEFT},
    ]:
        with pytest.raises(IntegrityError), transaction.atomic():
            make_subscriber(**values)


def test_the_admin_shows_the_list_and_changes_nothing(admin_client, db):
    subscriber = make_subscriber()

    assert (
        EMAIL.split("@")[1]
        in admin_client.get("/admin/subscriptions/subscriber/").content.decode()
    )
    url = f"/admin/subscriptions/subscriber/{subscriber.pk}/change/"
    assert admin_client.get(url).status_code == 200
    assert admin_client.post(url, {"state": "confirmed"}).status_code == 403
    assert admin_client.get("/admin/subscriptions/subscriber/add/").status_code == 403
