"""What moderators write at a comment: notes, answers, bans."""

from datetime import timedelta

import pytest
from django.utils import timezone

from comments import desk, moderation
from comments.models import Ban, Comment, Event, News, SavedReply
from comments.seen import mark_of, still
from tests.comments.desk import make_suspect, press, said
from tests.comments.test_counting import actual, stored
from tests.factories import make_comment


def test_a_note_is_kept_for_the_others(admin_client, admin_user):
    comment = make_suspect()

    press(admin_client, "note", comment, words="  I have asked.  ")

    event = Event.objects.get()
    assert (event.what, event.words, event.by) == ("note", "I have asked.", admin_user)


@pytest.mark.parametrize("words", ["", "  \u200b ", "x" * 2001])
def test_a_note_that_says_nothing_or_too_much_is_refused_with_its_words(
    admin_client, words
):
    response = press(admin_client, "note", make_suspect(), words=words)

    assert response.status_code == 422
    assert 'class="errorlist"' in response.content.decode()
    assert words.strip() in response.content.decode()
    assert not Event.objects.exists()


def test_an_answer_is_visible_as_an_editors_and_approves_the_comment(
    admin_client, admin_user
):
    root = make_comment()
    comment = make_suspect(parent=root)

    response = press(admin_client, "reply", comment, words="Ask your doctor.")

    comment.refresh_from_db()
    reply = Comment.objects.get(body="Ask your doctor.")
    assert comment.status == reply.status == "visible"
    assert (reply.parent, reply.root, reply.author) == (comment, root, admin_user)
    assert said(response) == ["Your answer is on the page, and so is the comment."]
    kinds = set(News.objects.values_list("comment", "kind"))
    assert {(comment.pk, "visible"), (reply.pk, "visible")} <= kinds
    assert stored() == actual()


def test_an_empty_answer_is_refused(admin_client):
    comment = make_suspect()

    response = press(admin_client, "reply", comment, words=" ")

    comment.refresh_from_db()
    assert (response.status_code, comment.status) == (422, "waiting")


def test_an_answer_that_comes_too_late_keeps_its_words(admin_client):
    comment = make_suspect()
    seen = [mark_of(comment)]
    press(admin_client, "hide", comment)

    response = press(admin_client, "reply", chosen=seen, words="My long answer.")

    html = response.content.decode()
    assert response.status_code == 409
    assert "My long answer." in html
    assert "Your text is kept." in html
    assert f'id="card-{comment.pk}"' in html
    assert Comment.objects.count() == 1


def test_nobody_answers_what_was_erased(db, admin_user):
    root = make_comment()
    make_comment(parent=root)
    moderation.erase(Comment.objects.filter(pk=root.pk), by=None)
    root.refresh_from_db()

    assert desk.answer(still([mark_of(root)]), "Hello", by=admin_user) is None


def test_a_saved_reply_fills_the_text_without_javascript(admin_client):
    saved = SavedReply.objects.create(title="Doctor", text="Please ask your doctor.")
    comment = make_suspect()

    response = press(admin_client, "fill", comment, saved=saved.pk, words="Dear Ada,")

    html = response.content.decode()
    assert response.status_code == 200
    assert "Dear Ada,\n\nPlease ask your doctor.</textarea>" in html
    comment.refresh_from_db()
    assert comment.status == "waiting"


def test_an_author_is_banned_by_address_until_a_day(admin_client, admin_user):
    comment = make_suspect(email="Spam@Example.org")
    until = timezone.localdate() + timedelta(days=30)

    press(
        admin_client,
        "ban",
        comment,
        kind="address",
        until=until.isoformat(),
        is_spam="on",
    )

    ban = Ban.objects.get()
    assert (ban.kind, ban.value, ban.until, ban.by) == ("address", "spam@example.org", until, admin_user)  # fmt: skip
    comment.refresh_from_db()
    assert comment.status == "spam"
    event = Event.objects.get(what="banned")
    assert "example.org" not in event.words


def test_an_author_is_banned_by_network_for_good_and_the_comment_stays(admin_client):
    comment = make_suspect(network="a" * 64)

    press(admin_client, "ban", comment, kind="network", until="")

    assert Ban.objects.get().value == "a" * 64
    assert Ban.objects.get().until is None
    comment.refresh_from_db()
    assert comment.status == "waiting"


def test_a_ban_anew_sets_the_end_anew(admin_client):
    comment = make_suspect()
    for until in ("2999-01-01", ""):
        press(admin_client, "ban", comment, kind="address", until=until)

    assert Ban.objects.get().until is None


@pytest.mark.parametrize(
    "form",
    [{"kind": "word"}, {"kind": "network"}, {"kind": ""}, {"kind": "address", "until": "2001-01-01"}, {"kind": "address", "until": "soon"}, {"kind": "address", "until": "9" * 300}],
)  # fmt: skip
def test_a_ban_that_cannot_be_is_refused(admin_client, form):
    comment = make_suspect(network="")

    response = press(admin_client, "ban", comment, **form)

    assert response.status_code == 422
    assert not Ban.objects.exists()
