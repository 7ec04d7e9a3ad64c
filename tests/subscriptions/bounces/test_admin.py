"""The owner sees what came back, and can change nothing about it."""

from subscriptions.bounces import effects
from subscriptions.bounces.verdicts import Kind
from subscriptions.models import Bounce
from tests.subscriptions.bounces.steps import make_reader, make_sent

LIST = "/admin/subscriptions/bounce/"


def make_bounce(number):
    sent = make_sent(make_reader())
    words = f"said so {number}"
    effects.record(
        Kind.HARD,
        f"one {number}",
        delivery=sent,
        subscriber=sent.subscriber,
        words=words,
    )
    return Bounce.objects.get(source=f"one {number}")


def test_the_list_asks_as_often_for_three_as_for_one(
    admin_client, django_assert_num_queries
):
    make_bounce(1)
    with django_assert_num_queries(9):
        assert b"said so 1" in admin_client.get(LIST).content
    for number in (2, 3):
        make_bounce(number)

    with django_assert_num_queries(9):
        page = admin_client.get(LIST).content.decode()

    assert page.count("said so ") == 3
    assert page.count("News of feet") == 3
    assert "@example.org" not in page


def test_nothing_is_changed_added_or_deleted(admin_client):
    bounce = make_bounce(1)
    one = f"{LIST}{bounce.pk}/"

    assert b"said so 1" in admin_client.get(f"{one}change/").content
    for path in (f"{one}change/", f"{one}delete/", f"{LIST}add/"):
        assert admin_client.post(path, {"post": "yes", "words": "x"}).status_code == 403
    admin_client.post(
        LIST,
        {"action": "delete_selected", "_selected_action": bounce.pk, "post": "yes"},
    )
    assert Bounce.objects.get().words == "said so 1"
