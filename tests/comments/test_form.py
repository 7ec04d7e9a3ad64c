"""What readers type: what is refused with every word kept, and what is kept and shown."""

import pytest

from comments.models import BODY_LENGTH, NAME_LENGTH, Comment
from tests.comments.steps import GOOD, URL, errors


@pytest.fixture(autouse=True)
def _seeded(site):
    pass


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"name": ""}, {"name": ["required"]}),
        ({"name": "   "}, {"name": ["required"]}),
        ({"body": " \n \t "}, {"body": ["required"]}),
        ({"body": "\u200b\u202e\u2066\u00a0"}, {"body": ["required"]}),
        ({"body": "\x00\x00"}, {"body": ["required"]}),
        ({"email": "ada@"}, {"email": ["invalid"]}),
        ({"email": f"{'a' * 300}@example.org"}, {"email": ["max_length"]}),
        ({"name": "n" * (NAME_LENGTH + 1)}, {"name": ["max_length"]}),
        ({"body": "b" * (BODY_LENGTH + 1)}, {"body": ["max_length"]}),
        ({"body": "b" * 50_000}, {"body": ["max_length"]}),
        ({"body": "\u3164\u2800"}, {"body": ["required"]}),
        ({"parent": "999"}, {"__all__": ["parent_gone"]}),
        ({"parent": "0"}, {"__all__": ["parent_gone"]}),
        ({"parent": "\u0660"}, {"__all__": ["parent_gone"]}),
        ({"media": "00"}, {"__all__": ["media_gone"]}),
        ({"parent": "x"}, {"parent": ["invalid"], "__all__": ["forged"]}),
        ({"media": "999"}, {"__all__": ["media_gone"]}),
        ({"media": "9" * 30}, {"__all__": ["media_gone"]}),
    ],
)
def test_a_refused_comment_says_why_and_keeps_every_word(client, values, wrong):
    typed = GOOD | values

    response = client.post(URL, typed)

    assert errors(response) == wrong
    html = response.content.decode()
    assert "<title>Error: " in html
    assert html.index("There is a problem") < html.index("<h1")
    assert not Comment.objects.exists()
    for name in ("name", "email", "body"):
        assert response.context["form"][name].value() == typed[name]


def test_each_error_stands_above_and_beside_its_field_in_the_same_words(client):
    html = client.post(URL, {"name": "", "email": "x", "body": ""}).content.decode()

    for field, words in [
        ("name", "Write the name to show beside your comment."),
        ("email", "Write your e-mail like name@example.org, or leave it empty."),
        ("body", "Write a line or two before you send it."),
    ]:
        assert f'<a href="#c-{field}">{words}</a>' in html
        assert f'id="c-{field}-error">{words}</p>' in html
        assert f"c-{field}-hint c-{field}-error" in html


def test_fifty_thousand_characters_come_back_to_the_last(client):
    text = "ab " * 17_000

    html = client.post(URL, GOOD | {"body": text}).content.decode()

    assert text in html


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  two  spaces \r\n\r\nnext ", "two  spaces \n\nnext"),
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("👣 emoji 👩🏽‍⚕️", "👣 emoji 👩🏽‍⚕️"),
        ("שלום עולם", "שלום עולם"),
        ("e\u0301", "é"),
        ("one\vtwo\x85three", "one\ntwo\nthree"),
        ("\U0001fae9", "\U0001fae9"),  # newer than Python's tables
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_what_is_kept_of_what_was_typed(client, typed, kept):
    client.post(URL, GOOD | {"body": typed})

    assert Comment.objects.get().body == kept


def test_html_is_shown_as_the_reader_typed_it(client):
    client.post(
        URL, GOOD | {"name": '"><img src=x>', "body": "<script>alert(1)</script>"}
    )
    Comment.objects.update(status="visible")

    html = client.get("/articles/foot-massage/").content.decode()

    assert "<script>alert" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_right_to_left_words_stay_in_their_place(client):
    client.post(URL, GOOD | {"name": "שלום", "body": "שלום"})
    Comment.objects.update(status="visible")

    html = client.get("/articles/foot-massage/").content.decode()

    assert '<bdi class="who">שלום</bdi>' in html
    assert '<p dir="auto">שלום</p>' in html


def test_a_tower_of_marks_is_cut_and_takes_no_time(client):
    tower = "a" + "\u0301\u0316" * 4000

    assert client.post(URL, GOOD | {"body": tower}).status_code == 302

    assert len(Comment.objects.get().body) <= 32
