"""What a word is: the same for SQLite, for PostgreSQL and for what is asked."""

import sqlite3

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from articles import checks
from articles.words import TOKENIZER, fts5, plain, question_in, words_of

SAME = [
    ["massage", "massages", "massaged", "massaging"],
    ["foot", "feet"],
    ["therapy", "therapies"],
    ["disease", "diseases", "diseased"],
    ["run", "runs", "running"],
    ["hop", "hops", "hopped", "hopping"],
    ["hope", "hopes", "hoped", "hoping"],
    ["rub", "rubs", "rubbed", "rubbing"],
    ["press", "presses", "pressed", "pressing"],
    ["travel", "travels", "travelled", "travelling", "traveled", "traveling"],
    ["benefit", "benefits", "benefited", "benefitted", "benefiting"],
    ["glass", "glasses"],
    ["shoe", "shoes"],
    ["toe", "toes"],
    ["child", "children"],
    ["use", "uses", "used", "using"],
    ["fuße", "fusse"],
]
OTHER = [
    ("hop", "hope"), ("thing", "the"), ("shed", "she"), ("seed", "see"), ("news", "new"),
    ("evening", "even"), ("bring", "bre"), ("universe", "university"), ("organ", "organic"),
    ("this", "thi"), ("glass", "glas"), ("is", "i"), ("as", "a"),
]  # fmt: skip


def forms(word):
    [asked] = question_in(word)
    return set(asked.forms)


@pytest.mark.parametrize("family", SAME, ids=lambda family: family[0])
def test_every_form_of_a_word_asks_for_the_word_and_the_word_for_each(family):
    assert set(family) <= forms(family[0])
    assert all(family[0] in forms(form) for form in family)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_words_that_only_look_alike_do_not_ask_for_each_other(one, other):
    assert other not in forms(one)
    assert one not in forms(other)


def test_only_the_last_word_is_a_beginning_and_only_from_three_letters_on():
    beginnings = [word.beginnings for word in question_in("foot massage")]

    assert beginnings == [(), ("massage",)]
    assert [word.beginnings for word in question_in("massage fo")] == [(), ()]
    assert [word.beginnings for word in question_in("足")] == [("足",)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don’t DON'T they're", ["don", "don", "they"]),
        ("foot’s l’eau o'clock 'quoted'", ["foot", "eau", "clock", "quoted"]),
        ("Füße naïve ÅNGSTRÖM İ", ["fuße", "naive", "angstrom", "i"]),
        ("เท้า मालिश 足のマッサージ", ["เท้า", "मालिश", "足のマッサージ"]),
        ("👣 ❤️ !? – … “”", []),
        ("a-b c_d e.f 3.5 50%", ["a", "b", "c", "d", "e", "f", "3", "5", "50"]),
    ],
)
def test_words_are_letters_digits_and_marks_without_accents(text, words):
    assert words_of(text) == words


def test_a_word_that_is_asked_for_twice_counts_once():
    assert len(question_in("Foot foot FOOT fóot feet")) == 2


def test_what_is_asked_cannot_leave_its_quotes():
    question = question_in('a" OR b* NEAR(c) d:e -f ^g "h')

    assert fts5(question).count('"') == 2 * fts5(question).count(" OR ") + 2 * len(
        question
    )


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        (
            "# Heading\n\n> quoted\n- item\n+ item\n* item",
            "Heading\n\nquoted\nitem\nitem\nitem",
        ),
        ("*so* and **so** _and_ snake_case", "so and so and snake_case"),
        ("[the study](https://example.org/a_b) says", "the study says"),
        (r"3 \* 4 \# x", "3 * 4 # x"),
        ("a-b - c", "a-b - c"),
    ],
)
def test_an_excerpt_has_no_signs_of_markdown(text, bare):
    assert plain(text) == bare


def test_a_python_that_cannot_search_is_told_in_a_sentence(monkeypatch):
    class Without:
        def execute(self, statement):
            raise sqlite3.OperationalError("no such module: fts5")

        def close(self):
            pass

    assert checks.sqlite_searches(None) == []
    monkeypatch.setattr(checks.sqlite3, "connect", lambda path: Without())

    [error] = checks.sqlite_searches(None)
    assert error.id == "articles.E001"
    assert "no such module: fts5" in error.msg


if connection.vendor == "postgresql":

    def held(text):
        """The words that PostgreSQL makes of a text, as it holds them."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT lexeme FROM unnest(articles_search_vector(0, %s, '', '', ''))",
                [text],
            )
            lexemes = [lexeme for (lexeme,) in cursor.fetchall()]
        return {
            word.removeprefix("3:0:") for word in lexemes if word.startswith("3:0:")
        }

    def every(text):
        """The words that SQLite makes of it, those without a letter along."""
        with sqlite3.connect(":memory:") as memory:
            memory.execute(
                f'CREATE VIRTUAL TABLE one USING fts5(x, tokenize="{TOKENIZER}")'
            )
            memory.execute("CREATE VIRTUAL TABLE word USING fts5vocab(one, row)")
            memory.execute("INSERT INTO one VALUES (?)", [text])
            words = {word for (word,) in memory.execute("SELECT term FROM word")}
        memory.close()
        return {word[:100] for word in words if word}

    @pytest.mark.parametrize("start", range(0, 0x20000, 0x2000))
    def test_both_databases_make_the_same_of_every_character(db, start):
        codes = [
            code
            for code in range(max(start, 1), start + 0x2000)
            if not 0xD800 <= code < 0xE000
        ]
        text = " ".join(f"x{chr(code)}Y {chr(code)}" for code in codes)

        assert held(text) == every(text)

    class AnyText(TestCase):
        @given(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
        )
        def test_both_databases_make_the_same_words_of_any_text(self, text):
            assert held(text) == every(text)
            assert set(words_of(text)) <= held(text)

else:

    def test_the_index_is_made_of_the_words_that_are_asked_for(db):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sql FROM sqlite_master WHERE name = 'articles_searchword'"
            )
            assert f'tokenize="{TOKENIZER}"' in cursor.fetchone()[0]
