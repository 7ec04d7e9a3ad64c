"""What may become of a letter: queued, scheduled, paused, resumed, cancelled.

Every change is conditional, so a second press, a second editor and the worker never undo
each other: each function tells whether it was the one that did it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import CharField, DateTimeField, IntegerField, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from subscriptions.letters import composing, pace
from subscriptions.letters.recipients import recipients_of
from subscriptions.models import Delivery, Letter, SendingSettings

State, Pause = Letter.State, Letter.Pause

# What has not been queued yet can be; a paused one among it had its time pass.
_BEFORE = [State.DRAFT, State.SCHEDULED, State.PAUSED]
_LIVE = [*_BEFORE, State.SENDING]


@transaction.atomic
def queue(letter: Letter) -> bool:
    """Freeze the words, write a delivery for each reader, and let the worker begin."""
    waiting = Letter.objects.filter(pk=letter.pk, state__in=_BEFORE, queued_at=None)
    mine = waiting.select_for_update(of=("self",)).first()
    if mine is None:
        return False
    parts = composing.compose(mine)
    now = timezone.now()
    Letter.objects.filter(pk=mine.pk).update(
        state=State.SENDING, pause="", pause_words="", queued_at=now, worked_at=now,
        frozen_subject=parts.subject, html=parts.html, text=parts.text,
    )  # fmt: skip
    _write_deliveries(mine, now)
    return True


def _write_deliveries(letter: Letter, now: datetime) -> None:
    """One statement, however many readers there are."""
    rows = (
        recipients_of(letter)
        .order_by("pk")
        .annotate(
            to_letter=Value(letter.pk, IntegerField()),
            in_state=Value(Delivery.State.QUEUED, CharField()),
            tries=Value(0, IntegerField()),
            due=Value(now, DateTimeField()),
            nothing=Value("", CharField()),
        )
        .values_list(
            "to_letter",
            "pk",
            "in_state",
            "tries",
            "due",
            "nothing",
            "nothing",
            "nothing",
        )
    )
    select, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Delivery._meta.db_table} (letter_id, subscriber_id, state, "
            f"attempts, due_at, worker, error, bounced) {select}",
            params,
        )


def schedule(letter: Letter, at: datetime) -> bool:
    """Let the worker queue ``letter`` at that moment."""
    waiting = Letter.objects.filter(
        pk=letter.pk, state__in=[State.DRAFT, State.SCHEDULED], queued_at=None
    )
    return bool(waiting.update(state=State.SCHEDULED, scheduled_at=at))


def unschedule(letter: Letter) -> bool:
    """Make a draft of it again."""
    waiting = Letter.objects.filter(pk=letter.pk, state=State.SCHEDULED)
    return bool(waiting.update(state=State.DRAFT, scheduled_at=None))


def pause(letter: Letter, why: str = Pause.OWNER, words: str = "") -> bool:
    """Stop sending after the message that is under way."""
    sending = Letter.objects.filter(pk=letter.pk, state=State.SENDING)
    return bool(sending.update(state=State.PAUSED, pause=why, pause_words=words[:300]))


def resume(letter: Letter) -> bool:
    """Go on where it was paused; one whose time had passed before it was queued begins."""
    paused = Letter.objects.filter(pk=letter.pk, state=State.PAUSED)
    went_on = paused.exclude(queued_at=None).update(
        state=State.SENDING, pause="", pause_words="",
        failures_in_row=0, worked_at=timezone.now(),
    )  # fmt: skip
    if went_on:
        pace.end_rest()
    return bool(went_on) or queue(letter)


def cancel(letter: Letter) -> bool:
    """Never send it, or no more of it; what was sent stays sent."""
    live = Letter.objects.filter(pk=letter.pk, state__in=_LIVE)
    return bool(live.update(state=State.CANCELLED, pause="", pause_words=""))


@transaction.atomic
def requeue_failed(letter: Letter) -> int:
    """Try the failed deliveries again; return how many there are."""
    over = Letter.objects.filter(pk=letter.pk).exclude(state=State.CANCELLED)
    if over.select_for_update(of=("self",)).first() is None:
        return 0
    failed = Delivery.objects.filter(letter=letter, state=Delivery.State.FAILED)
    again = failed.exclude(subscriber=None).update(
        state=Delivery.State.QUEUED, attempts=0, due_at=timezone.now(), worker=""
    )
    if again:
        Letter.objects.filter(pk=letter.pk, state=State.SENT).update(
            state=State.SENDING, finished_at=None, failures_in_row=0,
            worked_at=timezone.now(),
        )  # fmt: skip
    return again


def start_due(report: Callable[[str], object]) -> int:
    """Queue what was scheduled and is due; ask again where its time passed long ago."""
    now = timezone.now()
    stale = now - timedelta(hours=SendingSettings.load().stale_hours)
    started = 0
    for letter in Letter.objects.due(now).order_by("scheduled_at", "pk"):
        if letter.scheduled_at and letter.scheduled_at < stale:
            started += ask_again(letter, letter.scheduled_at)
        elif queue(letter):
            started += 1
            report(f"Letter {letter.pk} is queued, as scheduled.")
    return started + ask_about_stale()


def ask_about_stale() -> int:
    """Pause what no worker was at for long: who got it meanwhile is not known.

    The site was restored from a backup, or there was no worker. Return how many there are.
    """
    stale = timezone.now() - timedelta(hours=SendingSettings.load().stale_hours)
    asked = 0
    for letter in Letter.objects.sending().filter(worked_at__lt=stale):
        if letter.worked_at:
            asked += ask_again(letter, letter.worked_at)
    return asked


def ask_again(letter: Letter, since: datetime) -> bool:
    """Leave it to an editor whether a letter of ``since`` is still to be sent."""
    words = _("It was to go on at %(moment)s.") % {
        "moment": timezone.localtime(since).strftime("%Y-%m-%d %H:%M")
    }
    unsent = Letter.objects.filter(pk=letter.pk, state__in=[*_BEFORE, State.SENDING])
    asks = unsent.exclude(state=State.PAUSED).update(
        state=State.PAUSED, pause=Pause.STALE, pause_words=words
    )
    return bool(asks)
