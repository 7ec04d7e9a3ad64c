"""What searches look in follows the articles, whichever way they are written."""

import io
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from articles.models import Article, Point, Section
from articles.search import search
from footcare.lib import triggers
from tests.articles.searching import finds, sql, wrong
from tests.factories import make_article, make_comment, make_section


def instance(model):
    return model.objects.order_by("pk").last()


def saved(model, **values):
    one = instance(model)
    for name, value in values.items():
        setattr(one, name, value)
    one.save()


def moved(model, **values):
    model.objects.filter(**{f"{name}__isnull": False for name in values}).update(
        **values
    )


CHANGES = {
    "save title": lambda: saved(Article, title="quokka"),
    "save summary": lambda: saved(Article, summary="quokka"),
    "save heading": lambda: saved(Section, heading="quokka"),
    "save text": lambda: saved(Section, text="quokka"),
    "save point": lambda: saved(Point, text="quokka"),
    "update titles": lambda: Article.objects.update(title="quokka"),
    "update texts": lambda: Section.objects.update(text="quokka"),
    "update points": lambda: Point.objects.update(text="quokka"),
    "bulk_create": lambda: Section.objects.bulk_create(
        [Section(article=instance(Article), text="quokka") for _ in range(3)]
    ),
    "bulk_create points": lambda: Point.objects.bulk_create(
        [Point(section=one, kind="benefit", text="quokka") for one in Section.objects.all()]
    ),
    "bulk_update": lambda: Section.objects.bulk_update(
        [Section(pk=one.pk, text="quokka") for one in Section.objects.all()], ["text"]
    ),
    "raw article": lambda: sql("UPDATE articles_article SET summary = 'quokka'"),
    "raw section": lambda: sql("UPDATE articles_section SET heading = 'quokka' WHERE text = 'cream'"),
    "raw point": lambda: sql("UPDATE articles_point SET text = 'quokka' WHERE text = 'sleep'"),
    "new": lambda: make_section(make_article(), text="quokka"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_every_way_of_writing_is_found_and_is_undone_with_its_transaction(
    heels, change
):
    before = finds("quokka", "heels", "shoes", "walking", "sleep", "care", "another")

    with transaction.atomic():
        change()
        assert finds("quokka")[0] > 0
        assert wrong() == []
        transaction.set_rollback(True)

    assert (
        finds("quokka", "heels", "shoes", "walking", "sleep", "care", "another")
        == before
    )
    assert before == [0, 1, 1, 1, 1, 1, 1]
    assert wrong() == []


REMOVALS = {
    "an article with all its parts": (lambda: instance(Article).delete(), "sleep"),
    "all articles": (lambda: Article.objects.all().delete(), "another"),
    "a section with its points": (lambda: Section.objects.earliest("pk").delete(), "sleep"),
    "points": (lambda: Point.objects.filter(text="sleep").delete(), "sleep"),
    "a point by hand": (lambda: sql("DELETE FROM articles_point WHERE text = 'sleep'"), "sleep"),
    "a point's move": (
        lambda: Point.objects.filter(text="sleep").update(
            section=make_section(make_article(status="draft"))
        ),
        "sleep",
    ),
    "a section's move": (
        lambda: Section.objects.filter(text="cream").update(article=make_article(status="draft")),
        "cream",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("remove", "word"), REMOVALS.values(), ids=REMOVALS.keys())
def test_what_was_removed_is_not_found(heels, remove, word):
    remove()

    assert finds(word) == [0]
    assert wrong() == []


def test_an_order_that_changes_changes_the_excerpt(heels):
    Section.objects.filter(text="cream").update(position=0)

    assert wrong() == []
    assert search("heels care").rows[0].excerpt.startswith("shoes · <mark>Care</mark>")


def test_a_comment_that_is_counted_leaves_the_index_alone(heels):
    make_comment(heels)

    assert wrong() == []


@pytest.mark.parametrize("turned", [list, reversed])
def test_a_fixture_may_be_loaded_in_any_order(heels, tmp_path, turned):
    dump = io.StringIO()
    call_command("dumpdata", "articles", stdout=dump)
    rows = json.loads(dump.getvalue())
    assert {row["model"] for row in rows} == {
        f"articles.{name}" for name in ("article", "section", "point")
    }
    fixture = tmp_path / "world.json"
    fixture.write_text(json.dumps(list(turned(rows))))
    Article.objects.all().delete()

    call_command("loaddata", fixture, verbosity=0)

    assert finds("heels", "walking", "sleep", "another") == [1, 1, 1, 1]
    assert wrong() == []


def test_seeding_fills_the_index(site):
    assert wrong() == []
    assert finds("contraindications", "massaging feet") == [1, 1]


def test_a_very_long_article_is_kept_and_found_by_its_beginning(db):
    article = make_article(title="T" * 200, summary="S " * 5000)
    words = " ".join(f"w{n}x{n * 7919 % 104729}" for n in range(100_000))
    make_section(article, heading="H" * 200, text=f"quokka {'y' * 5000} {words} wombat")

    assert finds("quokka", "w5x39595", "y" * 300, "wombat") == [1, 1, 1, 0]
    assert wrong() == []


def test_a_flush_empties_it_and_what_comes_then_is_found(transactional_db):
    make_section(make_article(title="Heels"), text="walking")

    call_command("flush", interactive=False, verbosity=0)

    assert finds("heels") == [0]
    sql("SELECT count(*) FROM articles_search WHERE title = 'Heels'")
    assert wrong() == []
    make_article(title="Heels")
    assert finds("heels") == [1]


def test_the_commands_that_look_at_tables_are_not_troubled_by_it(heels):
    for command in (["sqlflush"], ["inspectdb"], ["inspectdb", "articles_search"]):
        call_command(*command, stdout=io.StringIO())
    assert triggers.missing() == []


if connection.vendor == "sqlite":

    def test_a_row_that_is_replaced_is_replaced_in_the_index(heels):
        sql(
            "INSERT OR REPLACE INTO articles_section (id, article_id, position, kind, "
            "heading, anchor, text, html) SELECT id, article_id, position, kind, heading, "
            "anchor, 'quokka', '' FROM articles_section WHERE text = 'walking'"
        )
        sql(
            "UPDATE OR REPLACE articles_article SET title = 'wombat' WHERE title = 'Heels'"
        )

        assert finds("quokka", "walking", "wombat", "heels") == [1, 0, 1, 0]
        assert wrong() == []

else:

    def test_truncated_tables_are_followed(transactional_db):
        article = make_article(title="Heels")
        Point.objects.create(
            section=make_section(article, text="walking"), kind="benefit", text="x1"
        )

        sql("TRUNCATE articles_point CASCADE")
        assert finds("x1", "walking", "heels") == [0, 1, 1]
        sql("TRUNCATE articles_section CASCADE")
        assert finds("walking", "heels") == [0, 1]
        sql("TRUNCATE articles_article CASCADE")
        assert finds("heels") == [0]
        assert wrong() == []

    @pytest.fixture
    def only_searching(transactional_db):
        """No trigger but those of the search, so that no other's lock helps it."""
        others = {
            name
            for name in triggers._existing(connection)
            if "footcare_search" not in name
        }
        triggers._drop(connection, others)
        yield
        triggers.restore()

    def test_two_who_write_in_one_article_at_once_are_both_found(only_searching):
        article = make_article()
        one, other = make_section(article), make_section(article)

        def write():
            Section.objects.filter(pk=other.pk).update(text="wombat")
            connections.close_all()

        with ThreadPoolExecutor(max_workers=1) as thread:
            with transaction.atomic():
                Section.objects.filter(pk=one.pk).update(text="quokka")
                second = thread.submit(write)
                while not second.done() and not somebody_waits():
                    pass
                assert not second.done()
            second.result()

        assert finds("quokka wombat") == [1]
        assert wrong() == []

    def somebody_waits():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) "
                "WHERE NOT granted AND datname = current_database()"
            )
            return cursor.fetchone()[0] > 0
