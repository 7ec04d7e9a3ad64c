"""What speaks for and against a comment: points, each with words for the moderator."""

from dataclasses import dataclass
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from articles.models import Article
from comments.models import ModerationSettings, Reader
from comments.scoring import history, rules, traits
from comments.scoring.finding import Finding
from comments.scoring.fingerprint import Fingerprint, fingerprint
from comments.scoring.hosts import hosts_in, without_disguise
from comments.scoring.spelling import Spelling

__all__ = ["Draft", "Verdict", "judge", "network_hash"]

_TRAP = 100
_MOST = 100_000  # whatever points somebody wrote past the form
_UNKNOWN_NETWORKS = frozenset({"", "unknown"})


@dataclass(frozen=True)
class Draft:
    """A comment that is about to be stored. ``network`` is `throttle.client_network`.

    ``pk`` is the comment's where it is edited, so that it is not measured against itself.
    """

    article: Article
    name: str
    email: str
    body: str
    network: str = ""
    is_trapped: bool = False  # the field that people do not see was filled in
    reader: Reader | None = None
    pk: int | None = None


@dataclass(frozen=True)
class Verdict:
    """``holds``: a human must look, whoever wrote it.

    ``fingerprint`` is stored with the comment, so that the same words are known again.
    """

    score: int
    reasons: list[tuple[str, int]]
    holds: bool = False
    fingerprint: Fingerprint = (None, None)

    @property
    def columns(self) -> dict[str, Any]:
        """As `Scrutiny` keeps it."""
        one, two = self.fingerprint
        return {
            "score": self.score, "reasons": self.reasons, "holds": self.holds,
            "words_one": one, "words_two": two,
        }  # fmt: skip


def judge(draft: Draft) -> Verdict:
    """Weigh ``draft``, in a time that grows with its length and in at most seven queries."""
    lines = ModerationSettings.load()
    spelling = Spelling(f"{draft.name}\n{draft.body}")
    marks = fingerprint(draft.body)
    approved = history.approved_of(draft.reader, draft.pk)
    found = [
        *_of_words(draft, spelling, lines.most_links, is_known=approved > 0),
        *_of_origin(draft, marks),
        *history.of_reader(approved),
    ]
    hashed = network_hash(draft.network)
    banned = list(rules.bans(draft.email, draft.network, hashed, spelling))
    found += [Finding(words, lines.spam_at) for words in banned]
    score = max(-_MOST, min(_MOST, sum(one.points for one in found)))
    shown = rules.strongest_first(found)
    return Verdict(
        # Nobody is trusted so much that a ban means nothing.
        max(score, lines.spam_at) if banned else score,
        [(one.reason, one.points) for one in shown],
        any(one.holds for one in found),
        marks,
    )


def _of_words(
    draft: Draft, spelling: Spelling, most_links: int, *, is_known: bool
) -> list[Finding]:
    """What the comment itself shows."""
    hosts = hosts_in(without_disguise(f"{draft.email}\n{draft.name}\n{draft.body}"))
    found, unknown = rules.findings(spelling, hosts)
    if draft.is_trapped:
        # A browser may have filled it in for an honest person: kept for a moderator.
        found.append(Finding(gettext("filled in the trap"), _TRAP))
    return [
        *found,
        *traits.disguises(spelling),
        *traits.names(draft.name),
        *traits.forms(draft.body),
        *traits.links(
            draft.body,
            unknown,
            draft.article.language,
            most=most_links,
            is_known=is_known,
        ),
        *traits.personal(draft.body, spelling),
    ]


def _of_origin(draft: Draft, marks: Fingerprint) -> list[Finding]:
    """What is known of where it comes from."""
    found: list[Finding] = []
    if hashed := network_hash(draft.network):
        found += history.of_network(hashed, draft.pk)
    if draft.email:
        found += history.of_address(draft.email, draft.pk)
    if marks[0] is not None:
        found += history.of_words(marks, draft.pk)
    return found


def network_hash(network: str) -> str:
    """``network`` as it is stored: the same for the same network, and no way back.

    Those of whom nothing is known have nothing in common, and no hash.
    """
    if network in _UNKNOWN_NETWORKS:
        return ""
    return salted_hmac("comments.network", network, algorithm="sha256").hexdigest()
