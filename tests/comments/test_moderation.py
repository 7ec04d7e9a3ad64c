import json
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError

from comments import moderation
from comments.models import Comment, Event
from tests.comments.test_counting import actual, stored
from tests.factories import make_article, make_comment, make_media

Status = Comment.Status


def test_setting_a_status_says_how_many_changed_and_records_who(admin_user):
    article = make_article()
    waiting = [make_comment(article, status=Status.WAITING) for _ in range(2)]
    make_comment(article)

    changed = moderation.set_status(
        Comment.objects.all(), Status.VISIBLE, by=admin_user
    )

    assert changed == 2
    recorded = Event.objects.filter(
        by=admin_user, what="status", before="waiting", after="visible"
    )
    assert {event.comment_id for event in recorded} == {c.pk for c in waiting}
    assert (
        moderation.set_status(Comment.objects.all(), Status.VISIBLE, by=admin_user) == 0
    )


def test_erasing_keeps_other_peoples_answers(db):
    root = make_comment(email="a@example.org")
    reply = make_comment(parent=root)

    moderation.erase(Comment.objects.filter(pk=root.pk), by=None)

    root.refresh_from_db()
    assert (root.name, root.email, root.body, root.status) == ("", "", "", "hidden")
    assert Comment.objects.visible().get() == reply


def test_a_placeholder_goes_with_its_last_answer(db):
    root = make_comment()
    reply = make_comment(parent=root)
    deep = make_comment(parent=reply)
    for comment in (root, reply):
        moderation.erase(Comment.objects.filter(pk=comment.pk), by=None)
    assert Comment.objects.count() == 3

    moderation.erase(Comment.objects.filter(pk=deep.pk), by=None)

    assert Comment.objects.count() == 0


def test_an_erased_comment_is_never_shown_again(db):
    root = make_comment()
    make_comment(parent=root)
    moderation.erase(Comment.objects.filter(pk=root.pk), by=None)

    assert moderation.set_status(Comment.objects.all(), Status.VISIBLE, by=None) == 0


def test_deleting_past_moderation_never_takes_answers_along(db):
    root = make_comment()
    make_comment(parent=root)

    with pytest.raises(RestrictedError):
        root.delete()


def test_moving_takes_the_whole_conversation(db):
    root = make_comment()
    reply = make_comment(parent=root)
    goal = make_media(make_article())

    moved = moderation.move(reply, goal.article, goal, by=None)

    assert moved == 2
    assert goal.comments.count() == 2
    assert not moderation.misplaced(Comment.objects.all()).exists()
    assert stored() == actual()


def test_only_an_answer_beside_another_item_or_article_is_misplaced(db):
    item = make_media(make_article())
    make_comment(parent=make_comment(item.article))
    make_comment(parent=make_comment(item.article, media=item))
    assert not moderation.misplaced(Comment.objects.all()).exists()

    wrong = [
        make_comment(parent=make_comment(item.article), media=item),
        make_comment(parent=make_comment(item.article, media=item), media=None),
        make_comment(parent=make_comment()),
        make_comment(media=item),
    ]
    Comment.objects.filter(pk=wrong[2].pk).update(article=item.article)

    assert set(moderation.misplaced(Comment.objects.all())) == set(wrong)


def test_moving_to_an_item_of_another_article_is_refused(db):
    comment, item = make_comment(), make_media(make_article())

    with pytest.raises(ValueError, match="another article"):
        moderation.move(comment, make_article(), item, by=None)


def test_the_database_refuses_impossible_comments(db):
    article = make_article()
    root = make_comment(article)
    for values in [
        {"status": "unheard-of"},
        {"body": ""},
        {"root": root},
    ]:
        with pytest.raises(IntegrityError), transaction.atomic():
            make_comment(article, **values)


def test_more_comments_than_one_statement_takes_are_moderated_in_one_go(db, admin_user):
    article = make_article()
    Comment.objects.bulk_create(
        Comment(article=article, name="n", body="b") for _ in range(2_100)
    )
    everything = Comment.objects.all()

    assert moderation.set_status(everything, Status.VISIBLE, by=admin_user) == 2_100
    article.refresh_from_db()
    assert article.comments_count == 2_100
    assert moderation.erase(everything, by=admin_user) == 2_100

    assert not Comment.objects.exists()
    assert Event.objects.count() == 4_200


def test_undo_brings_back_what_was_and_leaves_what_somebody_changed_since(
    db, admin_user
):
    article = make_article()
    waiting, visible, other = (
        make_comment(article, status=status)
        for status in (Status.WAITING, Status.VISIBLE, Status.WAITING)
    )
    batch = uuid.uuid4()
    everything = Comment.objects.all()
    assert (
        moderation.set_status(everything, Status.HIDDEN, by=admin_user, batch=batch)
        == 3
    )
    moderation.set_status(everything.filter(pk=other.pk), Status.SPAM, by=None)

    assert moderation.undo(batch, by=admin_user) == 2

    assert dict(everything.values_list("pk", "status")) == {
        waiting.pk: "waiting", visible.pk: "visible", other.pk: "spam",
    }  # fmt: skip
    assert moderation.undo(batch, by=admin_user) == 0


def test_an_edit_is_marked_and_its_old_words_are_for_moderators(db):
    comment = make_comment(name="Ada", body="First.")

    assert moderation.edit(comment, by=None, who=Event.Who.AUTHOR, body="*Second.*")
    assert not moderation.edit(comment, by=None, who=Event.Who.AUTHOR, body="*Second.*")

    comment.refresh_from_db()
    assert comment.edited_at
    assert "<em>Second.</em>" in comment.html
    (event,) = Event.objects.filter(what="edited")
    assert (event.words, event.who, event.by) == ("First.", "author", None)
    moderation.erase(Comment.objects.all(), by=None)
    assert set(Event.objects.values_list("words", flat=True)) == {""}


def test_another_address_is_no_edit_that_readers_see(db):
    comment = make_comment(email="a@example.org")

    assert moderation.edit(comment, by=None, email="b@example.org")

    comment.refresh_from_db()
    assert comment.email == "b@example.org"
    assert comment.edited_at is None
    assert "@" not in Event.objects.get().words


def test_a_removed_comment_of_an_editor_is_no_editors_any_more(client, admin_user):
    root = make_comment(author=admin_user, name="The site")
    make_comment(parent=root)
    moderation.set_status(
        Comment.objects.filter(pk=root.pk), Status.HIDDEN, by=admin_user
    )

    address = f"/articles/{root.article.slug}/comments.json"
    first = json.loads(client.get(address).content)["comments"][0]

    assert (first["removed"], first["editor"], first["name"]) == (True, False, "")
