"""Links for mails, feeds and machines: from SITE_URL alone, never from what a request claims
its host to be.
"""

import re
from urllib.parse import urljoin

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

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
