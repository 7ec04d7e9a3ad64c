"""What searches look in is mended when it was written past, and the command says so."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from articles import search_index
from articles.models import Article, Section
from footcare.lib import triggers
from tests.articles.searching import finds, sql, wrong
from tests.factories import make_article


def lose(heels):
    """Write while the triggers are away."""
    standing = triggers._existing(connection)
    triggers._drop(connection, standing)
    Section.objects.filter(text="walking").update(text="quokka")
    Article.objects.filter(title="Other").delete()
    make_article(title="Wombat")
    return standing


def test_what_was_written_without_triggers_is_found_when_they_are_back(heels):
    standing = lose(heels)
    assert len(wrong()) == 3

    triggers.restore()

    assert triggers._existing(connection) == standing
    assert wrong() == []
    assert finds("quokka", "walking", "wombat", "another") == [1, 0, 1, 0]


def command(*arguments):
    output = io.StringIO()
    call_command("rebuild_search", *arguments, stdout=output)
    return output.getvalue()


def test_the_command_says_what_it_corrected_and_then_nothing_more(heels):
    lose(heels)
    said = command()

    for words in [
        "Trigger footcare_search_section_after_update",
        "Heels: its words were not those of the article.",
        "Wombat: its words",
        "Other: its words",
        "3 entries corrected.",
    ]:
        assert words in said
    assert finds("quokka", "walking", "wombat", "another") == [1, 0, 1, 0]
    assert command() == "0 entries corrected.\n"


def test_the_command_can_only_look(heels):
    assert command("--check") == "0 entries are wrong.\n"
    sql("UPDATE articles_search SET title = 'quokka' WHERE title = 'Heels'")

    with pytest.raises(CommandError):
        command("--check")

    assert finds("quokka", "heels") == [1, 0]


def test_the_table_goes_and_comes_back_with_its_migration(transactional_db):
    article = make_article(title="Heels")
    graph = MigrationExecutor(connection).loader.graph
    [search] = [node for node in graph.nodes if node[1].endswith("_search")]
    [before] = [node.key for node in graph.node_map[search].parents]

    call_command("migrate", *before, verbosity=0)
    tables = connection.introspection.table_names(include_views=True)
    assert [name for name in tables if name.startswith("articles_search")] == []
    Article.objects.filter(pk=article.pk).update(title="Wombat")
    call_command("migrate", verbosity=0)

    assert triggers.missing() == []
    assert finds("heels", "wombat") == [0, 1]
    assert wrong() == []


if connection.vendor == "sqlite":

    def test_an_index_that_lost_words_is_noticed_and_made_anew(heels):
        sql(
            "INSERT INTO articles_searchword (articles_searchword, rowid, words) "
            "SELECT 'delete', id, words FROM articles_searchparts"
        )
        assert finds("heels") == [0]

        assert wrong() == [
            "The full-text index did not hold the words of the articles."
        ]
        search_index.rebuild(thorough=True)

        assert finds("heels") == [1]
        assert wrong() == []
