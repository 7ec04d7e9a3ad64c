"""What the holder of an address may ask of us."""

from django.db import transaction

from subscriptions import suppression
from subscriptions.models import Subscriber, Suppression


@transaction.atomic
def erase(subscriber: Subscriber) -> None:
    """Delete all that is known of ``subscriber``, but for a hash that keeps them away."""
    suppression.suppress(subscriber.email, Suppression.Reason.ERASED)
    subscriber.delete()
