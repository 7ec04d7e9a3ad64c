"""Strangers' words in mails: nothing in them is a link, and nothing else is touched."""

import pytest

from footcare.lib.links import without_links


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("https://example.org/a", "https[:]//example[.]org/a"),
        ("www.example.org", "www[.]example[.]org"),
        ("ada@example.org", "ada[at]example[.]org"),
        ("mailto:ada", "mailto[:]ada"),
        ("//1.2.3.4", "//1.2.3.4"),
        ("http://1.2.3.4", "http[:]//1.2.3.4"),
        ("例え。jp", "例え[.]jp"),
        ("Nice.Thanks", "Nice[.]Thanks"),
        ("gro\u202e.elpmaxe", "gro[.]elpmaxe"),
    ],
)
def test_what_a_mail_program_makes_a_link_of_is_written_out(typed, written):
    assert without_links(typed) == written


def test_ordinary_words_are_left_alone():
    words = "I walked 3.5 km, e.g. on Sunday… at 10.30. Fine: yes, 1:2. (C) @ 5"

    assert without_links(words) == words
