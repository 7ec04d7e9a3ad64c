"""Markdown as plain text that reads well."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footcare.lib.markup import render_markdown
from subscriptions.letters.plain import plain_text


def plain(markdown):
    return plain_text(render_markdown(markdown))


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("One *two* **three**.", "One two three."),
        ("# Head\n\nWords", "Head\n\nWords"),
        ("one\ntwo", "one two"),
        ("one  \ntwo", "one\ntwo"),
        ("- a\n- b\n\nend", "- a\n- b\n\nend"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("- a\n\n- b\n\n  more\n- c", "- a\n- b\n\n  more\n- c"),
        ("- a\n  - b\n  - c\n- d", "- a\n  - b\n  - c\n- d"),
        ("9. a\n10. b\n    - c", "9. a\n10. b\n    - c"),
        ("> a\n>\n> b\n\nc", "> a\n>\n> b\n\nc"),
        ("> - a\n> - b", "> - a\n> - b"),
        ("a &amp; b \\<c>", "a & b <c>"),
        ("[Read](https://a.example/x).", "Read [1].\n[1] https://a.example/x"),
        ("<https://a.example>", "[1]\n[1] https://a.example"),
        ("<me@a.example>", "me@a.example"),
        ("[Me](mailto:me@a.example)", "Me [1]\n[1] mailto:me@a.example"),
        (
            "[a](https://a.example) [b](https://b.example)\n\n[c](https://c.example)",
            "a [1] b [2]\n[1] https://a.example\n[2] https://b.example\n\n"
            "c [3]\n[3] https://c.example",
        ),
        ("- [a](https://a.example)\n- b", "- a [1]\n  [1] https://a.example\n- b"),
        ("> [a](https://a.example)", "> a [1]\n> [1] https://a.example"),
        ("[x](javascript:alert)", "[x](javascript:alert)"),
        ("-", ""),
        ("", ""),
    ],
)
def test_markdown_reads_as_it_was_meant(markdown, text):
    assert plain(markdown) == text


def test_lines_are_wrapped_within_their_indent():
    long = "word " * 40
    for line in plain(f"{long}\n\n- {long}\n\n> {long}").splitlines():
        assert len(line) <= 72
        assert re.fullmatch(r"(|- |  |> )(word ?)*", line)


def test_an_address_is_never_wrapped():
    url = "https://a.example/" + "long-" * 30

    assert f"\n[1] {url}" in plain(f"[x]({url})")


@given(st.text())
def test_any_words_survive(typed):
    html = render_markdown(typed)
    shown = re.sub(r"<[^>]*>", " ", html)

    text = plain_text(html)

    words = re.findall(r"[^\W_]{4,}", shown.replace("&nbsp;", " "))
    assert [word for word in words if word not in text and f"{word};" not in html] == []
