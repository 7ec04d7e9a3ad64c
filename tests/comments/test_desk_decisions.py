"""What a press in the queue does, what it says, how it is undone, and who comes too late."""

import pytest

from comments import moderation
from comments.models import Ban, Comment, Event, News, Report
from comments.seen import mark_of
from tests.comments.desk import QUEUE, make_moderator, make_suspect, press, said
from tests.comments.test_counting import actual, stored
from tests.factories import make_comment

Status = Comment.Status
TOO_LATE = "Somebody has dealt with it already, or its author has changed it. Nothing was done."


@pytest.mark.parametrize(
    ("do", "status", "words"),
    [
        ("approve", "visible", "1 comment is now visible."),
        ("spam", "spam", "1 comment is now spam."),
        ("hide", "hidden", "1 comment is now hidden."),
    ],
)
def test_a_press_changes_one_comment_says_so_and_is_undone(
    admin_client, admin_user, do, status, words
):
    comment, other = make_suspect(), make_suspect()

    response = press(admin_client, do, comment)

    comment.refresh_from_db()
    assert (comment.status, said(response)) == (status, [words])
    event = Event.objects.get(what="status")
    assert (event.by, event.before, event.after) == (admin_user, "waiting", status)
    page = admin_client.get(response.url).content.decode()
    assert 'value="undo"' in page
    batch = str(event.batch)

    response = press(admin_client, "undo", other, batch=batch)

    comment.refresh_from_db()
    assert comment.status == "waiting"
    assert said(response) == ["Undone: 1 comment is as it was."]
    assert stored() == actual()


def test_many_are_changed_and_undone_at_once(admin_client):
    chosen = [make_suspect() for _ in range(3)]

    response = press(admin_client, "approve", *chosen)
    assert said(response) == ["3 comments are now visible."]
    assert Comment.objects.visible().count() == 3

    batch = Event.objects.filter(what="status").first().batch
    words = said(press(admin_client, "undo", batch=batch))
    assert words[-1] == "Undone: 3 comments are as they were."
    assert Comment.objects.visible().count() == 0
    assert stored() == actual()


def test_after_a_press_one_is_at_the_same_place(admin_client):
    comment = make_suspect()

    response = press(admin_client, "approve", comment, query="?show=all&after=99")

    assert response.url.startswith(f"{QUEUE}?show=all&after=99&undo=")


def test_of_two_moderators_the_second_changes_nothing_and_hears_it(admin_client):
    comment = make_suspect()
    seen = [mark_of(comment)]
    press(admin_client, "approve", comment)

    response = press(admin_client, "spam", chosen=seen)

    comment.refresh_from_db()
    assert (comment.status, said(response)[-1]) == ("visible", TOO_LATE)


def test_of_many_those_dealt_with_are_left_and_counted(admin_client):
    chosen = [make_suspect() for _ in range(3)]
    marks = [mark_of(one) for one in chosen]
    press(admin_client, "hide", chosen[0])
    press(admin_client, "hide", chosen[1])

    words = said(press(admin_client, "approve", chosen=marks))

    assert words[-2] == "1 comment is now visible."
    assert words[-1].startswith("Somebody has dealt with 2 of them already")


def test_words_changed_since_they_were_seen_are_not_approved(admin_client):
    comment = make_suspect(body="Harmless.")
    seen = [mark_of(comment)]
    moderation.edit(comment, by=None, who=Event.Who.AUTHOR, body="Buy pills!")

    for do in ("approve", "erase", "reply"):
        press(admin_client, do, chosen=seen, words="Thank you.")

    comment.refresh_from_db()
    assert (comment.status, comment.body) == ("waiting", "Buy pills!")
    assert Comment.objects.count() == 1


def test_an_undo_leaves_what_was_decided_since(admin_client):
    comment = make_suspect()
    press(admin_client, "approve", comment)
    batch = Event.objects.get(what="status").batch
    for status in (Status.HIDDEN, Status.VISIBLE):  # somebody has looked once more
        moderation.set_status(Comment.objects.all(), status, by=None)

    words = said(press(admin_client, "undo", batch=batch))

    comment.refresh_from_db()
    assert comment.status == "visible"
    assert words[-1] == "There is nothing to undo: somebody has changed it since."


def test_erasing_takes_the_words_and_leaves_the_answers(admin_client):
    comment = make_suspect()
    make_comment(parent=comment)

    assert said(press(admin_client, "erase", comment)) == ["1 comment is erased."]

    comment.refresh_from_db()
    assert (comment.body, comment.email) == ("", "")
    assert stored() == actual()


def test_nothing_wrong_closes_the_reports_and_leaves_the_comment(admin_client):
    comment = make_comment()
    moderation.report(comment, Report.Reason.RUDE, "", "203.0.113.7/32")

    press(admin_client, "fine", comment)

    comment.refresh_from_db()
    assert comment.status == "visible"
    assert Report.objects.get().closed_at is not None
    assert Event.objects.filter(what="note", comment=comment).exists()
    assert said(press(admin_client, "fine", comment))[-1] == TOO_LATE


def test_approving_what_was_reported_says_that_nothing_is_wrong(admin_client):
    comment = make_comment()
    moderation.report(comment, Report.Reason.RUDE, "", "203.0.113.7/32")

    assert said(press(admin_client, "approve", comment)) == [
        "1 comment is now visible."
    ]
    assert Report.objects.get().closed_at is not None


def test_pinning_and_unpinning(admin_client):
    comment = make_comment()

    for do, is_pinned in (("pin", True), ("unpin", False)):
        press(admin_client, do, comment)
        comment.refresh_from_db()
        assert comment.is_pinned == is_pinned
    assert said(press(admin_client, "unpin", comment))[-1] == TOO_LATE


@pytest.mark.parametrize(
    ("do", "may"),
    [("approve", "view_comment"), ("undo", "view_comment"), ("note", "view_comment"), ("erase", "change_comment"), ("ban", "change_comment"), ("reply", "change_comment"), ("fill", "change_comment")],
)  # fmt: skip
def test_who_may_not_is_refused_and_nothing_changes(client, db, do, may):
    client.force_login(make_moderator(may={"view_comment", may}))
    comment = make_suspect()

    response = press(client, do, comment, words="Words", kind="address", batch="0" * 32)

    assert response.status_code == 403
    comment.refresh_from_db()
    assert (comment.status, Comment.objects.count()) == ("waiting", 1)
    assert not Event.objects.exists()
    assert not Ban.objects.exists()


@pytest.mark.parametrize(
    "chosen", [[], [""], ["x"], ["{pk}/nonsense/"], ["{pk}/waiting/soon"], ["{pk}/waiting/2020-01-01"], ["9" * 60 + "/waiting/"], ["\x00/\ud800/"], ["/"] * 300]
)  # fmt: skip
@pytest.mark.parametrize("do", ["approve", "erase", "reply", "ban", "pin", "fine"])
def test_a_forged_choice_changes_nothing(admin_client, do, chosen):
    pk = make_suspect().pk
    chosen = [one.encode("utf-8", "replace").decode().format(pk=pk) for one in chosen]

    response = admin_client.post(QUEUE, {"do": do, "chosen": chosen, "words": "x"})

    assert response.status_code < 500
    assert Comment.objects.filter(status=Status.WAITING).count() == 1
    assert not Event.objects.exists()


@pytest.mark.parametrize("form", [{}, {"do": "nonsense", "chosen": "1/waiting/"}, {"do": "undo"}, {"do": "undo", "batch": "\x00"}])  # fmt: skip
def test_a_button_that_is_none_is_no_error(admin_client, form):
    assert admin_client.post(QUEUE, form).status_code in {302, 404}


def test_looking_changes_nothing(admin_client):
    comment = make_suspect()

    for query in (f"?do=approve&chosen={mark_of(comment)}", "?undo=" + "0" * 32):
        admin_client.get(f"{QUEUE}{query}")

    comment.refresh_from_db()
    assert comment.status == "waiting"


def test_what_an_editor_lets_wait_again_is_no_news_to_editors(db, admin_user):
    comment = make_comment()

    moderation.set_status(
        Comment.objects.filter(pk=comment.pk), Status.WAITING, by=admin_user
    )

    assert not News.objects.exists()
