"""comments_count is right after every way a comment can be born, change, move or die."""

import io
import json
import time
from dataclasses import replace

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection

from articles.models import Article, Media
from comments import counting, moderation
from comments.models import Comment
from footcare.lib import triggers
from tests.factories import make_article, make_comment, make_media

Status = Comment.Status


def stored():
    """Every stored count, of articles and of media items."""
    return {
        (model.__name__, pk): count
        for model in (Article, Media)
        for pk, count in model.objects.values_list("pk", "comments_count")
    }


def actual():
    return {
        (model.__name__, one.pk): Comment.objects.filter(
            **{model.__name__.lower(): one}, status="visible"
        ).count()
        for model in (Article, Media)
        for one in model.objects.all()
    }


@pytest.fixture
def world(db):
    """Two articles with a media item each and a mixed thread: counts that can go wrong."""
    for _ in range(2):
        article = make_article()
        item = make_media(article)
        root = make_comment(article, media=item)
        make_comment(parent=root)
        make_comment(article)
        for status in (Status.WAITING, Status.HIDDEN, Status.SPAM):
            make_comment(article, media=item, status=status)
    assert set(stored().values()) == {2, 3}
    return Article.objects.order_by("pk")


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def leaves():
    return Comment.objects.filter(replies=None)


WAYS = {
    "create": lambda a, b: make_comment(a, media=a.media.get()),
    "create waiting": lambda a, b: make_comment(a, status=Status.WAITING),
    "bulk_create": lambda a, b: Comment.objects.bulk_create(
        Comment(article=x, media=x.media.get(), name="n", body="b", status=s)
        for x in (a, b)
        for s in Status
    ),
    "bulk_create over existing rows": lambda a, b: Comment.objects.bulk_create(
        [
            Comment(pk=c.pk, article=b, media=None, name="n", body="b", status="visible")
            for c in leaves().filter(parent=None)
        ],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["article", "media", "status"],
    ),
    "save": lambda a, b: [
        setattr(c, "status", Status.HIDDEN) or c.save() for c in a.comments.all()
    ],
    "save again unchanged": lambda a, b: [c.save() for c in Comment.objects.all()],
    "update to visible": lambda a, b: Comment.objects.update(status=Status.VISIBLE),
    "update to hidden": lambda a, b: Comment.objects.update(status=Status.HIDDEN),
    "update the text only": lambda a, b: Comment.objects.update(body="new"),
    "move by update": lambda a, b: a.comments.update(article=b, media=b.media.get()),
    "take the media away": lambda a, b: Comment.objects.update(media=None),
    "bulk_update": lambda a, b: Comment.objects.bulk_update(
        [
            Comment(pk=pk, status=Status.VISIBLE, article=b)
            for pk in a.comments.values_list("pk", flat=True)
        ],
        ["status", "article"],
    ),
    "delete one": lambda a, b: leaves().first().delete(),
    "delete many": lambda a, b: leaves().delete(),
    "raw delete": lambda a, b: leaves()._raw_delete(leaves().db),
    "cascade from the article": lambda a, b: a.delete(),
    "cascade from the media item": lambda a, b: a.media.get().delete(),
    "raw SQL insert": lambda a, b: sql(
        "INSERT INTO comments_comment (article_id, media_id, name, email, body, status, created_at)"
        " SELECT article_id, media_id, 'n', '', 'b', 'visible', created_at FROM comments_comment"
    ),
    "raw SQL update": lambda a, b: sql(
        "UPDATE comments_comment SET article_id = %s, media_id = NULL, status = 'visible'", b.pk
    ),
    "raw SQL delete": lambda a, b: sql("DELETE FROM comments_comment"),
    "moderation": lambda a, b: moderation.set_status(a.comments, Status.VISIBLE, by=None),
    "erase": lambda a, b: moderation.erase(a.comments, by=None),
    "move": lambda a, b: moderation.move(a.comments.first(), b, b.media.get(), by=None),
    "a stale article is saved": lambda a, b: (
        make_comment(Article.objects.get(pk=a.pk)),
        a.save(),
        a.save(update_fields=["comments_count", "title"]),
    ),
    "a stale media item is saved": lambda a, b: [
        (make_comment(a, media=Media.objects.get(pk=item.pk)), item.save())
        for item in list(a.media.all())
    ],
    "articles are bulk updated": lambda a, b: (
        make_comment(a),
        setattr(a, "title", "New"),
        Article.objects.bulk_update([a], ["title"]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_counts_hold_after(world, way):
    one, two = world
    WAYS[way](one, two)

    assert stored() == actual()
    assert counting.recount(repair=False) == []


@pytest.mark.parametrize("gone", ["insert", "update", "delete"])
def test_a_missing_trigger_is_noticed_reported_and_mended(world, gone):
    name = next(n for n in triggers._existing(connection) if f"count_{gone}" in n)
    triggers._drop(connection, [name])
    lie = {
        "insert": lambda: make_comment(world[0]),
        "update": lambda: Comment.objects.update(status=Status.VISIBLE),
        "delete": lambda: leaves().delete(),
    }
    lie[gone]()

    assert stored() != actual()
    assert triggers.missing() == [name]
    assert "comments.W001" in {e.id for e in run_checks(databases=["default"])}
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("recount_comments", "--check", stdout=out)
    call_command("recount_comments", stdout=out)
    assert f"Trigger {name} was missing." in out.getvalue()
    assert stored() == actual()
    assert triggers.missing() == []


def test_an_upgrade_replaces_a_trigger_so_nothing_counts_twice(world):
    standing = triggers._existing(connection)
    current = next(
        one
        for name, one in triggers._expected(connection).items()
        if "count_insert" in name
    )
    outdated = replace(current, body=current.body + " ")
    for statement in outdated.statements():
        sql(statement)
    assert triggers._existing(connection) == {*standing, outdated.full_name}

    triggers.restore()

    assert triggers._existing(connection) == standing
    make_comment(world[0])
    assert stored() == actual()


def test_recounting_a_healthy_site_corrects_nothing(world):
    out = io.StringIO()
    call_command("recount_comments", stdout=out)

    assert out.getvalue() == "0 counts corrected.\n"


def test_recounting_says_what_was_wrong(world):
    article = world[0]
    Article.objects.filter(pk=article.pk).update(comments_count=99)

    out = io.StringIO()
    call_command("recount_comments", stdout=out)

    assert f"{article}: said 99, has 3." in out.getvalue()
    assert "1 counts corrected." in out.getvalue()
    assert stored() == actual()


def test_recounting_reports_an_answer_that_stands_apart(world):
    reply = Comment.objects.filter(parent__isnull=False).first()
    Comment.objects.filter(pk=reply.pk).update(article=world[1], media=None)

    out = io.StringIO()
    call_command("recount_comments", stdout=out)

    assert f"Comment {reply.pk} stands apart" in out.getvalue()


def only(comment):
    return Comment.objects.filter(pk=comment.pk)


@pytest.mark.parametrize(
    ("change", "moves"),
    [
        (lambda root: make_comment(root.article), True),
        (lambda root: make_comment(root.article, status=Status.WAITING), False),
        (lambda root: moderation.set_status(only(root), Status.HIDDEN, by=None), True),
        (lambda root: only(root).update(body="New"), True),
        (lambda root: moderation.erase(only(root), by=None), True),
        (lambda root: Article.objects.filter(pk=root.article_id).update(title="New"), False),
    ],
)  # fmt: skip
def test_the_date_of_the_discussion_moves_with_what_readers_see_of_it(
    world, change, moves
):
    root = Comment.objects.visible().filter(article=world[0]).first()
    sql("UPDATE articles_article SET discussed_at = 7")

    change(root)

    mine, other = world.values_list("discussed_at", flat=True)
    assert (abs(mine - time.time()) < 60) is moves
    assert other == 7


def dump(tmp_path, *labels):
    file = tmp_path / "all.json"
    call_command("dumpdata", *labels, output=str(file))
    return file


def test_a_fixture_holds_no_counts(world, tmp_path):
    rows = json.loads(dump(tmp_path, "articles").read_text())

    kept = {"comments_count", "discussed_at", "version"}
    assert not any(kept & set(row["fields"]) for row in rows)


@pytest.mark.parametrize("emptied", [True, False])
@pytest.mark.parametrize("backwards", [True, False])
def test_counts_hold_after_loaddata(world, tmp_path, emptied, backwards):
    file = dump(tmp_path, "articles", "comments")
    before = stored()
    rows = json.loads(file.read_text())
    file.write_text(json.dumps(rows[::-1] if backwards else rows))
    if emptied:
        Article.objects.all().delete()
    else:
        Comment.objects.update(status=Status.HIDDEN)
        leaves().delete()

    call_command("loaddata", str(file), verbosity=0)

    assert stored() == before == actual()


def test_the_cost_of_a_bulk_change_is_one_statement_an_article(world):
    Comment.objects.bulk_create(
        Comment(article=world[0], name="n", body="b", status="visible")
        for _ in range(500)
    )

    world[0].refresh_from_db()
    assert world[0].comments_count == 503


if connection.vendor == "sqlite":

    def test_a_row_replaced_in_sqlite_counts_once(world):
        row = Comment.objects.filter(status="visible", replies=None).first()
        sql(
            "INSERT OR REPLACE INTO comments_comment "
            "SELECT * FROM comments_comment WHERE id = %s",
            row.pk,
        )

        assert stored() == actual()

else:

    def test_a_truncated_table_counts_nothing(world):
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql("TRUNCATE comments_comment CASCADE")

        assert set(stored().values()) == {0}
