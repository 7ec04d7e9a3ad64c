"""The site itself: what it stands on, and whether readers can reach it."""

from collections.abc import Iterator

from django.conf import settings

from footcare import health
from footcare.doctor.findings import Finding, hint, ok, wrong


def runs() -> Iterator[Finding]:
    """Database, migrations, triggers, worker, queue: as /readyz sees them."""
    found = health.looked_at()
    for name, trouble in found.items():
        if trouble:
            yield wrong(f"{name}: {trouble}.")
    if fine := [name for name, trouble in found.items() if not trouble]:
        yield ok(f"In order: {', '.join(fine)}.")


def has_a_secret() -> Iterator[Finding]:
    """Who knows the secret can leave, and change, for every reader."""
    if settings.DEBUG:
        yield wrong("DEBUG is on: errors show what is private. Remove it from .env.")
    elif len(set(settings.SECRET_KEY)) < 10:
        yield wrong(
            "SECRET_KEY can be guessed: it is too monotonous. Let `make run` make one."
        )
    else:
        yield ok("The secret key is a good one; keep .env with your backups.")


def is_public() -> Iterator[Finding]:
    """Links in letters are made of SITE_URL."""
    url = settings.SITE_URL
    if settings.SITE_IS_LOCAL:
        words = f"SITE_URL is {url}: links in letters work on this machine alone."
        # While mails are kept as files nobody else sees them either.
        yield hint(words) if settings.MAILS_ARE_KEPT else wrong(words)
    elif not settings.SITE_IS_HTTPS:
        yield wrong(
            f"SITE_URL is {url}: without https, mail programs offer no leaving with one click."
        )
    else:
        yield ok(f"Links in letters lead to {url}.")
