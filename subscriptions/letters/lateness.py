"""Whether letters go on as they should: what those are told who watch the site."""

from datetime import datetime

from django.db.models import Q

from subscriptions.models import Delivery, Letter, Turnstile


def stuck_since(now: datetime) -> datetime | None:
    """Since when a letter could have gone to its next reader, and nobody sent it.

    None where none waits. A long letter is not late while a worker is at it or at one
    before it, nor is one that waits for its turn: a pace by the hour, or the rest after
    failures. A try that is due later is no waiting either.
    """
    worked = list(Letter.objects.sending().values_list("worked_at", flat=True))
    due = Delivery.objects.oldest_due(now) if worked else None
    if due is None:
        return None
    free_at = Turnstile.objects.filter(pk=1).values_list("free_at", flat=True).first()
    if free_at and free_at > now:
        return None
    # One from the future was written before the clock was set back, and says nothing.
    moments = [moment for moment in (*worked, free_at) if moment and moment <= now]
    return max([due, *moments])


def stopped_by_failures() -> int:
    """How many letters paused themselves, and wait for somebody to look."""
    failures = Q(state=Letter.State.PAUSED, pause=Letter.Pause.FAILURES)
    return Letter.objects.filter(failures).count()
