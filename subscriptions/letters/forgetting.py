"""Who got which letter, and what came back, is known for a while only; how many, for good."""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from subscriptions.models import Bounce, Delivery, Letter

KEEP = timedelta(days=90)  # bounces come, and people leave, within days
AT_ONCE = 5000


def forget_readers(report: Callable[[str], object]) -> int:
    """Take the readers off some deliveries of letters that are over; return how many."""
    over = [Letter.State.SENT, Letter.State.CANCELLED]
    letters = Letter.objects.filter(state__in=over, queued_at__lt=timezone.now() - KEEP)
    # Greater than 0, not "is not null": only so does SQLite begin in the index.
    known = Delivery.objects.filter(letter__in=letters, subscriber__gt=0)
    some = dict(known.order_by().values_list("pk", "letter")[:AT_ONCE])
    if not some:
        return 0
    with transaction.atomic():
        # Under the letters' locks: their failed deliveries may just be queued again.
        locked = letters.filter(pk__in=set(some.values())).select_for_update()
        still = [letter.pk for letter in locked.order_by("pk").only("pk")]
        old = Delivery.objects.filter(pk__in=some, letter__in=still)
        forgotten = old.update(subscriber=None, error="")
    report(f"Forgot who got {forgotten} old letters.")
    return forgotten


def forget_bounces(report: Callable[[str], object]) -> int:
    """Delete some of the reports of so long ago; the deliveries keep what they said."""
    old = Bounce.objects.filter(at__lt=timezone.now() - KEEP).order_by("pk")
    some = list(old.values_list("pk", flat=True)[:AT_ONCE])
    forgotten, _ = Bounce.objects.filter(pk__in=some).delete()
    if forgotten:
        report(f"Deleted {forgotten} old reports of letters that came back.")
    return forgotten
