"""What speaks for and against a comment: points, each with words for the moderator."""

from dataclasses import dataclass

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from articles.models import Article
from comments.models import Reader


@dataclass(frozen=True)
class Draft:
    """A comment that is about to be stored. ``network`` is `throttle.client_network`."""

    article: Article
    name: str
    email: str
    body: str
    network: str = ""
    is_trapped: bool = False  # the field that people do not see was filled in
    reader: Reader | None = None


@dataclass(frozen=True)
class Verdict:
    """``holds``: a human must look, whoever wrote it."""

    score: int
    reasons: list[tuple[str, int]]
    holds: bool = False


def judge(draft: Draft) -> Verdict:
    """Weigh ``draft``."""
    # A browser may have filled it in for an honest person: kept for a moderator.
    reasons = [(gettext("filled in the trap"), 100)] if draft.is_trapped else []
    return Verdict(sum(points for _, points in reasons), reasons)


def network_hash(network: str) -> str:
    """``network`` as it is stored: the same for the same network, and no way back."""
    if not network:
        return ""
    return salted_hmac("comments.network", network, algorithm="sha256").hexdigest()
