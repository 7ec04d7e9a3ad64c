"""The rules that a new site begins with, on the half of the corpus that they were not made on."""

from importlib import import_module

import pytest
from django.apps import apps

from comments.models import Rule
from comments.scoring.defaults import default_rules
from comments.scoring.patterns import compiled
from comments.scoring.values import plain_domain, plain_pattern, plain_words
from tests.comments.corpus import samples
from tests.comments.corpus.measure import held_by_score, outcomes
from tests.factories import make_article


@pytest.fixture
def article(db):
    # Tests that empty the database take along what migrations wrote.
    Rule.objects.all().delete()
    Rule.objects.bulk_create(Rule(**columns) for columns in default_rules("en"))
    return make_article(title="Foot massage")


def held_out(group, article):
    return [o for o in outcomes(group, article) if o.sample.is_held_out]


def share(found, becomes):
    return sum(o.becomes == becomes for o in found) / len(found)


def test_at_most_two_in_a_hundred_spam_comments_pass(article):
    found = held_out("spam", article)

    assert len(found) >= 60
    assert share(found, "passed") <= 0.02


def test_at_most_five_in_a_hundred_honest_first_comments_go_to_spam(article):
    found = held_out("honest", article)

    assert len(found) >= 60
    assert share(found, "spam") <= 0.05
    assert held_by_score(found) / len(found) <= 0.1


def test_what_an_editor_must_see_waits_and_never_goes_to_spam_for_it(article):
    found = outcomes("health", article)

    assert share(found, "spam") == 0
    assert share([o for o in found if o.sample.is_held_out], "held") >= 0.8


def test_few_near_misses_wait(article):
    assert share(held_out("near", article), "passed") >= 0.85


@pytest.mark.parametrize(
    ("group", "least", "kinds"),
    [("honest", 130, 10), ("spam", 130, 10), ("health", 40, 4), ("near", 40, 4)],
)
def test_the_corpus_is_large_and_says_nothing_twice(group, least, kinds):
    found = samples(group)

    assert len({sample.body for sample in found}) == len(found) >= least
    assert len({sample.kind for sample in found}) >= kinds


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_rule_that_the_site_comes_with_is_as_the_admin_would_store_it(language):
    plain = {"word": plain_words, "domain": plain_domain, "pattern": plain_pattern}
    rules = list(default_rules(language))

    assert len({(rule["kind"], rule["value"]) for rule in rules}) == len(rules)
    for rule in rules:
        assert len(rule["value"]) <= 300
        assert len(rule["reason"]) <= 100
        assert plain[rule["kind"]](rule["value"]) == rule["value"]
        if rule["kind"] != "domain":
            compiled(rule["value"])


def test_reasons_are_in_the_language_of_the_site():
    english, german = (
        {r["reason"] for r in default_rules(one)} for one in ("en", "de")
    )

    assert "names a dose" in english
    assert "nennt eine Dosis" in german
    assert english.isdisjoint(german)
    assert {r["reason"] for r in default_rules("fr")} == english


def test_a_migration_writes_the_rules_and_another_run_repeats_none(db):
    Rule.objects.all().delete()
    migration = import_module("comments.migrations.0003_rules")

    migration.write_rules(apps, None)
    migration.write_rules(apps, None)

    assert Rule.objects.count() == len(list(default_rules("en")))
    assert Rule.objects.filter(holds=True, points=0, is_active=True).count() > 30
