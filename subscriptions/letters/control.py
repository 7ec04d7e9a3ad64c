"""What may become of a letter: queued, scheduled, paused, resumed, cancelled.

Every change is conditional, so a second press, a second editor and the worker never undo
each other: each function tells whether it was the one that did it.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import (
    CharField,
    DateTimeField,
    Exists,
    IntegerField,
    OuterRef,
    QuerySet,
    Value,
)
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from articles.models import Article
from footcare.lib.outage import is_outage
from subscriptions.letters import composing, ledger, pace
from subscriptions.letters.recipients import recipients_of
from subscriptions.models import Delivery, Letter, SendingSettings, Subscriber

_log = logging.getLogger(__name__)

State, Pause = Letter.State, Letter.Pause

# What has not been queued yet can be; a paused one among it waits for a decision.
_BEFORE = [State.DRAFT, State.SCHEDULED, State.PAUSED]
_LIVE = [*_BEFORE, State.SENDING]


def obstacle(letter: Letter) -> str:
    """What stands against sending ``letter``, in words for an editor; "" if nothing does."""
    if letter.kind == Letter.Kind.NOTE:
        return "" if letter.body.strip() else _("The letter has no text.")
    if letter.kind == Letter.Kind.ARTICLE:
        public = Article.objects.published().filter(letters=letter)
        return "" if public.exists() else _("The article is not published.")
    if letter.articles.published().exists():
        return ""
    return _("None of its articles is published.")


def queue(letter: Letter) -> bool:
    """Freeze the words, write a delivery for each reader, and let the worker begin.

    False: somebody else has, or `obstacle` says what stands against it.
    """
    return _queue(Letter.objects.filter(pk=letter.pk, state__in=_BEFORE))


@transaction.atomic
def _queue(one: QuerySet[Letter]) -> bool:
    """Queue the letter that ``one`` finds, if it still does once the letter is locked."""
    waiting = one.filter(queued_at=None)
    mine = waiting.select_for_update(of=("self",)).first()
    if mine is None or obstacle(mine):
        return False
    parts = composing.compose(mine)
    now = timezone.now()
    Letter.objects.filter(pk=mine.pk).update(
        state=State.SENDING, pause="", pause_words="", queued_at=now, worked_at=now,
        frozen_subject=parts.subject, html=parts.html, text=parts.text,
    )  # fmt: skip
    _write_deliveries(mine, now)
    _wake()
    return True


def _wake() -> None:
    """Tell the owner's task engine, where there is one, that there is something to send.

    Where that fails it is logged, and the worker finds the rows by itself.
    """
    if settings.WAKE_BY:
        transaction.on_commit(_call_task_engine, robust=True)


def _call_task_engine() -> None:
    import_string(settings.WAKE_BY)()


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
    if connection.vendor == "postgresql":
        # Else a reader who is erased at this moment would undo all of it.
        select += f" FOR KEY SHARE OF {Subscriber._meta.db_table}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Delivery._meta.db_table} (letter_id, subscriber_id, state, "
            f"attempts, due_at, worker, error, bounced) {select}",
            params,
        )


def schedule(letter: Letter, at: datetime) -> bool:
    """Let the worker queue ``letter`` at that moment."""
    waiting = Letter.objects.filter(pk=letter.pk, state__in=_BEFORE, queued_at=None)
    return bool(
        waiting.update(state=State.SCHEDULED, scheduled_at=at, pause="", pause_words="")
    )


def unschedule(letter: Letter) -> bool:
    """Make a draft of it again."""
    waiting = Letter.objects.filter(
        pk=letter.pk, state__in=[State.SCHEDULED, State.PAUSED], queued_at=None
    )
    return bool(
        waiting.update(state=State.DRAFT, scheduled_at=None, pause="", pause_words="")
    )


def pause(letter: Letter, why: str = Pause.OWNER, words: str = "") -> bool:
    """Stop sending after the message that is under way."""
    sending = Letter.objects.filter(pk=letter.pk, state=State.SENDING)
    return bool(sending.update(state=State.PAUSED, pause=why, pause_words=words[:300]))


def resume(letter: Letter) -> bool:
    """Go on where it was paused; one that was not queued yet begins.

    False: it is not paused, or `obstacle` says what stands against it.
    """
    paused = Letter.objects.filter(pk=letter.pk, state=State.PAUSED)
    went_on = paused.exclude(queued_at=None).update(
        state=State.SENDING, pause="", pause_words="",
        failures_in_row=0, worked_at=timezone.now(),
    )  # fmt: skip
    if went_on:
        pace.end_rest()
        _wake()
    return bool(went_on) or _queue(paused)


def cancel(letter: Letter) -> bool:
    """Never send it, or no more of it; what was sent stays sent."""
    live = Letter.objects.filter(pk=letter.pk, state__in=_LIVE)
    return bool(live.update(state=State.CANCELLED, pause="", pause_words=""))


def finish(letter: Letter) -> bool:
    """Close the book of a letter that has nothing left to send; False if it has."""
    if ledger.is_open(letter):
        return False
    mine = Letter.objects.filter(pk=letter.pk, state=State.SENDING)
    with transaction.atomic():
        # Under the letter's lock: its failed deliveries may just be queued again.
        sending = mine.select_for_update(of=("self",)).values_list("pk").first()
        if sending is None or ledger.is_open(letter):
            return False
        return bool(mine.update(state=State.SENT, finished_at=timezone.now()))


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
        _wake()
    return again


def start_due(report: Callable[[str], object]) -> int:
    """Queue what was scheduled and is due; ask again where its time passed long ago.

    One letter is queued at a time: it may have a hundred thousand readers, and there is
    other work between two. Return how many were begun or asked about.
    """
    now = timezone.now()
    stale = now - timedelta(hours=SendingSettings.load().stale_hours)
    # First: once a worker goes on with one of them it does not look abandoned any more.
    started = ask_about_abandoned()
    for letter in Letter.objects.due(now).order_by("scheduled_at", "pk"):
        moment = letter.scheduled_at
        # As it was read: an editor may choose another time meanwhile, or none.
        same = Letter.objects.due(now).filter(pk=letter.pk, scheduled_at=moment)
        if moment and moment < stale:
            started += _ask_stale(same, moment)
        elif _has_begun(letter, same):
            report(f"Letter {letter.pk} is queued, as scheduled.")
            return started + 1
        elif words := obstacle(letter):
            started += _ask(same, Pause.OBSTACLE, words)
    return started


def _has_begun(letter: Letter, same: QuerySet[Letter]) -> bool:
    """Queue it; one that cannot be made must not keep the others waiting."""
    try:
        return _queue(same)
    except Exception as error:
        if is_outage(error):
            raise
        _log.exception("Letter %s cannot be made", letter.pk)
        _ask(
            same,
            Pause.OBSTACLE,
            _("The letter cannot be put together. The log says why."),
        )
        return False


def ask_about_abandoned() -> int:
    """Ask again about what was under way when the site went away, or was backed up.

    Who has got it since is not known. A letter that only waits for its turn, or for another
    try, is no such letter: a worker has tried something, somewhere, not long ago. Return
    about how many letters somebody has to decide.
    """
    stale = timezone.now() - timedelta(hours=SendingSettings.load().stale_hours)
    overdue = Delivery.objects.open().filter(letter=OuterRef("pk"), due_at__lt=stale)
    left = Letter.objects.sending().filter(Exists(overdue), worked_at__lt=stale)
    letters = list(left.order_by("pk").defer("html", "text"))
    if not letters or Delivery.objects.filter(tried_at__gte=stale).exists():
        return 0
    return sum(
        _ask_stale(left.filter(pk=letter.pk), letter.worked_at)
        for letter in letters
        if letter.worked_at
    )


def _ask_stale(letters: QuerySet[Letter], since: datetime) -> int:
    moment = timezone.localtime(since).strftime("%Y-%m-%d %H:%M")
    words = _("It was to go on at %(moment)s.") % {"moment": moment}
    return _ask(letters, Pause.STALE, words)


def _ask(letters: QuerySet[Letter], why: str, words: str) -> int:
    """Pause what is not paused yet; return how many."""
    asked = letters.filter(state__in=[State.DRAFT, State.SCHEDULED, State.SENDING])
    return asked.update(state=State.PAUSED, pause=why, pause_words=words)
