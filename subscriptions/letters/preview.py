"""A letter as it will look, and one to oneself. Neither holds a link of any reader."""

import re

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from articles.models import SiteSettings
from outbox.composing import post
from outbox.models import Message
from subscriptions.letters.composing import Parts, compose
from subscriptions.models import Letter

SCHEMES = ("light", "dark")

_DEAD = "preview"  # stands where a reader's token would; no token looks like it
_ASKS = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)")
_LEAVES_OPEN = re.compile(r'(color-scheme(?:: ?|" content="))light dark')
_BODY = re.compile(r"<body\b[^>]*>")
_NOTE_STYLE = "margin:0;padding:12px 24px;background:#f6e4d6;color:#1e2a24;font:16px/1.4 Georgia,serif;"


def parts_for_nobody(letter: Letter) -> Parts:
    """``letter`` with links that open nothing where each reader's own go."""
    parts = compose(letter)
    place = re.compile(f"{letter.mark}(leave|preferences)")
    html, text = (place.sub(_DEAD, words) for words in (parts.html, parts.text))
    return Parts(parts.subject, html, text)


def in_scheme(html: str, scheme: str) -> str:
    """``html`` as a program shows it that prefers ``scheme``, whatever this browser does."""

    def decided(match: re.Match[str]) -> str:
        return "(min-width: 0)" if match[1] == scheme else "(max-width: 0)"

    return _LEAVES_OPEN.sub(rf"\g<1>{scheme}", _ASKS.sub(decided, html))


def post_test(letter: Letter, to: str) -> Message:
    """Queue ``letter`` as it is now, to ``to`` alone, with a line that says so."""
    parts = parts_for_nobody(letter)
    note = _("This is a test. Its links for leaving and for settings open nothing.")
    context = {
        "site": SiteSettings.load(),
        "note": note,
        "subject": parts.subject,
        "text": parts.text,
        # Safe: composed by our own templates.
        "html": mark_safe(_with_note(parts.html, note)),  # noqa: S308
    }
    return post("subscriptions/mail/test", to, context)


def _with_note(html: str, note: str) -> str:
    line = f'<p style="{_NOTE_STYLE}">{note}</p>'
    body = _BODY.search(html)
    begin = body.end() if body else 0
    return f"{html[:begin]}{line}{html[begin:]}"
