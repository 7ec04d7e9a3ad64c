"""In which words somebody consented: those of the form and of the first mail, as they are.

Their version is a hash of them, so it moves with every word and nobody has to remember it.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from html import unescape

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import strip_tags

from articles.models import SiteSettings
from subscriptions.models import LINK_DAYS, Wording

_UNREAD = re.compile(r"<(style|title)>.*?</\1>", re.DOTALL)
# What is each reader's own, and no part of the words.
_LINK, _TOPIC = "https://…", "…"


@dataclass(frozen=True)
class Words:
    version: str
    language: str
    text: str


def current() -> Words:
    """What the form and the first mail say now, in the site's language."""
    site = SiteSettings.load()
    return _words(settings.LANGUAGE_CODE, site.name, site.subscribe_label)


def keep(version: str) -> None:
    """Write down the words of ``version`` when somebody consented to them first.

    One that this process does not speak, in the middle of an upgrade, is left to the next.
    """
    if not version or Wording.objects.filter(version=version).exists():
        return
    words = current()
    if words.version == version:
        row = Wording(version=version, language=words.language, words=words.text)
        Wording.objects.bulk_create([row], ignore_conflicts=True)


@lru_cache(maxsize=8)
def _words(language: str, site_name: str, label: str) -> Words:
    context = {
        "site": SiteSettings(name=site_name, subscribe_label=label),
        "boxes": [("", _TOPIC, False)],
        "subscriber": {"confirm_url": _LINK},
        "link_days": LINK_DAYS,
    }
    mail = "subscriptions/mail/confirm"
    with translation.override(language):
        parts = [
            _seen(render_to_string("subscriptions/_slip.html", context)),
            _seen(render_to_string("subscriptions/_topics.html", context)),
            render_to_string(f"{mail}.subject.txt", context).strip(),
            _seen(render_to_string(f"{mail}.html", context)),
            render_to_string(f"{mail}.txt", context).strip(),
        ]
    text = "\n\n---\n\n".join(parts)
    version = sha256(f"{language}\n{text}".encode()).hexdigest()[:12]
    return Words(version, language, text)


def _seen(html: str) -> str:
    lines = unescape(strip_tags(_UNREAD.sub("", html))).splitlines()
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))
