"""The page behind a link in a moderator's mail."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from comments import moderation, moderators, tokens
from comments.models import Comment, Event, Report
from comments.seen import mark_of
from tests.comments.desk import make_moderator, make_suspect
from tests.comments.test_counting import actual, stored
from tests.factories import make_comment
from tests.hostile.payloads import PAYLOADS
from tests.hostile.test_payloads import loose

Status = Comment.Status


@pytest.fixture
def moderator(db):
    return make_moderator()


def link(comment, moderator):
    return reverse("comments:check", args=[moderators.token_for(comment, moderator)])


def press(client, address, do, comment, **more):
    return client.post(address, {"do": do, "chosen": mark_of(comment), **more})


@pytest.mark.parametrize(
    ("do", "status"), [("approve", "visible"), ("spam", "spam"), ("hide", "hidden")]
)
def test_looking_changes_nothing_and_a_press_does(client, moderator, do, status):
    comment = make_suspect(body="Words to look at.")
    address = link(comment, moderator)
    for _ in range(3):  # as a scanner of mails does, with every link
        shown = client.get(f"{address}?do={do}")
        assert "Words to look at." in shown.content.decode()
    comment.refresh_from_db()
    assert comment.status == "waiting"

    response = press(client, address, do, comment)

    comment.refresh_from_db()
    assert comment.status == status
    assert f"1 comment is now {status}." in response.content.decode()
    event = Event.objects.get(what="status")
    assert (event.by, event.who) == (moderator, "editor")
    assert stored() == actual()


def test_what_was_done_is_undone_with_a_press(client, moderator):
    comment = make_suspect()
    address = link(comment, moderator)
    html = press(client, address, "spam", comment).content.decode()
    batch = re.search('name="batch" value="([^"]*)"', html)[1]

    response = client.post(address, {"do": "undo", "batch": batch})

    comment.refresh_from_db()
    assert comment.status == "waiting"
    html = response.content.decode()
    assert "Undone: 1 comment is as it was." in html
    assert 'value="approve"' in html


def test_a_link_undoes_nothing_but_its_own(client, moderator):
    comment, other = make_suspect(), make_suspect()
    other_address = link(other, moderator)
    html = press(client, other_address, "spam", other).content.decode()
    batch = re.search('name="batch" value="([^"]*)"', html)[1]

    response = client.post(link(comment, moderator), {"do": "undo", "batch": batch})

    other.refresh_from_db()
    assert (response.status_code, other.status) == (404, "spam")


def test_a_link_decides_about_no_other_comment(client, moderator):
    comment, other = make_suspect(), make_suspect()

    response = press(client, link(comment, moderator), "spam", other)

    other.refresh_from_db()
    assert (response.status_code, other.status) == (404, "waiting")


def test_who_comes_second_hears_that_it_is_dealt_with(client, moderator):
    comment = make_suspect()
    address, seen = link(comment, moderator), mark_of(comment)
    moderation.set_status(Comment.objects.all(), Status.VISIBLE, by=None)

    assert "It is now: Visible." in client.get(address).content.decode()
    html = client.post(address, {"do": "spam", "chosen": seen}).content.decode()

    comment.refresh_from_db()
    assert comment.status == "visible"
    assert "Somebody has dealt with it already" in html


def test_approving_what_was_reported_closes_the_reports(client, moderator):
    comment = make_comment()
    moderation.report(comment, Report.Reason.RUDE, "", "203.0.113.7/32")

    response = press(client, link(comment, moderator), "approve", comment)

    assert response.status_code == 200
    assert Report.objects.get().closed_at is not None


@pytest.mark.parametrize(
    "values", [{"is_active": False}, {"is_staff": False}, {"password": "another"}]
)
def test_a_link_ends_with_its_moderators_rights_and_password(client, moderator, values):
    comment = make_suspect()
    address = link(comment, moderator)
    User.objects.filter(pk=moderator.pk).update(**values)

    for response in (client.get(address), press(client, address, "approve", comment)):
        assert response.status_code == 410
        assert "Lovely" not in response.content.decode()
    comment.refresh_from_db()
    assert comment.status == "waiting"


def test_a_link_ends_with_the_permission(client, moderator):
    comment = make_suspect()
    address = link(comment, moderator)
    moderator.user_permissions.clear()

    assert press(client, address, "approve", comment).status_code == 410


def test_a_link_ends_with_its_comment(client, moderator):
    comment = make_suspect()
    address = link(comment, moderator)
    moderation.erase(Comment.objects.all(), by=None)

    assert client.get(address).status_code == 410


def test_a_link_works_for_seven_days(client, moderator, monkeypatch):
    address = link(make_suspect(), moderator)
    for days, status in ((6.9, 200), (7.1, 410)):
        later = timezone.now() + timedelta(days=days)
        monkeypatch.setattr("django.core.signing.time.time", later.timestamp)
        assert client.get(address).status_code == status


@pytest.mark.parametrize("kind", ["forged", "other purpose", "too few", "nonsense"])
def test_a_token_that_we_did_not_make_for_this_is_refused(client, moderator, kind):
    comment = make_suspect()
    good = moderators.token_for(comment, moderator)
    token = {
        "forged": good[:-1] + ("A" if good[-1] != "A" else "B"),
        "other purpose": tokens.make("mute", comment.pk, moderator.pk, "x"),
        "too few": tokens.make("check", comment.pk),
        "nonsense": "nonsense",
    }[kind]

    response = client.post(f"/comments/check/{token}/", {"do": "approve", "chosen": mark_of(comment)})  # fmt: skip

    comment.refresh_from_db()
    assert (response.status_code, comment.status) == (404, "waiting")


def test_a_press_from_another_site_does_nothing(client, moderator):
    comment = make_suspect()
    form = {"do": "approve", "chosen": mark_of(comment)}

    response = client.post(
        link(comment, moderator), form, headers={"Sec-Fetch-Site": "cross-site"}
    )

    comment.refresh_from_db()
    assert (response.status_code, comment.status) == (403, "waiting")


def test_the_page_is_kept_by_nobody_and_sets_no_cookie(client, moderator):
    response = client.get(link(make_suspect(), moderator))

    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert not response.cookies


@pytest.mark.parametrize("form", [{}, {"do": "x"}, {"do": "undo"}, {"do": "undo", "batch": "\x00"}, {"do": "approve"}, {"do": "approve", "chosen": "9" * 60}, {"do": "erase"}])  # fmt: skip
def test_a_form_that_is_none_of_ours_changes_nothing(client, moderator, form):
    comment = make_suspect()

    assert client.post(link(comment, moderator), form).status_code == 404
    assert not Event.objects.exists()


def test_the_address_of_the_writer_is_not_on_the_page(client, moderator):
    comment = make_suspect(email="secret@elsewhere.example")

    assert "elsewhere" not in client.get(link(comment, moderator)).content.decode()


def test_the_collection_is_words_on_the_page_and_in_the_queue(admin_client, moderator):
    html = ""
    for text in PAYLOADS:
        words = text.replace("\0", "").encode("utf-8", "replace").decode()
        comment = make_suspect(
            name=words[:80] or "-", body=f"x{words}", reasons=[[words, 1]]
        )
        moderation.record([comment.pk], Event.What.NOTE, by=None, words=words)
        Report.objects.create(comment=comment, reason="other", words=words)
        html += admin_client.get(link(comment, moderator)).content.decode()
        queue = f"/admin/comments/comment/queue/?after={comment.pk - 1}"
        html += admin_client.get(queue).content.decode()
        Comment.objects.filter(pk=comment.pk).update(status="hidden")

    assert loose(html) == []
