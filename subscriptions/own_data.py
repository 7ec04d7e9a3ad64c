"""What is stored about a reader of letters: taken along, erased."""

import json
import re
from datetime import date, datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from outbox import sending
from outbox.models import Message
from subscriptions import joining, suppression, tallies
from subscriptions.models import (
    Bounce,
    Delivery,
    Import,
    Letter,
    Request,
    Subscriber,
    Suppression,
    Wording,
)

ERASED = "…"


def everything(subscriber: Subscriber) -> dict[str, Any]:
    """All that is stored about ``subscriber``, as JSON can say it."""
    email = subscriber.email
    return {
        "email": email,
        "state": subscriber.state,
        "topics": list(subscriber.topics.values_list("name", flat=True)),
        "pace": subscriber.pace,
        "paused_until": _iso(subscriber.paused_until),
        "consent": _consent(subscriber),
        "linked_at": _iso(subscriber.linked_at),
        "changed_at": _iso(subscriber.changed_at),
        "left_at": _iso(subscriber.left_at),
        "bounced_at": _iso(subscriber.bounced_at),
        "soft_bounces": subscriber.soft_bounces,
        "soft_bounced_at": _iso(subscriber.soft_bounced_at),
        "not_to_be_imported": bool(suppression.suppressed_among([email])),
        "requests": _rows(
            _requests_of(subscriber),
            "email", "page", "wording", "asked_at", "answered_at", "letter",
        ),
        "letters": _rows(
            subscriber.deliveries.all(),
            "letter__subject", "state", "attempts", "tried_at", "error", "bounced",
            "left_at",
        ),
        "bounces": _rows(subscriber.bounces.all(), "kind", "status", "words", "at"),
        "mails": _rows(
            Message.objects.filter(to__iexact=email),
            "subject", "state", "created_at", "sent_at",
        ),
    }  # fmt: skip


def _consent(subscriber: Subscriber) -> dict[str, Any]:
    wording = Wording.objects.filter(version=subscriber.wording).first()
    imported = subscriber.imported
    return {
        "asked_at": _iso(subscriber.asked_at),
        "asked_on": subscriber.asked_on,
        "wording": subscriber.wording,
        "words": wording.words if wording else "",
        "confirmed_at": _iso(subscriber.confirmed_at),
        "imported_at": _iso(imported.done_at if imported else None),
        "proof": subscriber.proof,
    }


@transaction.atomic
def erase(subscriber: Subscriber) -> bool:
    """Let the address stand nowhere any more; False: it was gone already.

    What stays: a keyed hash, so that no list brings the address back, and the numbers of
    days and of letters.
    """
    mine = Subscriber.objects.filter(pk=subscriber.pk).select_for_update().first()
    if mine is None:
        return False
    is_member = mine.state == Subscriber.State.CONFIRMED
    if is_member:
        joining.mark_last_letter(mine)
    # Lists before the hash and the day's numbers, in the order in which an import has them:
    # else each would wait for the other.
    _forget_words(mine)
    requests = _requests_of(mine)
    asked = set(requests.values_list("email", flat=True))
    requests.delete()
    for email in {mine.email, *asked}:
        sending.forget_address(email)
    suppression.lift(mine.email)
    suppression.suppress(mine.email, Suppression.Reason.ERASED)
    mine.delete()
    if is_member:
        tallies.add("left")
    return True


def _requests_of(subscriber: Subscriber) -> QuerySet[Request]:
    """Those for the address, and those to move to another one."""
    at_address = Request.objects.at(subscriber.email).values("pk")
    return Request.objects.filter(Q(pk__in=at_address) | Q(moves=subscriber))


def _forget_words(subscriber: Subscriber) -> None:
    """Empty what servers and editors wrote down that holds the address."""
    email = subscriber.email
    Bounce.objects.filter(subscriber=subscriber).update(words="")
    Bounce.objects.filter(words__icontains=email).update(words="")
    Bounce.objects.filter(source__icontains=email).delete()
    Delivery.objects.filter(subscriber=subscriber).update(error="")
    Letter.objects.filter(pause_words__icontains=email).update(pause_words="")
    Import.objects.filter(file_name__icontains=email).update(file_name=ERASED)
    for field in ("content", "proof", "report"):
        _take_out(Import, field, email)
    for field in ("object_repr", "change_message"):
        _take_out(LogEntry, field, email)


def _take_out(model: type[Model], field: str, email: str) -> None:
    """Put a sign in place of ``email``, wherever it stands in ``field``, as text or JSON."""
    # Not the end, or the beginning, of somebody else's.
    whole = rf"(?<![\w.+'-]){re.escape(email)}(?!\w|[.-]\w)"
    pattern = re.compile(whole, re.IGNORECASE)
    text = Cast(field, TextField())
    rows = model._default_manager.alias(text=text).filter(text__icontains=email)
    # Locked, so that what a worker or an editor writes meanwhile is not written over.
    for row in rows.order_by("pk").select_for_update(of=("self",)):
        value = getattr(row, field)
        if isinstance(value, str):
            value = pattern.sub(ERASED, value)
        else:
            value = json.loads(
                pattern.sub(ERASED, json.dumps(value, ensure_ascii=False))
            )
        model._default_manager.filter(pk=row.pk).update(**{field: value})


def _rows(rows: QuerySet[Any], *fields: str) -> list[dict[str, Any]]:
    return [
        {name: _iso(value) if isinstance(value, date) else value for name, value in row.items()}
        for row in rows.order_by("pk").values(*fields)
    ]  # fmt: skip


def _iso(moment: date | None) -> str | None:
    if isinstance(moment, datetime):
        return moment.isoformat(timespec="seconds")
    return moment.isoformat() if moment else None
