"""Links for mails, feeds and machines: from SITE_URL alone, never from what a request claims
its host to be. And none where a stranger wrote one.
"""

import re
from urllib.parse import urljoin

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

# What mail programs make a link of by themselves: a scheme, a domain, an address.
_LIVE = [
    (re.compile(r"(?<=[^\W\d]):(?=\S)|:(?=//)"), "[:]"),
    # Some take the full stops of Chinese and Japanese for a dot, too; "e.g." is no domain.
    (re.compile("(?<=[\\w-])[.\u3002\uff0e\uff61](?=[^\\W\\d_]{2})"), "[.]"),
    (re.compile(r"(?<=\S)@(?=\S)"), "[at]"),
]
# What turns the direction of writing for all that follows.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_HREF = re.compile('(?<= href=")[^"]*')


def absolute_url(path: str) -> str:
    """``path`` ("/about/") with the site's scheme and host before it."""
    return f"{settings.SITE_URL}{path}"


def with_absolute_links(html: SafeString, page: str) -> SafeString:
    """``html`` of ``page`` (an absolute address) with links that lead on from anywhere."""

    def absolute(match: re.Match[str]) -> str:
        try:
            return urljoin(page, match[0])
        except ValueError:  # no address at all, and none on the page either
            return match[0]

    return mark_safe(_HREF.sub(absolute, html))  # noqa: S308  (as safe as it came)


def without_links(text: str) -> str:
    """``text`` with whatever a mail program would make a link of written out: “example[.]org”."""
    text = _TURNS.sub("", text)
    for pattern, words in _LIVE:
        text = pattern.sub(words, text)
    return text
