"""What of letters and mails needs somebody: for the first page of the admin."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from footcare.lib import counting
from outbox.models import Heartbeat, Message
from subscriptions.admin.addresses import desk_url
from subscriptions.letters.progress import numbers_of
from subscriptions.models import Delivery, Letter

NEWS = timedelta(days=14)  # for so long a letter that is sent is looked at
LETTERS = 20

State = Letter.State


@dataclass(frozen=True)
class Need:
    """A sentence, where it leads, and whether something is wrong."""

    words: str
    address: str
    is_trouble: bool = True


def needs_of(user: Any) -> list[Need]:
    """What ``user`` may know of."""
    sees_letters = _sees(user, "subscriptions", "letter")
    sees_mails = _sees(user, "outbox", "message")
    needs: list[Need] = []
    if sees_letters:
        needs += _of_letters()
    if sees_mails:
        needs += _of_mails()
    if sees_letters or sees_mails:
        name = "outbox_message" if sees_mails else "subscriptions_letter"
        needs += _of_the_machine(reverse(f"admin:{name}_changelist"))
    return needs


def _sees(user: Any, app: str, model: str) -> bool:
    return user.has_perm(f"{app}.view_{model}") or user.has_perm(
        f"{app}.change_{model}"
    )


def _of_letters() -> Iterator[Need]:
    is_new = Q(state=State.SENT, finished_at__gt=timezone.now() - NEWS)
    live = Q(state__in=[State.SENDING, State.PAUSED])
    letters = list(Letter.objects.filter(live | is_new).order_by("-pk")[:LETTERS])
    numbers = numbers_of(letters) if letters else {}
    for letter in letters:
        yield from _of_letter(letter, numbers[letter.pk])


def _of_letter(letter: Letter, numbers: Mapping[str, int]) -> Iterator[Need]:
    address = desk_url(letter)
    if letter.state == State.SENDING:
        words = _("“%(subject)s” is being sent: %(sent)s of %(total)s.") % {
            "subject": letter,
            "sent": number_format(numbers[Delivery.State.SENT], force_grouping=True),
            "total": number_format(sum(numbers.values()), force_grouping=True),
        }
        yield Need(words, address, is_trouble=False)
    elif letter.state == State.PAUSED:
        words = _("“%(subject)s” is paused. %(reason)s.") % {
            "subject": letter,
            "reason": letter.get_pause_display(),
        }
        yield Need(words, address)
    if failed := numbers[Delivery.State.FAILED]:
        words = ngettext(
            "“%(subject)s”: %(count)s delivery failed.",
            "“%(subject)s”: %(count)s deliveries failed.",
            failed,
        )
        yield Need(words % _counted(letter, failed), address)
    if uncertain := numbers[Delivery.State.UNCERTAIN]:
        words = ngettext(
            "“%(subject)s”: %(count)s delivery is uncertain.",
            "“%(subject)s”: %(count)s deliveries are uncertain.",
            uncertain,
        )
        yield Need(words % _counted(letter, uncertain), address)


def _counted(letter: Letter, number: int) -> dict[str, Any]:
    return {"subject": letter, "count": number_format(number, force_grouping=True)}


def _of_mails() -> Iterator[Need]:
    failed = counting.how_many(Message.objects.filter(state=Message.State.FAILED))
    if failed:
        words = ngettext("%(count)s mail failed.", "%(count)s mails failed.", failed)
        address = reverse("admin:outbox_message_changelist")
        yield Need(
            words % {"count": counting.in_words(failed)},
            f"{address}?state__exact={Message.State.FAILED}",
        )


def _of_the_machine(address: str) -> Iterator[Need]:
    if Heartbeat.objects.is_silent():
        words = _("No worker is there, so no mail leaves: start “manage.py worker”.")
        yield Need(words, address)
    if settings.MAILS_ARE_KEPT:
        words = _("EMAIL_URL is not set: mails are kept as files, and nobody gets one.")
        yield Need(words, address)
