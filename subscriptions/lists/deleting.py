"""Rows that the owner deletes: who left stays known as having left."""

from django.db import transaction
from django.db.models import QuerySet

from subscriptions import suppression, tallies
from subscriptions.models import Subscriber, Suppression

CHUNK = 500

_KEPT = {
    Subscriber.State.LEFT: Suppression.Reason.LEFT,
    Subscriber.State.BOUNCED: Suppression.Reason.BOUNCED,
}


def delete(subscribers: QuerySet[Subscriber]) -> int:
    """Delete ``subscribers``; return how many. No list brings back those who left."""
    deleted = 0
    while count := _delete_some(subscribers):
        deleted += count
    return deleted


@transaction.atomic
def _delete_some(subscribers: QuerySet[Subscriber]) -> int:
    rows = Subscriber.objects.filter(pk__in=subscribers.order_by("pk")[:CHUNK])
    some = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for state, reason in _KEPT.items():
        suppression.suppress_all(
            [one.email for one in some if one.state == state], reason
        )
    if on_list := sum(one.state == Subscriber.State.CONFIRMED for one in some):
        tallies.add("removed", on_list)
    Subscriber.objects.filter(pk__in=[one.pk for one in some]).delete()
    return len(some)
