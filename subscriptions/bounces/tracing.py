"""Whom a report is about, and how far it is believed.

Anybody can write to the address that bounces come to, and say anything. What nobody can make
up is the Message-ID of a letter of ours, and the link to leave: each reader has seen only
their own. So a report that returns one is believed; the link is for relays that put a
Message-ID of their own in the place of ours. One that merely names an address may cost that
reader one "refused for the moment", and only for a letter that really went to them lately.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from subscriptions import joining, tokens
from subscriptions.bounces.verdicts import Kind, Report
from subscriptions.models import Delivery, Subscriber

LATELY = timedelta(days=14)  # servers try for five days, and some for longer
_TOKEN = re.compile(r"/([1-9][0-9]{0,17}-[\w-]{22})/?>", re.ASCII)


@dataclass(frozen=True)
class Finding:
    """What a report is worth: ``kind``, for ``delivery`` and the reader whom it went to."""

    kind: str
    delivery: Delivery

    @property
    def subscriber(self) -> Subscriber | None:
        return self.delivery.subscriber


def find(report: Report) -> Finding | None:
    """The letter that ``report`` is about; None where it proves nothing about any."""
    delivery = delivery_of(report.message_id) or _sent_to_holder_of(report.leave_link)
    if delivery:
        return Finding(_kind(report, delivery), delivery)
    if report.kind == Kind.COMPLAINT:
        return None  # the first one counts, so it has to be true
    delivery = _sent_lately_to(report.addresses)
    return Finding(Kind.SOFT, delivery) if delivery else None


def delivery_of(message_id: str) -> Delivery | None:
    """The delivery whose letter has this Message-ID, if it is one that we made."""
    token = message_id.strip().strip("<>").partition("@")[0]
    found = Delivery.objects.select_related("letter", "subscriber")
    delivery = found.filter(pk=tokens.pk_of(token) or 0).first()
    if delivery and tokens.is_good(
        token, "delivery", delivery.pk, delivery.letter.mark
    ):
        return delivery
    return None


def _kind(report: Report, delivery: Delivery) -> str:
    """A letter that a reader has passed on to another address dies there, not at theirs."""
    reader = delivery.subscriber
    if report.kind != Kind.HARD or not reader or not report.addresses:
        return report.kind
    return Kind.HARD if reader.email.lower() in report.addresses else Kind.SOFT


def _sent_to_holder_of(leave_link: str) -> Delivery | None:
    token = _TOKEN.search(leave_link)
    reader = joining.holder_of(token[1], "leave") if token else None
    return _newest_sent_to([reader.pk]) if reader else None


def _sent_lately_to(addresses: frozenset[str]) -> Delivery | None:
    if len(addresses) > 4:  # two of one reader, in two readings each, are the most
        return None
    readers = (Subscriber.objects.at(address).first() for address in addresses)
    return _newest_sent_to([reader.pk for reader in readers if reader])


def _newest_sent_to(readers: list[int]) -> Delivery | None:
    """The newest letter to one of ``readers`` that has not come back yet."""
    sent = Delivery.objects.filter(
        subscriber__in=readers,
        state=Delivery.State.SENT,
        bounced="",
        tried_at__gt=timezone.now() - LATELY,
    )
    return sent.select_related("subscriber").order_by("-pk").first()
