"""What a word is, what a question asks for, and where it stands in a text.

What a word is, SQLite's FTS5 says, in memory, whichever database holds the articles: so
both find and mark the same.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# Letters, digits and marks make words (without the marks Thai and Hindi would fall to
# pieces); capitals and accents do not count. The index is made with it, see 0004_search.
TOKENIZER = "unicode61 remove_diacritics 2 categories 'L* N* M* Co'"
MOST_WORDS = 10
LONGEST = 99  # characters of a word that count; the index has one more
EXCERPT_WORDS = 30
EXCERPT_OF = 100_000  # characters of an article that an excerpt is looked for in

# What stands beside an apostrophe and is no word: don’t, foot’s, l’eau.
_BESIDE_APOSTROPHE = re.compile(r"\b\w['’](?=\w)|(?<=\w)['’]\w{1,2}\b")
_LINK = re.compile(r"\[([^\[\]\n]*)\]\([^()\n]*\)")
_SIGNS = re.compile(
    r"\\([^\w\s])|^[ \t]*(?:#+|>+|[-+*](?=[ \t]))[ \t]*|(?<!\w)[*_]+|[*_]+(?!\w)",
    re.MULTILINE,
)
_MARKS = re.compile("[\x02\x03]")  # in no text, so that they can stand for <mark>
# The end of a line without a full stop, such as a heading.
_LINE_END = re.compile(r"(\w\x03?)[ \t]*\n\s*")

_IRREGULAR = [
    {"foot", "feet"}, {"tooth", "teeth"}, {"child", "children"}, {"man", "men"},
    {"woman", "women"},
]  # fmt: skip
_WHOLE = {"evening", "news", "this"}  # look like forms of another word, and are none
_HISSING = ("s", "x", "z", "ch", "sh", "o")
_SHORT = re.compile(r"[^aeiou]*[aeiou][^aeiouwxy]")  # run, hop, rub
_VOWEL = re.compile(r"[aeiouy]")


@dataclass(frozen=True)
class Word:
    """One word of a question: any of ``forms``, or what begins with any of ``beginnings``."""

    forms: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()


def question_in(text: str) -> list[Word]:
    """The words asked for, each once and in all its forms; the last may be a beginning.

    Of more than ``MOST_WORDS`` only the first count.
    """
    words = [word[:LONGEST] for word in dict.fromkeys(words_of(text))][:MOST_WORDS]
    question = [Word(forms_of(word)) for word in words]
    if words and (len(words[-1]) > 2 or not words[-1].isascii()):
        question[-1] = Word(question[-1].forms, beginnings=(words[-1],))
    return question


def fts5(question: list[Word]) -> str:
    """``question`` in the language of FTS5."""
    words = (
        [f'"{form}"' for form in word.forms]
        + [f'"{beginning}" *' for beginning in word.beginnings]
        for word in question
    )
    return " AND ".join(f"({' OR '.join(word)})" for word in words)


def words_of(text: str) -> list[str]:
    """The words of ``text`` as the index holds them: small letters, no accents."""
    with _page([("", _BESIDE_APOSTROPHE.sub(" ", text))]) as page:
        page.execute("CREATE VIRTUAL TABLE word USING fts5vocab(page, instance)")
        found = page.execute('SELECT term FROM word ORDER BY "offset"').fetchall()
    return [word for (word,) in found if word and any(map(str.isalnum, word))]


def marked(
    texts: Iterable[tuple[str, str]], question: list[Word]
) -> list[tuple[SafeString, SafeString]]:
    """Each (title, text) as safe HTML, the text as an excerpt, with what was asked for marked.

    An excerpt in which nothing is marked is "".
    """
    any_word = Word(
        tuple(form for word in question for form in word.forms),
        tuple(beginning for word in question for beginning in word.beginnings),
    )
    with _page((_MARKS.sub("", title), plain(text)) for title, text in texts) as page:
        rows = page.execute(
            "SELECT rowid, highlight(page, 0, char(2), char(3)), "
            "snippet(page, 1, char(2), char(3), ' … ', ?) FROM page WHERE page MATCH ?",
            [EXCERPT_WORDS, fts5([any_word])],
        )
        found = {row: (title, text) for row, title, text in rows}
        every = page.execute("SELECT rowid, title FROM page ORDER BY rowid").fetchall()
    return [
        (_safe(title), _safe(text) if "\x02" in text else SafeString())
        for title, text in (found.get(row, (title, "")) for row, title in every)
    ]


def plain(text: str) -> str:
    """``text`` without the signs of Markdown."""
    return _SIGNS.sub(r"\1", _LINK.sub(r"\1", _MARKS.sub("", text[:EXCERPT_OF])))


def _safe(text: str) -> SafeString:
    html = str(escape(" ".join(_LINE_END.sub(r"\1 · ", text.strip()).split())))
    html = html.replace("\x02", "<mark>").replace("\x03", "</mark>")
    return mark_safe(html)  # noqa: S308  (escaped above; the marks are ours)


@contextmanager
def _page(rows: Iterable[tuple[str, str]]) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            f'CREATE VIRTUAL TABLE page USING fts5(title, text, tokenize="{TOKENIZER}")'
        )
        connection.executemany("INSERT INTO page VALUES (?, ?)", rows)
        yield connection


def forms_of(word: str) -> tuple[str, ...]:
    """``word`` and its other English forms: massages, massaged and massaging for massage.

    And German ß for ss, as Swiss and old keyboards have it.
    """
    forms = {word, word.replace("ss", "ß"), word.replace("ß", "ss")}
    if len(word) > 2 and word.isascii() and word.isalpha() and word not in _WHOLE:
        for base in _bases(word) or {word}:
            forms |= _inflected(base) - _WHOLE
    for family in _IRREGULAR:
        if word in family:
            forms |= family
    return tuple(sorted(forms))


def _bases(word: str) -> set[str]:
    """What ``word`` may be a form of; guesses that are no words find nothing."""
    bases: set[str] = set()
    if word.endswith(("ies", "ied")):
        bases = {word[:-3] + "y", word[:-1]}
    elif word.endswith("es"):
        bases = {word[:-1]} | {w for w in [word[:-2]] if w.endswith(_HISSING)}
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        bases = {word[:-1]}
    elif word.endswith("ing"):
        bases = _stems(word[:-3])
    elif word.endswith("ed") and not word.endswith("eed"):
        bases = _stems(word[:-2])
    return {base for base in bases if len(base) > 2}


def _stems(stem: str) -> set[str]:
    if not _VOWEL.search(stem):
        return set()  # thing, shed, bring
    if stem[-1] == stem[-2:-1]:
        return {stem, stem[:-1]}  # falling, running
    return {stem + "e"} if _SHORT.fullmatch(stem) else {stem, stem + "e"}


def _inflected(base: str) -> set[str]:
    if base.endswith("e"):
        forms = {base, base + "s"}
        if _VOWEL.search(base[:-1]) and not base.endswith("ee"):
            forms |= {base + "d", base[:-1] + "ing"}
        return forms
    forms = {base, base + ("es" if base.endswith(_HISSING) else "s")}
    if base.endswith("o"):
        forms.add(base + "s")
    if base.endswith("y") and not _VOWEL.match(base[-2:]):
        return forms | {base[:-1] + "ies", base[:-1] + "ied", base + "ing"}
    if not _SHORT.fullmatch(base):
        forms |= {base + "ed", base + "ing"}
    if _SHORT.fullmatch(base) or base[-1] in "lt":
        forms |= {base + base[-1] + "ed", base + base[-1] + "ing"}
    return forms
