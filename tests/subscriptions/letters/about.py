"""Letters about articles, in the words of an editor."""

from subscriptions.letters import drafting
from subscriptions.models import Digest, Letter


def letter_of(article, **values):
    letter = drafting.draft_of(article)
    Letter.objects.filter(pk=letter.pk).update(**values)
    letter.refresh_from_db()
    return letter


def digest_of(*articles):
    digest, _made = Digest.objects.get_or_create(until="2026-01-02T09:00Z")
    return drafting.schedule_digest(digest, articles)
