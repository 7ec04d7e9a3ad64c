"""What is taken as an address, and what is refused with every word kept."""

import pytest

from subscriptions.models import Request, Subscriber
from tests.subscriptions.steps import EMAIL, ask

State = Subscriber.State


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
        ("İ@example.org", "invalid"),
        ("ünder@example.org", "invalid"),
        (f"a@{'é' * 60}.org", "invalid"),
        ("a" + "\u0301\u0316" * 20_000, "invalid"),
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
        ("reader@exam\u00adple.org", "reader@example.org"),
        ("reader@exam\u200bple.org", "reader@example.org"),
        ("reader@bücher.example", "reader@xn--bcher-kva.example"),
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


@pytest.mark.parametrize("referer", ["http://[", "http://a]b", "\x7f", "x" * 5000])
def test_a_referer_that_is_no_address_does_not_matter(client, db, referer):
    response = client.post(
        "/subscribe/", {"email": EMAIL}, headers={"Referer": referer}
    )

    assert response.status_code == 302
    assert Request.objects.get().email == EMAIL
