"""How many joined, left, ... each day: counted as it happens, since people may be erased."""

from django.db.models import F
from django.utils import timezone

from subscriptions.models import Tally


def add(what: str, count: int = 1) -> None:
    """Count ``count`` more of ``what``, a field of `Tally`, for today."""
    today = timezone.localdate()
    if not Tally.objects.filter(day=today).update(**{what: F(what) + count}):
        Tally.objects.bulk_create([Tally(day=today)], ignore_conflicts=True)
        Tally.objects.filter(day=today).update(**{what: F(what) + count})
