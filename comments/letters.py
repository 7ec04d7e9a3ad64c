"""Mails that an address asks for: asked on a page, looked up and answered by the worker.

The page writes one row, the same for every address. The mail holds no stranger's words.
"""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from articles.models import SiteSettings
from comments import tokens
from comments.models import MailAsked
from footcare.lib.links import absolute_url
from outbox.composing import post

Kind = MailAsked.Kind
Report = Callable[[str], object]

LINK_DAYS = {Kind.CONFIRM: 3, Kind.YOURS: 1}
MAILS_AN_HOUR = 3  # to one address, whoever asks and whatever for
PAUSE = timedelta(minutes=1)  # a double press brings one mail
AT_ONCE = 100


def ask(email: str, kind: MailAsked.Kind) -> None:
    """Note that ``email`` is to get a mail; whether it is known is nobody's business here."""
    MailAsked.objects.create(email=email, kind=kind)


def answer_asked(report: Report) -> int:
    """Answer what was asked for, unless the address had enough; return how many."""
    waiting = MailAsked.objects.filter(answered_at=None).values_list("pk", flat=True)
    answered = sum(_answer(pk) for pk in waiting[:AT_ONCE])
    if answered:
        report(f"Looked up {answered} addresses of readers.")
    return answered


@transaction.atomic
def _answer(pk: int) -> bool:
    asked = MailAsked.objects.filter(pk=pk).first()
    if asked is None:
        return False
    same_address = MailAsked.objects.at(asked.email)
    # Workers that answer for one address come one after the other, so each sees the mails
    # of those before it.
    list(same_address.order_by("pk").select_for_update().values_list("pk")[:1])
    now = timezone.now()
    mine = MailAsked.objects.filter(pk=pk, answered_at=None)
    if not mine.update(answered_at=now):
        return False
    mailed = same_address.filter(is_mailed=True)
    recent = mailed.filter(answered_at__gt=now - timedelta(hours=1))
    same = recent.filter(kind=asked.kind, answered_at__gt=now - PAUSE)
    if recent.count() < MAILS_AN_HOUR and not same.exists():
        MailAsked.objects.filter(pk=pk).update(is_mailed=True)
        _post(asked)
    return True


def link_to(asked: MailAsked) -> str:
    """Absolute, good for LINK_DAYS. It names the row and not the address, so that neither
    a browser's history nor a proxy's log has it, and it is dead once the row is gone."""
    token = tokens.make(asked.kind, asked.pk, _mark(asked))
    return absolute_url(reverse(f"comments:{asked.kind}", args=[token]))


def find(token: str, kind: MailAsked.Kind) -> MailAsked | None:
    """What a link's token stands for; None: it is gone, its address was erased.

    Raises signing.SignatureExpired for an old one, signing.BadSignature for anything that
    we did not sign for this purpose.
    """
    pk, mark = tokens.read(token, kind, max_age=timedelta(days=LINK_DAYS[kind]))
    asked = MailAsked.objects.filter(pk=pk, kind=kind).first()
    # A database that was put back from a backup gives a number away a second time.
    return asked if asked and constant_time_compare(mark, _mark(asked)) else None


def forget_answered(report: Report) -> int:
    """Delete rows whose link has run out, some of them; return how many."""
    now = timezone.now()
    ended = Q()
    for kind, days in LINK_DAYS.items():
        ended |= Q(kind=kind, answered_at__lt=now - timedelta(days=days))
    some = list(MailAsked.objects.filter(ended).values_list("pk", flat=True)[:1000])
    forgotten, _ = MailAsked.objects.filter(pk__in=some).delete()
    if forgotten:
        report(f"Forgot {forgotten} addresses that had asked for a mail.")
    return forgotten


def _mark(asked: MailAsked) -> str:
    address = asked.email.lower()
    return salted_hmac("comments.letters", address, algorithm="sha256").hexdigest()[:20]


def _post(asked: MailAsked) -> None:
    kind = Kind(asked.kind)
    context = {
        "site": SiteSettings.load(),
        "link": link_to(asked),
        "link_days": LINK_DAYS[kind],
    }
    post(f"comments/mail/{kind}", asked.email, context)
