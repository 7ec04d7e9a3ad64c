"""How an address joins and leaves: asked, looked up by the worker, confirmed, left."""

from contextlib import suppress
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import SiteSettings
from outbox.composing import post
from outbox.sending import Report
from subscriptions import suppression, tokens
from subscriptions.models import LINK_DAYS, Request, Subscriber, Suppression, new_key

State = Subscriber.State

MAILS_AN_HOUR = 3  # to one address, whoever asks
PAUSE = timedelta(minutes=1)  # a double press brings one letter


def answer_requests(report: Report) -> int:
    """Answer each new request with the mail that fits the address; return how many."""
    answered = 0
    for pk in Request.objects.filter(answered_at=None).values_list("pk", flat=True)[
        :100
    ]:
        # Another worker may be making the same subscriber: then this one comes round again.
        with suppress(IntegrityError):
            answered += _answer(pk)
    if answered:
        report(f"Looked up {answered} sign-ups.")
    return answered


@transaction.atomic
def _answer(pk: int) -> bool:
    now = timezone.now()
    # Claimed by conditional update: a second worker finds nothing to do.
    mine = Request.objects.filter(pk=pk, answered_at=None)
    if not mine.update(answered_at=now):
        return False
    request = Request.objects.get(pk=pk)
    subscriber = _subscriber(request)
    is_member = subscriber.state == State.CONFIRMED
    letter = "already" if is_member else "confirm"
    mailed = Request.objects.at(request.email).exclude(letter="")
    recent = mailed.filter(answered_at__gt=now - timedelta(hours=1))
    same = mailed.filter(letter=letter, answered_at__gt=now - PAUSE)
    if subscriber.left_at:
        # The link in a letter of before is dead.
        same = same.filter(answered_at__gt=subscriber.left_at)
    if recent.count() < MAILS_AN_HOUR and not same.exists():
        _post(letter, subscriber)
        Request.objects.filter(pk=pk).update(letter=letter)
    return True


def _subscriber(request: Request) -> Subscriber:
    """The row of this address; a new one, or one that is not on the list, asks anew.

    Locked: workers that answer requests for one address come one after the other, so each
    sees the letters of those before it.
    """
    subscriber = Subscriber.objects.at(request.email).select_for_update().first()
    if subscriber and subscriber.state == State.CONFIRMED:
        return subscriber
    subscriber = subscriber or Subscriber(email=request.email)
    subscriber.asked_at = request.asked_at
    subscriber.asked_on = request.page
    subscriber.wording = request.wording
    subscriber.linked_at = timezone.now()
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
    """Put ``subscriber`` on the list and welcome them; a second press changes nothing."""
    outside = Subscriber.objects.filter(pk=subscriber.pk).exclude(state=State.CONFIRMED)
    if outside.update(state=State.CONFIRMED, confirmed_at=timezone.now(), left_at=None):
        _post("welcome", subscriber)


def leave(subscriber: Subscriber, reason: str = Suppression.Reason.LEFT) -> bool:
    """Take ``subscriber`` off the list; whether it was this call that did it.

    Confirmation links of before stop working. ``reason`` is one of `Suppression.Reason`.
    """
    left = (
        Subscriber.objects.filter(pk=subscriber.pk)
        .exclude(state=State.LEFT)
        .update(state=State.LEFT, left_at=timezone.now(), confirm_key=new_key())
    )
    if left:
        suppression.suppress(subscriber.email, reason)
    return bool(left)


def forget_unconfirmed(report: Report) -> int:
    """Delete addresses that did not confirm while their link worked; return how many."""
    then = timezone.now() - timedelta(days=LINK_DAYS)
    Request.objects.filter(answered_at__lt=then).delete()
    pending = Subscriber.objects.filter(state=State.PENDING, linked_at__lt=then)
    forgotten = len(pending)
    pending.delete()
    if forgotten:
        report(f"Forgot {forgotten} addresses that were not confirmed.")
    return forgotten


def _post(template: str, subscriber: Subscriber) -> None:
    context = {
        "site": SiteSettings.load(),
        "subscriber": subscriber,
        "link_days": LINK_DAYS,
    }
    post(
        f"subscriptions/mail/{template}",
        subscriber.email,
        context,
        subscriber.leave_url,
    )
