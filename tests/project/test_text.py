"""What holds for any text that anybody may type, found by trying many."""

import re
import unicodedata

import pytest
from django.utils.html import escape
from hypothesis import example, given
from hypothesis import strategies as st

from comments.models import Comment
from comments.thread import Shown
from comments.thread_html import list_of
from footcare.lib.links import with_absolute_links
from footcare.lib.markup import render_markdown, render_small_markdown
from footcare.lib.text import clean_text, number_in

# Lone surrogates, too: JSON and some browsers send them.
anything = st.text(st.characters(exclude_categories=()))


@given(anything)
def test_cleaned_text_can_be_stored_anywhere(typed):
    text = clean_text(typed)

    text.encode()
    assert "\x00" not in text
    assert not [c for c in text if unicodedata.category(c) == "Cc" and c not in "\t\n"]
    assert text == unicodedata.normalize("NFC", text).strip()


@given(anything)
def test_cleaning_twice_is_cleaning_once(typed):
    assert clean_text(clean_text(typed)) == clean_text(typed)


_OTHER_ELEMENT = re.compile(
    r'<(?!/?(?:p|strong|em|code|ul|ol|li|blockquote|a)>|br>|(?:p|li|blockquote) dir="auto">'
    r'|ol start="\d+">|a href="https?://[^"]*" rel="nofollow ugc noopener">'
    r'|a rel="nofollow ugc noopener">)'
)


@given(st.text())
def test_a_readers_words_never_make_an_element(typed):
    html = render_small_markdown(clean_text(typed))

    assert not _OTHER_ELEMENT.search(html)


@given(st.text())
def test_markdown_makes_no_element_but_the_allowed_ones(typed):
    html = render_markdown(typed + "<script>x</script>")

    assert "<script" not in html
    assert "<img" not in html


@given(st.text())
@example("http://[x")
def test_any_link_can_be_made_absolute(typed):
    html = f'<a href="{escape(typed)}">x</a> <a href="/about/">z</a>'

    absolute = with_absolute_links(html, "https://feet.example/articles/a/")

    assert '<a href="https://feet.example/about/">z</a>' in absolute


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "JavaScript:alert(1)", "vbscript:x", "file:///etc/passwd",
        "data:text/html,x", "data:image/png;base64,AAAA", "ftp://a.example/", "tel:112",
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", ["[x]({})", "<{}>", "[x]: {}\n\n[x]"])
def test_a_link_leads_to_no_address_but_the_allowed_ones(address, text):
    assert "href" not in render_markdown(text.format(address))


@pytest.mark.parametrize(
    "address",
    ["https://a.example/", "http://a.example/", "mailto:a@a.example", "/about/", "#a"],
)
def test_an_allowed_link_is_kept_as_it_is(address):
    html = render_markdown(f"[x]({address})")

    assert html == f'<p><a href="{address}">x</a></p>\n'


@given(anything)
def test_a_number_is_a_number_that_a_database_takes(asked):
    assert 0 <= number_in(asked) < 2**63


@given(st.lists(st.integers(0, 2)))
def test_every_list_of_a_thread_that_opens_also_closes(steps):
    level, levels = 0, [0]
    for step in steps:  # an answer stands at most one level below what comes before it
        level = min(step, level + 1)
        levels.append(level)
    shown = [
        Shown(n, at, False, False, "", False, "", "", "", "", "", None, n, None)
        for n, at in enumerate(levels)
    ]

    html = list_of(shown, base="/", is_open=True)

    open_now = []
    for closes, name in re.findall("<(/?)(ol|li)", html):
        if closes:
            assert open_now.pop() == name
        else:
            open_now.append(name)
    assert not open_now
    assert html.count("<li>") == len(shown)


def test_the_longest_number_of_a_form_fits_its_column():
    assert number_in("9" * 18) < Comment._meta.pk.MAX_BIGINT
    assert number_in("9" * 19) == 0
