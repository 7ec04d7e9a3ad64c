"""The moderation queue and the forms of the admin."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from comments import moderation
from comments.models import Comment
from tests.comments.test_counting import actual, stored
from tests.factories import make_article, make_comment, make_media

Status = Comment.Status


@pytest.mark.parametrize(
    ("action", "count"),
    [("approve", 3), ("hide", 0), ("mark_spam", 0), ("delete_selected", 0)],
)
def test_every_action_of_the_queue_keeps_the_count(admin_client, action, count):
    root = make_comment()
    make_comment(parent=root)
    make_comment(root.article, status=Status.WAITING)
    url = reverse("admin:comments_comment_changelist")
    chosen = list(Comment.objects.values_list("pk", flat=True))
    form = {"action": action, "_selected_action": chosen, "post": "yes"}

    response = admin_client.post(f"{url}?status=all", form, follow=True)

    assert response.status_code == 200
    root.article.refresh_from_db()
    assert root.article.comments_count == count
    assert stored() == actual()


def test_the_queue_shows_what_waits_first(admin_client):
    make_comment(body="Seen already")
    make_comment(body="Not seen yet", status=Status.WAITING)

    html = admin_client.get(
        reverse("admin:comments_comment_changelist")
    ).content.decode()

    assert "Not seen yet" in html
    assert "Seen already" not in html


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_takes_as_many_queries_however_long(
    admin_client, count, django_assert_max_num_queries
):
    for _ in range(count):
        make_comment(status=Status.WAITING)

    with django_assert_max_num_queries(7):
        admin_client.get(reverse("admin:comments_comment_changelist"))


def change(admin_client, comment, **values):
    fields = ["name", "email", "body", "status"] + (
        [] if comment.parent_id else ["article", "media"]
    )
    form = {
        name: getattr(comment, f"{name}_id", getattr(comment, name)) or ""
        for name in fields
    }
    url = reverse("admin:comments_comment_change", args=[comment.pk])
    response = admin_client.post(url, form | values)
    assert response.status_code == 302, response.context["adminform"].form.errors
    return response


def test_the_admin_form_approves_edits_and_moves(admin_client):
    comment = make_comment(status=Status.WAITING)
    reply = make_comment(parent=comment)
    goal = make_media(make_article())

    change(
        admin_client, comment,
        status="visible", body="Mended.", article=goal.article.pk, media=goal.pk,
    )  # fmt: skip

    comment.refresh_from_db()
    assert (comment.status, comment.body) == ("visible", "Mended.")
    assert comment.edited_at is not None
    goal.refresh_from_db()
    assert goal.comments_count == 2
    reply.refresh_from_db()
    assert reply.article == goal.article
    assert stored() == actual()


def test_an_answer_cannot_be_moved_away_from_what_it_answers(admin_client):
    reply = make_comment(parent=make_comment())

    change(admin_client, reply, article=make_article().pk)

    reply.refresh_from_db()
    assert reply.article == reply.parent.article


def test_the_owner_answers_in_the_admin_and_it_is_visible_at_once(
    admin_client, admin_user
):
    root = make_comment()
    url = reverse("admin:comments_comment_add")

    response = admin_client.post(
        url,
        {
            "article": root.article_id,
            "parent": root.pk,
            "name": "The site",
            "body": "Thanks.",
            "status": "visible",
        },
    )

    assert response.status_code == 302
    reply = Comment.objects.get(parent=root)
    assert (reply.root, reply.author) == (root, admin_user)
    assert stored() == actual()


def test_an_answer_under_another_article_is_refused_in_the_admin(admin_client):
    root, other = make_comment(), make_article()

    response = admin_client.post(
        reverse("admin:comments_comment_add"),
        {
            "article": other.pk,
            "parent": root.pk,
            "name": "n",
            "body": "b",
            "status": "visible",
        },
    )

    assert (
        response.context["adminform"].form.errors.as_data()["__all__"][0].code
        == "parent"
    )


def test_deleting_in_the_admin_leaves_the_answers(admin_client):
    root = make_comment()
    make_comment(parent=root)
    url = reverse("admin:comments_comment_delete", args=[root.pk])
    assert admin_client.get(url).status_code == 200

    admin_client.post(url, {"post": "yes"})

    assert Comment.objects.visible().count() == 1
    assert stored() == actual()


def test_a_strangers_words_do_no_harm_in_the_queue(admin_client):
    words = "<script>alert(1)</script>"
    make_comment(name=words, body=words, status=Status.WAITING)

    html = admin_client.get(
        reverse("admin:comments_comment_changelist")
    ).content.decode()

    assert "<script>alert" not in html


def test_approving_in_the_form_keeps_the_paragraphs(admin_client):
    comment = make_comment(status=Status.WAITING, body="One\n\nTwo")

    change(admin_client, comment, status="visible", body="One\r\n\r\nTwo")

    comment.refresh_from_db()
    assert (comment.body, comment.edited_at) == ("One\n\nTwo", None)


def test_who_may_only_look_changes_nothing(client, db):
    viewer = User.objects.create_user("viewer", password="x", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_comment"))
    client.force_login(viewer)
    comment = make_comment(status=Status.WAITING)

    url = reverse("admin:comments_comment_changelist")
    client.post(url, {"action": "approve", "_selected_action": [comment.pk]})

    comment.refresh_from_db()
    assert comment.status == Status.WAITING


def test_the_record_holds_no_word_of_what_was_erased(admin_client):
    comment = make_comment(name="Ada Lovelace", body="I have thrombosis.")
    make_comment(parent=comment)

    url = reverse("admin:comments_comment_delete", args=[comment.pk])
    admin_client.post(url, {"post": "yes"})

    (entry,) = LogEntry.objects.all()
    assert entry.object_repr == f"Comment {comment.pk}"


@pytest.mark.parametrize("status", ["nonsense", "visible'--", "é"])
def test_a_filter_that_is_none_shows_what_waits(admin_client, status):
    make_comment(body="Waits", status=Status.WAITING)

    url = reverse("admin:comments_comment_changelist")
    html = admin_client.get(url, {"status": status}).content.decode()

    assert "Waits" in html


def test_deleting_many_in_the_queue_leaves_the_answers(admin_client):
    roots = [make_comment() for _ in range(2)]
    replies = [make_comment(parent=root) for root in roots]
    form = {
        "action": "delete_selected",
        "_selected_action": [root.pk for root in roots],
        "post": "yes",
    }

    url = reverse("admin:comments_comment_changelist")
    admin_client.post(f"{url}?status=all", form)

    assert set(Comment.objects.visible()) == set(replies)
    assert stored() == actual()


def test_a_comment_is_emptied_and_hidden_in_one_go(admin_client):
    comment = make_comment()

    change(admin_client, comment, status="hidden", body="")

    comment.refresh_from_db()
    assert (comment.status, comment.body) == ("hidden", "")
    assert stored() == actual()


def test_a_comment_that_was_erased_can_be_saved_and_moved_all_the_same(admin_client):
    root = make_comment()
    make_comment(parent=root)
    moderation.erase(Comment.objects.filter(pk=root.pk), by=None)
    url = reverse("admin:comments_comment_change", args=[root.pk])
    form = {"article": make_article().pk, "status": "hidden", "name": "", "body": ""}

    assert admin_client.post(url, form).status_code == 302

    assert set(Comment.objects.values_list("article", flat=True)) == {form["article"]}


@pytest.mark.parametrize("missing", ["name", "body"])
def test_a_comment_that_is_shown_needs_a_name_and_words(admin_client, missing):
    comment = make_comment()
    url = reverse("admin:comments_comment_change", args=[comment.pk])
    form = {
        "article": comment.article_id,
        "status": "visible",
        "name": "n",
        "body": "b",
    }

    response = admin_client.post(url, form | {missing: " "})

    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == [missing]
