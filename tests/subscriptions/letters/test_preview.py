"""A letter as it will look, and a test to oneself: neither holds a link of any reader."""

import pytest

from outbox.models import Message
from subscriptions import tokens
from subscriptions.letters.preview import in_scheme, parts_for_nobody, post_test
from tests.subscriptions.letters.steps import make_letter

pytestmark = pytest.mark.django_db

HTML = """<meta name="color-scheme" content="light dark"><style>
:root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) { a { color: red } }
@media screen and (prefers-color-scheme:light) { a { color: blue } }
</style><p>light dark chocolate</p>"""


YES, NO = "(min-width: 0)", "(max-width: 0)"


@pytest.mark.parametrize(
    ("scheme", "dark", "light"), [("light", NO, YES), ("dark", YES, NO)]
)
def test_the_scheme_is_decided_here_and_not_by_the_browser(scheme, dark, light):
    shown = in_scheme(HTML, scheme)

    assert "prefers-color-scheme" not in shown
    assert f'content="{scheme}"' in shown
    assert f"color-scheme: {scheme};" in shown
    assert "light dark chocolate" in shown
    assert f"@media {dark} {{ a {{ color: red }} }}" in shown
    assert f"@media screen and {light} {{ a {{ color: blue }} }}" in shown


def test_where_a_readers_token_goes_stands_none():
    letter = make_letter()

    parts = parts_for_nobody(letter)

    for words in (parts.html, parts.text):
        assert letter.mark not in words
        assert "/unsubscribe/preview/" in words
    assert tokens.pk_of("preview") is None


def test_a_test_says_what_it_is_and_can_be_left_by_nobody():
    post_test(make_letter(subject="Cold & <feet>"), "me@example.org")

    mail = Message.objects.get()
    assert (mail.to, mail.subject) == ("me@example.org", "[Test] Cold & <feet>")
    assert "List-Unsubscribe" not in mail.headers
    for words in (mail.text, mail.html):
        assert "This is a test." in words
        assert "/unsubscribe/preview/" in words
    assert mail.html.count("Cold &amp; &lt;feet&gt;")


def test_the_note_stands_inside_the_body():
    letter = make_letter()
    letter.queued_at = letter.created_at
    letter.html = "<html><head></head><body class='page'><p>Words</p></body></html>"

    post_test(letter, "me@example.org")

    html = Message.objects.get().html
    assert html.index("<body class='page'>") < html.index("This is a test.")
    assert html.index("This is a test.") < html.index("<p>Words</p>")
