"""How an address joins and leaves: asked, looked up by the worker, confirmed, left."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from articles.models import SiteSettings
from outbox.composing import post
from outbox.sending import Report
from subscriptions import limits, moving, suppression, tallies, tokens, wording
from subscriptions.models import (
    LINK_DAYS,
    Delivery,
    Request,
    Subscriber,
    Suppression,
    new_key,
)

State = Subscriber.State

# So long it can be told by which letter somebody left.
KEEP_GONE = timedelta(days=90)
_REASONS = {
    State.LEFT: Suppression.Reason.LEFT,
    State.BOUNCED: Suppression.Reason.BOUNCED,
}
AT_ONCE = 100  # requests, or rows under one lock


def answer_requests(report: Report) -> int:
    """Answer each new request with the mail that fits the address; return how many."""
    answered = 0
    waiting = Request.objects.filter(answered_at=None).values_list("pk", flat=True)
    for pk in waiting[:AT_ONCE]:
        # Another worker may be making the same subscriber: then this one comes round again.
        with suppress(IntegrityError):
            answered += _answer(pk)
    if answered:
        report(f"Looked up {answered} sign-ups.")
    return answered


@transaction.atomic
def _answer(pk: int) -> bool:
    mine = Request.objects.filter(pk=pk, answered_at=None)
    _lock_readers(mine)
    # Claimed by conditional update: a second worker finds nothing to do.
    if not mine.update(answered_at=timezone.now()):
        return False
    request = Request.objects.select_related("moves").get(pk=pk)
    if request.moves:
        letter, subscriber = moving.letter_for(request)
    else:
        wording.keep(request.wording)
        subscriber = _subscriber(request)
        letter = "already" if subscriber.state == State.CONFIRMED else "confirm"
    if letter and limits.take_mail(request, letter, subscriber):
        _post(letter, subscriber, request)
        Request.objects.filter(pk=pk).update(letter=letter)
        if letter == "confirm":
            # Whoever asks on and on, and causes no mail, does not keep an address here.
            made = Subscriber.objects.filter(pk=subscriber.pk)
            made.update(linked_at=timezone.now())
    return True


def _lock_readers(requests: QuerySet[Request]) -> None:
    """Readers before what hangs on them, as whoever erases or moves one has it."""
    for email, mover in requests.values_list("email", "moves"):
        # By number: asked for either, PostgreSQL would go through the whole list.
        pks = {mover, *Subscriber.objects.at(email).values_list("pk", flat=True)}
        concerned = Subscriber.objects.filter(pk__in=pks - {None}).order_by("pk")
        list(concerned.select_for_update().values_list("pk"))


def _subscriber(request: Request) -> Subscriber:
    """The row of this address; a new one, or one that is not on the list, asks anew."""
    subscriber = Subscriber.objects.at(request.email).select_for_update().first()
    if subscriber and subscriber.state == State.CONFIRMED:
        return subscriber
    subscriber = subscriber or Subscriber(email=request.email)
    subscriber.asked_at = request.asked_at
    subscriber.asked_on = request.page
    subscriber.wording = request.wording
    subscriber.save()
    subscriber.topics.set(request.topics.all())
    return subscriber


def to_confirm(token: str) -> Subscriber | None:
    """Whom the link of a first mail names; None: gone, or the link has been used up.

    Raises signing.SignatureExpired for a link older than LINK_DAYS and signing.BadSignature
    for anything we did not sign.
    """
    pk, key = tokens.read_dated(token, "confirm", max_age=timedelta(days=LINK_DAYS))
    return Subscriber.objects.filter(pk=pk, confirm_key=key).first()


def holder_of(token: str, purpose: str) -> Subscriber | None:
    """Whom a link in a letter names; ``purpose`` is "leave" or "preferences"."""
    found = Subscriber.objects.filter(pk=tokens.pk_of(token) or 0).first()
    if found and tokens.is_good(token, purpose, found.pk, found.letter_key):
        return found
    return None


@transaction.atomic
def confirm(subscriber: Subscriber) -> None:
    """Put ``subscriber`` on the list and welcome them; a second press changes nothing.

    The press came from a link that we mailed to the address, so it may be written to again.
    """
    outside = Subscriber.objects.filter(
        pk=subscriber.pk, confirm_key=subscriber.confirm_key
    ).exclude(state=State.CONFIRMED)
    joined = outside.update(
        state=State.CONFIRMED, confirmed_at=timezone.now(), left_at=None,
        bounced_at=None, soft_bounces=0, soft_bounced_at=None, paused_until=None,
    )  # fmt: skip
    if joined:
        suppression.lift(subscriber.email)
        tallies.add("joined")
        _post("welcome", subscriber)


@transaction.atomic
def leave(subscriber: Subscriber, reason: str = Suppression.Reason.LEFT) -> bool:
    """Take ``subscriber`` off the list, so that only they can come back; False: had left.

    Links to confirm of before stop working. ``reason`` is a `Suppression.Reason`.
    """
    rows = Subscriber.objects.filter(pk=subscriber.pk).exclude(state=State.LEFT)
    mine = rows.select_for_update().first()
    if mine is None:
        return False
    now = timezone.now()
    rows.update(state=State.LEFT, left_at=now, confirm_key=new_key())
    suppression.suppress(mine.email, reason)
    if mine.state == State.CONFIRMED:
        # Whose letter was too much is told by its own number.
        tallies.add("complained" if reason == Suppression.Reason.COMPLAINT else "left")
        mark_last_letter(mine)
    return True


def mark_last_letter(subscriber: Subscriber) -> None:
    """Note at the last letter that ``subscriber`` got that they left by it."""
    sent = Delivery.objects.filter(subscriber=subscriber, state=Delivery.State.SENT)
    last = sent.order_by("-tried_at", "-pk")[:1]
    Delivery.objects.filter(pk__in=last.values("pk")).update(left_at=timezone.now())


def forget_unconfirmed(report: Report) -> int:
    """Delete addresses that did not confirm while their link worked; return how many."""
    then = timezone.now() - timedelta(days=LINK_DAYS)
    Request.objects.filter(answered_at__lt=then).delete()
    forgotten = 0
    while count := _forget_some(then):
        forgotten += count
    if forgotten:
        report(f"Forgot {forgotten} addresses that were not confirmed.")
    return forgotten


@transaction.atomic
def _forget_some(then: datetime) -> int:
    pending = Subscriber.objects.filter(state=State.PENDING, linked_at__lt=then)
    # Locked: who signs up anew, or presses, this very moment stays.
    rows = pending.order_by("pk").select_for_update(of=("self",))
    pks = list(rows.values_list("pk", flat=True)[:AT_ONCE])
    Subscriber.objects.filter(pk__in=pks).delete()
    return len(pks)


@transaction.atomic
def forget_gone(report: Report) -> int:
    """Delete some of those who left or bounced long ago; the hash that keeps them stays."""
    then = timezone.now() - KEEP_GONE
    left = Q(state=State.LEFT, left_at__lt=then)
    bounced = Q(state=State.BOUNCED, bounced_at__lt=then)
    # Not who has asked to come back, and has the link to confirm.
    asked_before = timezone.now() - timedelta(days=LINK_DAYS)
    gone = Subscriber.objects.filter(left | bounced, linked_at__lt=asked_before)
    # Locked before what hangs on them, as whoever queues a letter does.
    gone = gone.order_by("pk")
    rows = list(gone.select_for_update(of=("self",))[:AT_ONCE])
    for state, reason in _REASONS.items():
        suppression.suppress_all([r.email for r in rows if r.state == state], reason)
    Subscriber.objects.filter(pk__in=[row.pk for row in rows]).delete()
    if rows:
        report(f"Forgot {len(rows)} addresses that had left the list.")
    return len(rows)


def _post(letter: str, subscriber: Subscriber, request: Request | None = None) -> None:
    context = {
        "site": SiteSettings.load(),
        "subscriber": subscriber,
        "link_days": LINK_DAYS,
    }
    template = f"subscriptions/mail/{letter}"
    if letter == "move" and request:
        # No link to leave: whoever has this address is not on the list by it.
        link = moving.link_to(request)
        post(template, request.email, {**context, "link": link})
    else:
        post(template, subscriber.email, context, subscriber.leave_url)
