"""Rows that the owner deletes: who left stays known as having left."""

import re

from django.db import transaction
from django.db.models import QuerySet

from subscriptions import suppression, tallies
from subscriptions.lists.report import Report
from subscriptions.models import Import, Subscriber, Suppression

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


@transaction.atomic
def forget_address(email: str) -> None:
    """Take ``email`` out of the files that wait to be imported, or whose people are asked."""
    # Not a longer address that holds this one.
    its = re.compile(rf"(?<![\w.+=-]){re.escape(email)}(?![\w.-])", re.IGNORECASE)
    waiting = Import.objects.filter(content__icontains=email)
    for imported in waiting.select_for_update(of=("self",)):
        lines = imported.content.splitlines(keepends=True)
        imported.content = "".join(line for line in lines if not its.search(line))
        report = Report.from_json(imported.report)
        for some in report.lines.values():
            some[:] = [line for line in some if not its.search(line.email)]
        imported.report |= report.as_json(with_addresses=True)
        imported.save(update_fields=["content", "report"])
