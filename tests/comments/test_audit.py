"""The audit trail in the admin."""

import pytest

from comments import moderation
from comments.models import Comment, Event
from tests.comments.desk import make_moderator
from tests.factories import make_comment

LIST = "/admin/comments/event/"


def test_the_trail_tells_of_a_comment_that_is_gone_without_its_words(
    admin_client, admin_user
):
    comment = make_comment(body="My illness.")
    pk = comment.pk
    moderation.edit(comment, by=admin_user, body="Another.")
    moderation.erase(Comment.objects.all(), by=admin_user)

    listed = admin_client.get(f"{LIST}?q={pk}").content.decode()
    event = Event.objects.last()
    shown = admin_client.get(f"{LIST}{event.pk}/change/").content.decode()

    assert "Erased" in listed
    assert "Erased" in shown
    assert "illness" not in listed + shown


@pytest.mark.parametrize("page", ["add/", "{pk}/delete/"])
def test_nobody_writes_or_deletes_it_not_even_the_owner(admin_client, page):
    moderation.record([make_comment().pk], Event.What.NOTE, by=None, words="A note.")

    address = LIST + page.format(pk=Event.objects.get().pk)
    assert admin_client.get(address).status_code == 403
    assert admin_client.post(address, {"post": "yes"}).status_code == 403
    assert Event.objects.get().words == "A note."


def test_it_is_shown_to_those_who_may_see_it(client, db):
    client.force_login(make_moderator())
    assert client.get(LIST).status_code == 403

    client.force_login(make_moderator("auditor", may=["view_event"]))
    assert client.get(LIST).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_trail_takes_as_many_queries_however_long(
    admin_client, admin_user, count, django_assert_num_queries
):
    comments = [make_comment() for _ in range(count)]
    moderation.record([one.pk for one in comments], Event.What.NOTE, by=admin_user)

    with django_assert_num_queries(7):
        admin_client.get(LIST)


@pytest.mark.parametrize("asked", ["x", "-1", "9" * 60, "%27"])
def test_a_search_for_no_number_finds_nothing(admin_client, asked):
    moderation.record([make_comment().pk], Event.What.NOTE, by=None)

    assert "0 events" in admin_client.get(f"{LIST}?q={asked}").content.decode()
