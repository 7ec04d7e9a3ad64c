"""Any text can be searched for, and what comes near to a title is offered."""

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from articles.models import Article
from articles.search import MOST, nearest, search
from articles.words import MOST_WORDS, words_of
from footcare.lib.text import clean_text
from tests.articles.searching import CORPUS
from tests.factories import make_article


@pytest.mark.parametrize("asked", ["foot-masage", "Foot massages", "fot massage", "foot-massage-2"])  # fmt: skip
def test_the_nearest_titles_are_offered_for_a_slip(corpus, asked):
    assert nearest(asked)[0].title == "Foot massage"


@pytest.mark.parametrize("asked", ["", "-", "zzzz", "👣", "x" * 5000, "\ud800", "%_*'\""])  # fmt: skip
def test_nothing_near_is_nothing(corpus, asked):
    assert nearest(asked) == []


def test_an_old_title_is_near_among_many(db):
    make_article(title="Foot massage", slug="old")
    Article.objects.bulk_create(
        Article(title=f"Rest {n}", slug=f"r{n}", status="published", published_at=timezone.now())
        for n in range(MOST + 5)
    )  # fmt: skip

    assert [one.slug for one in nearest("foot masage")] == ["old"]


ODD = ['"', "'", "AND", "OR", "NOT", "NEAR(a b)", "*", "^", ":", "-", "(", ")", "title:x",
       "a*", '"a', "a\\", "#", "%s", "\x00", "\ud800", "\u202e", "'; DROP TABLE x", "é" * 300,
       "{}", "|", "&", "!", "<->", "a:*", "\u0301", "\ufeff", "1️⃣", "ß", "İ", "x" * 3000]  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_odd_words_find_what_they_find_and_break_nothing(corpus, text):
    assert search(text).count <= len(CORPUS)
    assert search(f"massage {text}").count <= len(CORPUS)
    nearest(text)


TAGS = "".join(map(chr, range(0xE0000, 0xE0080)))


class AnyText(TestCase):
    @given(st.text(max_size=300) | st.lists(st.sampled_from(ODD)).map(" ".join))
    def test_any_text_can_be_searched_for(self, text):
        search(text)
        nearest(text)

    # Tag characters have a test of their own, below.
    @given(st.text(st.characters(exclude_characters=f"'’{TAGS}"), max_size=60))
    def test_an_article_is_found_by_its_title(self, text):
        title = clean_text(text)
        article = make_article(title=title)

        if 0 < len(words_of(title)) <= MOST_WORDS:
            assert [one.article for one in search(title).rows] == [article]


@pytest.mark.xfail(
    connection.vendor == "postgresql",
    reason="PostgreSQL's index takes a tag character for a part of the number before it.",
    strict=True,
)
@pytest.mark.parametrize("title", ["0\U000e0020", "0 x\U000e0020", "0\U000e0020x"])
def test_a_tag_character_ends_a_word(db, title):
    article = make_article(title=title)

    assert [one.article for one in search(title).rows] == [article]
