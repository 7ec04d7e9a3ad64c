"""Links for mails: from SITE_URL alone, never from what a request claims its host to be."""

from django.conf import settings


def absolute_url(path: str) -> str:
    """``path`` ("/about/") with the site's scheme and host before it."""
    return f"{settings.SITE_URL}{path}"
