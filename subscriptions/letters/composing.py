"""What a letter says: subject, HTML and plain text, with places for each reader's links."""

import re
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe

from articles.models import SiteSettings
from footcare.lib.links import absolute_url, with_absolute_links
from footcare.lib.markup import render_markdown
from footcare.lib.text import clean_text
from subscriptions.letters.plain import plain_text
from subscriptions.letters.teasers import one_line, teasers_of
from subscriptions.models import Letter, SendingSettings

_LINE_ENDS = re.compile("\r\n?")
# Not for a mail, and of no meaning in HTML. (NFC would join what follows a tag with it.)
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(127, 160)])
_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class Parts:
    """A composed letter. Where a reader's token belongs stands the letter's mark."""

    subject: str
    html: str
    text: str


def compose(letter: Letter) -> Parts:
    """``letter`` as it would be sent now; one that was queued as it was frozen then."""
    if letter.is_frozen:
        return Parts(letter.frozen_subject, letter.html, letter.text)
    context = _context(letter) | _own_context(letter)
    template = f"subscriptions/letters/{letter.kind}"
    text = _without_controls(render_to_string(f"{template}.txt", context))
    return Parts(
        subject=context["subject"],
        html=_without_controls(render_to_string(f"{template}.html", context)).strip(),
        text=_BLANK_LINES.sub("\n\n", text).strip() + "\n",
    )


def _context(letter: Letter) -> dict[str, Any]:
    """What every letter needs."""
    return {
        "subject": one_line(clean_text(letter.subject)),
        "preview": one_line(letter.preview),
        "site": SiteSettings.load(),
        "imprint": SendingSettings.load().imprint,
        "leave_url": _place(letter, "leave"),
        "preferences_url": _place(letter, "preferences"),
        **_words(letter.body),
    }


def _place(letter: Letter, name: str) -> str:
    return absolute_url(reverse(f"subscriptions:{name}", args=[f"{letter.mark}{name}"]))


def _words(body: str) -> dict[str, Any]:
    """The editor's own words, in both ways."""
    if not body.strip():
        return {"words": "", "plain_words": ""}
    safe = mark_safe(render_markdown(body))  # noqa: S308  (the renderer made it)
    html = with_absolute_links(safe, absolute_url("/"))
    return {"words": html, "plain_words": plain_text(html)}


def _own_context(letter: Letter) -> dict[str, Any]:
    """What this kind of letter needs, too."""
    site = SiteSettings.load()
    if letter.kind == Letter.Kind.ARTICLE and letter.article:
        teaser = teasers_of([letter.article], site)[0]
        return {
            "teaser": teaser,
            "preview": one_line(letter.preview) or teaser.summary,
        }
    if letter.kind == Letter.Kind.DIGEST:
        shown = letter.articles.published().newest_first().select_related("author")
        teasers = teasers_of(list(shown), site)
        return {
            "teasers": teasers,
            "preview": one_line(letter.preview)
            or ", ".join(teaser.title for teaser in teasers),
            "articles_url": absolute_url(reverse("articles:list")),
        }
    return {}


def _without_controls(words: str) -> str:
    return _LINE_ENDS.sub("\n", words).translate(_CONTROLS)
