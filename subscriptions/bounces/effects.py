"""What a letter that came back does to its reader: nothing, a mark, or off the list."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from footcare.lib.logs import one_line, without_people
from subscriptions import joining, tallies
from subscriptions.bounces.verdicts import Kind
from subscriptions.models import (
    Bounce,
    Delivery,
    SendingSettings,
    Subscriber,
    Suppression,
    new_key,
)
from subscriptions.suppression import suppress

LEAST = timedelta(days=7)  # so long the refusals must have lasted: a server may be ill
FORGOTTEN = timedelta(days=60)  # after which a refusal counts no more
# Servers give a letter up after five days; one of before that has not come back, arrived.
ARRIVED = timedelta(days=7)


@transaction.atomic
def record(
    kind: str,
    source: str,
    *,
    delivery: Delivery | None = None,
    subscriber: Subscriber | None = None,
    status: str = "",
    words: str = "",
) -> bool:
    """Write down that something came back, and do what follows from it.

    ``source`` names the report for good: with one that was recorded before, nothing
    happens, and the answer is False. Each letter counts once, however many servers report
    it; only a graver word about it still does something.
    """
    if subscriber:
        # Locked before anything that hangs on them, as by whoever leaves: else each would
        # wait for the other. They may be gone since the report was read.
        rows = Subscriber.objects.filter(pk=subscriber.pk)
        subscriber = rows.select_for_update().first()
    _, is_new = Bounce.objects.get_or_create(
        source=source,
        defaults={
            "kind": kind,
            "status": status[:20],
            "words": _kept(words),
            "delivery": delivery,
            "subscriber": subscriber,
        },
    )
    if not is_new:
        return False
    if delivery and not _mark(delivery, kind):
        return True
    if subscriber:
        _tell(kind, subscriber, delivery)
    return True


def _kept(words: str) -> str:
    """``words`` without whom the server refused: erasing a reader must leave nothing."""
    return one_line(without_people(" ".join(words[:2000].split())))[:300]


def _mark(delivery: Delivery, kind: str) -> bool:
    """Write ``kind`` on the delivery; False if as much, or more, stands there already."""
    lighter = {
        Kind.SOFT: [""],
        Kind.HARD: ["", Kind.SOFT],
        Kind.COMPLAINT: ["", Kind.SOFT, Kind.HARD],
    }[Kind(kind)]
    marked = Delivery.objects.filter(pk=delivery.pk, bounced__in=lighter)
    return bool(marked.update(bounced=kind))


def _tell(kind: str, subscriber: Subscriber, delivery: Delivery | None) -> None:
    """``subscriber`` is locked."""
    if kind == Kind.COMPLAINT:
        joining.leave(subscriber, Suppression.Reason.COMPLAINT)
        return
    is_on_list = subscriber.state == Subscriber.State.CONFIRMED
    if not is_on_list or _is_of_before(delivery, subscriber):
        return
    if kind == Kind.HARD:
        _strike_off(subscriber)
    else:
        _count(subscriber)


def _is_of_before(delivery: Delivery | None, reader: Subscriber) -> bool:
    """Whether the letter went out before the reader confirmed, and so showed that it works."""
    if not (delivery and delivery.tried_at and reader.confirmed_at):
        return False
    return delivery.tried_at < reader.confirmed_at


def _count(reader: Subscriber) -> None:
    """One more refusal for the moment; too many of them, for too long, are one for good."""
    now = timezone.now()
    if _begins_anew(reader, now):
        reader.soft_bounces, reader.soft_bounced_at = 0, now
    reader.soft_bounces += 1
    reader.save(update_fields=["soft_bounces", "soft_bounced_at"])
    since = reader.soft_bounced_at or now
    enough = reader.soft_bounces >= SendingSettings.load().soft_bounces
    if enough and now - since >= LEAST:
        _strike_off(reader)


def _begins_anew(reader: Subscriber, now: datetime) -> bool:
    since = reader.soft_bounced_at
    if since is None or since < now - FORGOTTEN:
        return True
    if reader.confirmed_at and since < reader.confirmed_at:
        return True
    return reader.deliveries.filter(
        state=Delivery.State.SENT, bounced="", tried_at__range=(since, now - ARRIVED)
    ).exists()


def _strike_off(reader: Subscriber) -> None:
    # A link to confirm that was used before does not bring them back.
    Subscriber.objects.filter(pk=reader.pk).update(
        state=Subscriber.State.BOUNCED, bounced_at=timezone.now(), confirm_key=new_key()
    )
    suppress(reader.email, Suppression.Reason.BOUNCED)
    tallies.add("bounced")
