"""The triggers and the counts come through migrations, also through one that breaks off."""

import importlib
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from articles.models import Article
from comments.models import Comment
from footcare.lib import triggers
from tests.comments.test_counting import actual, stored
from tests.factories import make_article, make_comment, make_media

pytestmark = pytest.mark.django_db(transaction=True)

APPS = ["articles", "comments"]
ALTER = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("{app}", "{before}")]
    operations = [{operations}]
"""
LONGER = {
    "articles": 'migrations.AlterField("article", "title", models.CharField(max_length=333)),'
    'migrations.AlterField("article", "slug", models.SlugField(max_length=99, unique=True)),'
    'migrations.AlterField("article", "status", models.CharField(max_length=33)),'
    'migrations.AlterField("media", "title", models.CharField(max_length=333))',
    "comments": 'migrations.AlterField("comment", "name", models.CharField(max_length=333)),'
    'migrations.AlterField("comment", "status", models.CharField(max_length=33))',
}
FAIL = 'migrations.RunSQL("SELECT * FROM there_is_no_such_table")'


@pytest.fixture
def world():
    article = make_article()
    root = make_comment(article, media=make_media(article))
    make_comment(parent=root)
    make_comment(article, status=Comment.Status.WAITING)
    return article


@pytest.fixture
def further(tmp_path, settings, monkeypatch):
    """Give both apps one more migration, made of these operations; taken back afterwards."""
    lasts = {}

    def add(operations):
        for app in APPS:
            folder = tmp_path / f"further_{app}"
            folder.mkdir()
            (folder / "__init__.py").touch()
            for file in Path(apps.get_app_config(app).path, "migrations").glob("0*.py"):
                (folder / file.name).write_text(file.read_text())
            lasts[app] = sorted(file.stem for file in folder.glob("0*.py"))[-1]
            text = ALTER.format(app=app, before=lasts[app], operations=operations[app])
            (folder / "9999_further.py").write_text(text)
        settings.MIGRATION_MODULES = {app: f"further_{app}" for app in APPS}
        return lasts

    monkeypatch.syspath_prepend(tmp_path)
    yield add
    for app, last in lasts.items():
        call_command("migrate", app, last, verbosity=0)
    for name in [name for name in sys.modules if name.startswith("further_")]:
        del sys.modules[name]


def test_counts_and_triggers_come_through_rebuilt_tables_forward_and_back(
    world, further
):
    lasts = further(LONGER)
    standing = triggers._existing(connection)

    call_command("migrate", verbosity=0)
    assert triggers._existing(connection) == standing
    make_comment(world)
    assert stored() == actual()

    for app, last in lasts.items():
        call_command("migrate", app, last, verbosity=0)
        make_comment(world)
        assert triggers._existing(connection) == standing
        assert stored() == actual()


def test_after_a_migration_that_breaks_off_the_next_start_puts_all_right(
    world, further
):
    further(LONGER | {"comments": FAIL})

    with pytest.raises(DatabaseError):
        call_command("migrate", verbosity=0)
    make_comment(world)  # written by whoever did not wait
    triggers.restore()

    assert triggers.missing() == []
    assert stored() == actual()
    world.refresh_from_db()
    assert world.comments_count == 3


if connection.vendor == "sqlite":  # PostgreSQL rebuilds no table

    @pytest.mark.parametrize(
        ("model", "field"), [(Article, "title"), (Comment, "name")]
    )
    def test_without_the_care_a_rebuilt_table_fails_or_loses_its_triggers(
        world, model, field
    ):
        """The traps that the care is for: if this fails, SQLite or Django has mended them."""
        old = model._meta.get_field(field)
        new = old.clone()
        new.max_length = 333
        new.set_attributes_from_name(field)
        new.model = model

        def rebuild():
            connection.disable_constraint_checking()
            with connection.schema_editor() as editor:
                editor.alter_field(model, old, new)

        # In a thread, so with a connection of its own: the failure leaves it in mid-transaction.
        with ThreadPoolExecutor(max_workers=1) as thread:
            failure = thread.submit(rebuild).exception()
            end = lambda: connection.connection.close()  # noqa: E731, PLW0108 (that thread's)
            thread.submit(end).result()

        assert isinstance(failure, DatabaseError) or triggers.missing()
        triggers.restore()
        assert stored() == actual()


def test_every_migration_of_the_counted_apps_goes_back_and_forth(world):
    loader = MigrationExecutor(connection).loader
    comments = sorted(name for app, name in loader.graph.nodes if app == "comments")

    for name in [*reversed(comments[:-1]), "zero"]:
        call_command("migrate", "comments", name, verbosity=0)
    make_article()  # no trigger may stand that needs the table that is gone
    call_command("migrate", verbosity=0)

    assert ("comments", comments[-1]) in MigrationRecorder(
        connection
    ).applied_migrations()
    assert triggers.missing() == []
    Article.objects.update(title="x")
    world.refresh_from_db()
    assert world.comments_count == 0 == Comment.objects.count()


def test_a_web_process_that_starts_puts_back_what_is_missing(world):
    standing = triggers._existing(connection)
    triggers._drop(connection, standing)
    make_comment(world)

    importlib.reload(importlib.import_module("footcare.wsgi"))

    assert triggers._existing(connection) == standing
    assert stored() == actual()


if connection.vendor == "postgresql":

    def test_a_dump_of_the_data_can_be_read_back(world):
        """As pg_restore does it: with no path on which tables are found."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('search_path', '', false)")
            try:
                cursor.execute(
                    "INSERT INTO public.comments_comment "
                    "(article_id, name, email, body, status, created_at) "
                    "VALUES (%s, 'n', '', 'b', 'visible', now())",
                    [world.pk],
                )
            finally:
                cursor.execute("SELECT set_config('search_path', 'public', false)")

        assert stored() == actual()

    def test_a_trigger_that_was_switched_off_is_missed_and_put_back(world):
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE comments_comment DISABLE TRIGGER USER")
        make_comment(world)
        assert stored() != actual()

        off = triggers.missing()
        assert len(off) == 5
        assert triggers.restore() == off

        assert stored() == actual()
        assert triggers.missing() == []
