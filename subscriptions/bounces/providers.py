"""What an e-mail provider tells of a mail: its signed call, as django-anymail has read it.

Imported only where MAIL_PROVIDER is set. The provider proves who it is by a secret
(MAIL_WEBHOOK_SECRET), so that it is believed also where it names an address alone.
"""

from hashlib import sha256
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking

from subscriptions import joining
from subscriptions.bounces import effects, tracing, verdicts
from subscriptions.bounces.verdicts import Kind
from subscriptions.models import Delivery, Subscriber

_SOFT = {"softbounce", "soft_bounce", "soft"}
_HARD = {"hardbounce", "hard_bounce", "hard"}


def listen() -> None:
    """From now on `receive` hears of every event."""
    tracking.connect(receive, dispatch_uid="subscriptions.bounces")


def receive(
    sender: object, event: AnymailTrackingEvent, esp_name: str, **kwargs: Any
) -> None:
    """Do what follows from one event of the provider ``esp_name``."""
    delivery, reader = _whom(event)
    if _has_left(event):
        if reader:
            joining.leave(reader)
        return
    kind = kind_of(event)
    if kind and (delivery or reader):
        effects.record(
            kind,
            _source(event, esp_name),
            delivery=delivery,
            subscriber=reader,
            status=verdicts.code_in("", _words(event)),
            words=_words(event),
        )


def kind_of(event: AnymailTrackingEvent) -> str | None:
    """What came back; None for what is no trouble, or none of the reader's.

    "Deferred" is none as long as the provider goes on trying; with a reason it has stopped.
    What a provider refuses to send since the address bounced before, bounced.
    """
    reason = event.reject_reason
    if event.event_type == EventType.COMPLAINED:
        return Kind.COMPLAINT
    if event.event_type == EventType.REJECTED:
        if reason in {RejectReason.INVALID, RejectReason.BOUNCED}:
            return Kind.HARD
        return Kind.COMPLAINT if reason == RejectReason.SPAM else Kind.SOFT
    if event.event_type == EventType.DEFERRED:
        return Kind.SOFT if reason else None
    if event.event_type != EventType.BOUNCED:
        return None
    if reason == RejectReason.INVALID:
        return Kind.HARD
    return _bounced(event) if reason in {RejectReason.BOUNCED, None} else Kind.SOFT


def _bounced(event: AnymailTrackingEvent) -> str:
    """Some call every refusal a bounce: the server's own code counts before their word."""
    said, words = _kind_said(event), _words(event)
    code = verdicts.code_in("", words)
    is_exact = bool(code) and not code.endswith(".0")
    if said == Kind.SOFT or (said == Kind.HARD and not is_exact):
        return said
    return verdicts.kind_of(code, words)


def _kind_said(event: AnymailTrackingEvent) -> str | None:
    """The provider's own word for it: "HardBounce", "soft_bounce"."""
    raw = event.esp_event if hasattr(event.esp_event, "get") else {}
    said = {str(raw.get(name)).lower() for name in ("Type", "event", "type")}
    if said & _SOFT or raw.get("hard_bounce") is False:
        return Kind.SOFT
    return Kind.HARD if said & _HARD or raw.get("hard_bounce") is True else None


def _whom(event: AnymailTrackingEvent) -> tuple[Delivery | None, Subscriber | None]:
    ours = event.metadata if isinstance(event.metadata, dict) else {}
    if delivery := tracing.delivery_of(str(ours.get("delivery", ""))):
        return delivery, delivery.subscriber
    address = str(event.recipient or "")
    # What no database takes is nobody's.
    return None, Subscriber.objects.at(
        address
    ).first() if address.isprintable() else None


def _has_left(event: AnymailTrackingEvent) -> bool:
    is_refused = event.event_type == EventType.REJECTED
    return event.event_type == EventType.UNSUBSCRIBED or (
        is_refused and event.reject_reason == RejectReason.UNSUBSCRIBED
    )


def _words(event: AnymailTrackingEvent) -> str:
    return " ".join(map(str, filter(None, (event.mta_response, event.description))))


def _source(event: AnymailTrackingEvent, esp_name: str) -> str:
    """The same for the same event, which is told again until we have answered."""
    own = event.event_id or [event.message_id, event.recipient, event.timestamp]
    digest = sha256(f"{event.event_type} {own}".encode()).hexdigest()
    return f"{esp_name} {digest[:32]}"
