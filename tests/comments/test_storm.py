"""Counts hold while many processes change everything at once."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from comments import counting, moderation
from comments.models import Comment
from footcare.lib import triggers
from tests.comments.test_counting import actual, stored
from tests.factories import make_article, make_comment, make_media

pytestmark = pytest.mark.django_db(transaction=True)

PROCESSES = 8


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
