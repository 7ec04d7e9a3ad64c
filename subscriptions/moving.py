"""How a reader's letters begin to go to another address: asked, mailed there, pressed."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from articles.models import SiteSettings
from footcare.lib.links import absolute_url
from outbox.composing import post
from subscriptions import suppression, tallies, tokens
from subscriptions.models import LINK_DAYS, Request, Subscriber, Suppression

State = Subscriber.State


def may_move(subscriber: Subscriber) -> bool:
    """Whether they have consented, also where letters to the address of before came back."""
    is_ours = subscriber.state in {State.CONFIRMED, State.BOUNCED}
    return is_ours and subscriber.confirmed_at is not None


@transaction.atomic
def ask(subscriber: Subscriber, email: str) -> Request | None:
    """Note the wish; whether ``email`` is known is looked up later, by the worker.

    None: ``subscriber`` was erased this very moment.
    """
    mine = Subscriber.objects.filter(pk=subscriber.pk).select_for_update().first()
    return Request.objects.create(email=email, moves=mine) if mine else None


def letter_for(request: Request) -> tuple[str, Subscriber]:
    """Which mail answers ``request``, and whose it is; "" if there is nothing to move."""
    mover = request.moves
    if mover is None or not may_move(mover):
        return "", Subscriber()
    taken = Subscriber.objects.on_list().at(request.email).exclude(pk=mover.pk).first()
    return ("taken", taken) if taken else ("move", mover)


def link_to(request: Request) -> str:
    """Absolute; works for LINK_DAYS days."""
    token = tokens.make_dated("move", request.pk, request.key)
    return absolute_url(reverse("subscriptions:address", args=[token]))


def asked_by(token: str) -> Request | None:
    """The wish that a link stands for; None: it is over.

    Raises signing.SignatureExpired for a link older than LINK_DAYS and signing.BadSignature
    for anything we did not sign.
    """
    pk, key = tokens.read_dated(token, "move", max_age=timedelta(days=LINK_DAYS))
    asked = Request.objects.select_related("moves")
    return asked.filter(pk=pk, key=key, moves__isnull=False).first()


def is_done(request: Request) -> bool:
    """Whether the letters go there already."""
    mover = request.moves
    return mover is not None and mover.email == request.email


def move(request: Request) -> bool:
    """Send the letters of who asked to the new address from now on, and tell the old one.

    False: somebody else has the address, or who asked has left meanwhile.
    """
    try:
        return _move(request)
    except IntegrityError:  # somebody began to join with it in this moment
        return False


@transaction.atomic
def _move(request: Request) -> bool:
    at_new = Subscriber.objects.at(request.email).values("pk")
    concerned = Subscriber.objects.filter(Q(pk=request.moves_id) | Q(pk__in=at_new))
    # All at once and in one order, or two who swap their addresses wait for each other.
    rows = {one.pk: one for one in concerned.order_by("pk").select_for_update()}
    mover = rows.pop(request.moves_id, None)
    if mover is None or not may_move(mover):
        return False
    if any(one.state == State.CONFIRMED for one in rows.values()):
        return False
    # One that is not on the list makes room: its holder has just pressed.
    Subscriber.objects.filter(pk__in=rows).delete()
    old, new = mover.email, request.email
    Subscriber.objects.filter(pk=mover.pk).update(
        email=new, state=State.CONFIRMED, bounced_at=None, changed_at=timezone.now(),
        soft_bounces=0, soft_bounced_at=None,
    )  # fmt: skip
    suppression.lift(new)
    # No list brings the old one back beside the new one.
    suppression.suppress(old, Suppression.Reason.LEFT)
    if mover.state == State.BOUNCED:
        tallies.add("joined")
    # Links that were mailed to other addresses before have ended.
    Request.objects.filter(moves=mover).exclude(pk=request.pk).delete()
    context = {"site": SiteSettings.load(), "subscriber": mover}
    post("subscriptions/mail/moved", old, context)
    return True
