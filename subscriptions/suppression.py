"""Addresses that nobody but their holder may bring back, known by a keyed hash alone."""

from collections.abc import Iterable

from subscriptions import tokens
from subscriptions.models import Suppression

_PURPOSE = "suppression"


def suppress(email: str, reason: str) -> None:
    """Remember that ``email`` is not to be written to; the first reason is kept."""
    suppress_all([email], reason)


def suppress_all(emails: Iterable[str], reason: str) -> None:
    """The same for many. In one order, so that no two wait for each other."""
    digests = sorted(tokens.digest(_PURPOSE, email.lower()) for email in emails)
    Suppression.objects.bulk_create(
        [Suppression(digest=digest, reason=reason) for digest in digests],
        ignore_conflicts=True,
    )


def lift(email: str) -> None:
    """Its holder has asked for letters again, and pressed the link that we mailed."""
    digests = list(tokens.digests(_PURPOSE, email.lower()))
    Suppression.objects.filter(digest__in=digests).delete()


def suppressed_among(emails: Iterable[str]) -> set[str]:
    """Those of ``emails`` (at most some hundreds) that are not to be written to."""
    of = {
        digest: email
        for email in emails
        for digest in tokens.digests(_PURPOSE, email.lower())
    }
    found = Suppression.objects.filter(digest__in=of).values_list("digest", flat=True)
    return {of[digest] for digest in found}
