"""Counts hold while many processes change everything at once."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.contrib.auth.models import User
from django.db import connection

from articles.models import Article
from comments import counting, moderation
from comments.forms import CommentForm
from comments.models import Comment
from footcare.lib import triggers
from tests.comments.test_counting import actual, stored
from tests.factories import make_article, make_comment, make_media

pytestmark = pytest.mark.django_db(transaction=True)

PROCESSES = 8
Status = Comment.Status


def database_url():
    """The address of the database that this test runs in."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    login = f"{values['USER']}:{values['PASSWORD']}@" if values["USER"] else ""
    return f"postgres://{login}{values['HOST']}:{values['PORT']}/{values['NAME']}"


def storm(changes):
    """Let the processes loose; return what each said about changes refused."""
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    command = [sys.executable, "-m", "tests.comments.storm"]
    running = [
        subprocess.Popen(
            [*command, str(seed), str(changes)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for seed in range(PROCESSES)
    ]
    ended = [(process, *process.communicate()) for process in running]
    for process, _, errors in ended:
        assert process.returncode == 0, errors
    return [int(out) for _, out, _ in ended]


@pytest.fixture
def world():
    User.objects.create_user("staff", is_staff=True)
    for _ in range(4):
        item = make_media(make_article())
        for _ in range(5):
            make_comment(item.article, media=item)


def check(changes):
    refused = storm(changes)

    assert sum(refused) <= PROCESSES * changes * 0.02
    assert Comment.objects.visible().exists()
    assert stored() == actual()
    assert counting.recount(repair=False) == []
    assert not moderation.misplaced(Comment.objects.all()).exists()


def test_counts_hold_with_8_processes_of_200_mixed_changes_each(world):
    check(200)


@pytest.mark.slow
def test_counts_hold_with_8_processes_of_2000_mixed_changes_each(world):
    check(2000)


@pytest.mark.slow
def test_8_writers_of_500_comments_lose_none_while_moderators_work():
    """In a database of its own, and with figures: see `benchmarks.posting`."""
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    command = [sys.executable, "-m", "benchmarks.posting", "--on", name]
    done = subprocess.run(
        command,
        env=os.environ | {"TEST_DATABASE_URL": os.environ.get("DATABASE_URL", "")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert name in done.stdout


@pytest.mark.parametrize("gone", ["insert", "update", "delete"])
def test_the_storm_shows_when_a_trigger_was_taken_out(world, gone):
    name = next(n for n in triggers._existing(connection) if f"count_{gone}" in n)
    triggers._drop(connection, [name])
    try:
        storm(20)
        assert stored() != actual()
    finally:
        triggers.restore()
    assert stored() == actual()


def by_moderation(comments, status):
    moderation.set_status(comments, status, by=None)


def by_update(comments, status):
    comments.update(status=status)


@pytest.mark.parametrize("change", [by_moderation, by_update])
def test_two_bulk_actions_that_cross_both_end_and_count_right(world, change):
    one, two = (
        article.comments.all() for article in Article.objects.order_by("pk")[:2]
    )
    start = threading.Barrier(2)

    def act(order):
        for n in range(20):
            start.wait(timeout=30)
            status = [Status.HIDDEN, Status.VISIBLE][n % 2]
            pks = [pk for part in order for pk in part.values_list("pk", flat=True)]
            change(
                Comment.objects.filter(pk__in=pks).order_by(*["-pk"][: n % 3]), status
            )
        connection.close()

    with ThreadPoolExecutor(max_workers=2) as threads:
        for done in [threads.submit(act, [one, two]), threads.submit(act, [two, one])]:
            done.result()

    assert stored() == actual()
    assert Comment.objects.visible().count() == Comment.objects.count()


def test_two_moderators_who_approve_the_same_comment_count_it_once(world):
    article = Article.objects.first()
    start = threading.Barrier(2)

    def approve(pk):
        start.wait(timeout=30)
        done = moderation.set_status(
            Comment.objects.filter(pk=pk), Status.VISIBLE, by=None
        )
        connection.close()
        return done

    for _ in range(10):
        comment = make_comment(article, status=Status.WAITING)
        with ThreadPoolExecutor(max_workers=2) as threads:
            changed = list(threads.map(approve, [comment.pk] * 2))
        assert sorted(changed) == [0, 1]

    assert stored() == actual()


def test_an_erasure_and_a_move_of_the_same_conversations_both_end(world):
    here, there = Article.objects.order_by("pk")[:2]
    start = threading.Barrier(2)

    def erase(pks):
        start.wait(timeout=30)
        moderation.erase(Comment.objects.filter(pk__in=pks), by=None)
        connection.close()

    def move(roots):
        start.wait(timeout=30)
        for root in roots:
            moderation.move(root, there, None, by=None)
        connection.close()

    for _ in range(20):
        # Placeholders, each with one answer: whoever erases the answers takes them along.
        roots = [make_comment(here, status=Status.HIDDEN, body="") for _ in range(20)]
        answers = [make_comment(here, parent=root).pk for root in roots]
        with ThreadPoolExecutor(max_workers=2) as threads:
            for done in [threads.submit(erase, answers), threads.submit(move, roots)]:
                done.result()
        assert not Comment.objects.filter(pk__in=[root.pk for root in roots]).exists()

    assert stored() == actual()


def test_two_presses_at_the_same_moment_make_one_comment(world):
    article = Article.objects.first()
    before = article.comments.count()
    start = threading.Barrier(2)

    def press(n):
        form = CommentForm({"name": "Ada", "body": f"Press {n}."}, article=article)
        start.wait(timeout=30)
        comment = form.save_if_valid()
        connection.close()
        return comment.pk

    for n in range(10):
        with ThreadPoolExecutor(max_workers=2) as threads:
            one, two = threads.map(press, [n, n])
        assert one == two

    assert article.comments.count() == before + 10


if connection.vendor == "postgresql":  # SQLite lets in one writer at a time

    def test_a_recount_sees_what_is_approved_while_it_waits_for_the_row(world):
        waiting = make_comment(Article.objects.first(), status=Status.WAITING)
        Article.objects.update(comments_count=99)

        with closing(connection.copy()) as moderator:
            moderator.set_autocommit(False)
            with moderator.cursor() as cursor:
                cursor.execute(
                    "UPDATE comments_comment SET status = 'visible' WHERE id = %s",
                    [waiting.pk],
                )

            def at_the_last_moment(execute, statement, *arguments):
                if statement.startswith("UPDATE") or "FOR NO KEY UPDATE" in statement:
                    moderator.commit()  # what the recount would wait for
                return execute(statement, *arguments)

            with connection.execute_wrapper(at_the_last_moment):
                counting.recount()

        waiting.refresh_from_db()
        assert waiting.status == Status.VISIBLE
        assert stored() == actual()
