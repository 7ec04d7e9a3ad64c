"""What a letter says: subject, HTML and plain text, with places for each reader's links."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from articles.models import SiteSettings
from footcare.lib.links import absolute_url
from subscriptions.models import Letter, SendingSettings


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
    context = _context(letter)
    template = f"subscriptions/letters/{letter.kind}"
    return Parts(
        subject=" ".join(letter.subject.split()),
        html=render_to_string(f"{template}.html", context),
        text=render_to_string(f"{template}.txt", context),
    )


def _context(letter: Letter) -> dict[str, Any]:
    return {
        "letter": letter,
        "site": SiteSettings.load(),
        "imprint": SendingSettings.load().imprint,
        "site_url": settings.SITE_URL,
        "leave_url": absolute_url(
            reverse("subscriptions:leave", args=[f"{letter.mark}leave"])
        ),
        "preferences_url": absolute_url(
            reverse("subscriptions:preferences", args=[f"{letter.mark}preferences"])
        ),
    }
