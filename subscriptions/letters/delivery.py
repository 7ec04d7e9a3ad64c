"""The worker's part: each letter to each reader, once, and the ledger says what happened."""

import logging
import math
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from footcare.lib.logs import without_people
from footcare.lib.outage import is_outage
from outbox import ending
from outbox.line import Blames, DeliveryError, Line
from outbox.sending import PAUSES
from subscriptions.letters import alerts, control, ledger, pace, progress
from subscriptions.letters.mime import PreparedLetter, To
from subscriptions.models import Delivery, Letter, SendingSettings

_log = logging.getLogger(__name__)

Report = Callable[[str], object]
State = Delivery.State

BATCH = 100
# Confirmations wait for a batch to end, so on a slow server it ends early.
LONGEST_BATCH = 3.0  # seconds
# A server that loses its answer may have taken the mail each time.
TRIES_IN_DOUBT = 3

TELL = 10.0  # seconds between two lines of the worker's output about a letter

# The line of this process, kept between two turns.
_line = Line()
# What the server took while the database was away, and which batch of ours sent it.
_unwritten: list[tuple[To, str]] = []
# When something was last said of which letter.
_told: dict[int, float] = {}


def send_letters(report: Report) -> int:
    """Send the next few messages of the letters that are under way; return how many.

    It comes back soon, so that a confirmation does not wait for a hundred thousand readers.
    """
    _write_down_all()
    ledger.recover()
    control.ask_about_abandoned()
    for letter in (
        Letter.objects.sending().defer("html", "text").order_by("queued_at", "pk")
    ):
        if tried := _Batch(letter, report).send():
            return tried
        if control.finish(letter):
            report(f"Letter {letter.pk} is sent.")
    _line.close_if_idle()
    return 0


def hang_up() -> None:
    """Let go of the line, where no further letter is to be expected."""
    _line.close()


def _write_down_all() -> None:
    while _unwritten:
        to, worker = _unwritten[-1]
        ledger.finish(to, worker, state=State.SENT, error="")
        _unwritten.pop()


def _tell_how_far(letter: Letter, report: Report) -> None:
    """Not after each batch: a letter to many is counted as long as a batch takes."""
    now = time.monotonic()
    if now >= _told.get(letter.pk, -math.inf) + TELL:
        _told.clear()
        _told[letter.pk] = now
        report(progress.line(progress.progress_of(letter)))


@lru_cache(maxsize=4)
def _prepared(pk: int, queued_at: object, site_url: str) -> PreparedLetter:
    return PreparedLetter(Letter.objects.get(pk=pk))


class _Batch:
    """Some messages of one letter, one after the other over one line."""

    def __init__(self, letter: Letter, report: Report) -> None:
        self.letter, self.report = letter, report
        # Of this batch alone: whoever takes the rows over has another name.
        self.worker = secrets.token_hex(16)
        self.sent: To | None = None  # taken by the server, and not yet written down
        self.done = 0

    def send(self) -> int:
        self._tell_that_somebody_is_at_it()
        prepared = self._prepare()
        if not prepared:
            return 0
        due = ledger.count_due(self.letter, BATCH)
        turn = pace.take_turn(due) if due else None
        rows = ledger.claim(self.letter, self.worker, turn.count) if turn else []
        if not turn or not rows:
            return 0
        try:
            with ledger.without_waiting_for_the_disk(self.letter):
                self._send_each(prepared, rows, turn)
        finally:
            self._write_down()
            ledger.give_back(rows[self.done :], self.worker)
        if self.done:
            _tell_how_far(self.letter, self.report)
        return self.done

    def _prepare(self) -> PreparedLetter | None:
        """None: it cannot be made a mail, and waits for somebody to look."""
        letter = self.letter
        try:
            return _prepared(letter.pk, letter.queued_at, settings.SITE_URL)
        except Exception as error:  # whatever it is, the other letters go on
            if is_outage(error):
                raise
            _log.exception("Letter %s cannot be made a mail", letter.pk)
            self._pause(_("The letter cannot be put together. The log says why."))
            return None

    def _send_each(
        self, prepared: PreparedLetter, rows: list[To], turn: pace.Turn
    ) -> None:
        end = time.monotonic() + LONGEST_BATCH
        for number, to in enumerate(rows):
            self._wait_until(turn.start + number * turn.step)
            is_over = ending.asked.is_set() or time.monotonic() > end
            if is_over or not self._one(prepared, to):
                return
            self.done += 1
            if turn.step:
                self._write_down()

    def _tell_that_somebody_is_at_it(self) -> None:
        """Else a letter that waits a day to try again would count as forgotten."""
        now = timezone.now()
        told = self.letter.worked_at
        if not told or told < now - timedelta(minutes=1):
            Letter.objects.filter(pk=self.letter.pk).update(worked_at=now)

    def _wait_until(self, moment: datetime) -> None:
        seconds = (moment - timezone.now()).total_seconds()
        if seconds > 0:
            ending.asked.wait(seconds)

    def _one(self, prepared: PreparedLetter, to: To) -> bool:
        """Send to one reader; False: this turn is over."""
        # Half of the lease is for handing over, the other for the server's answer. Taken
        # before it begins: a machine may stand still at any moment.
        until = time.time() + settings.LETTER_LEASE / 2
        begun = ledger.begin(to, self.worker, self.sent)
        self.sent = None
        if not begun:
            return ledger.drop(to, self.worker)
        try:
            _line.send(prepared.envelope(to), until)
        except ValueError as error:
            return self._failed(
                to, DeliveryError(str(error), blames=Blames.MAIL, is_permanent=True)
            )
        except DeliveryError as error:
            return self._failed(to, error)
        self.sent = to
        if self.letter.failures_in_row:
            self.letter.failures_in_row = 0
            Letter.objects.filter(pk=self.letter.pk).update(failures_in_row=0)
        return True

    def _write_down(self) -> None:
        if self.sent:
            _unwritten.append((self.sent, self.worker))
            self.sent = None
        _write_down_all()

    def _failed(self, to: To, error: DeliveryError) -> bool:
        """Write down why it did not work; False: this turn is over."""
        words = without_people(str(error))  # the ledger outlives who is erased
        if error.blames is Blames.LINE and not error.in_doubt:
            # Not the reader's fault: it does not count as one of their tries.
            self._finish(
                to, State.QUEUED, words, timezone.now(), attempts=F("attempts") - 1
            )
        else:
            self._missed(to, error, words)
        return self._count_failure(error, words) and error.blames is not Blames.LINE

    def _missed(self, to: To, error: DeliveryError, words: str) -> None:
        mine = Delivery.objects.filter(pk=to.delivery)
        attempts = mine.values_list("attempts", flat=True).first() or 1
        tries = TRIES_IN_DOUBT if error.in_doubt else len(PAUSES) + 1
        again = timezone.now() + PAUSES[min(attempts, len(PAUSES)) - 1]
        if error.in_doubt:
            words = _("It may have arrived: %(words)s") % {"words": words}
            if attempts < tries or self.letter.at_most_once:
                self._finish(to, State.UNCERTAIN, words, again)
                return
        elif attempts < tries and not error.is_permanent:
            self._finish(to, State.QUEUED, words, again)
            return
        self._finish(to, State.FAILED, words, timezone.now())

    def _finish(
        self, to: To, state: str, words: str, due_at: datetime, **more: object
    ) -> None:
        ledger.finish(
            to, self.worker, state=state, error=words[:300], due_at=due_at, **more
        )

    def _count_failure(self, error: DeliveryError, words: str) -> bool:
        """Whether to go on: after so many failures in a row the letter pauses itself."""
        mine = Letter.objects.filter(pk=self.letter.pk)
        mine.update(failures_in_row=F("failures_in_row") + 1)
        in_row = mine.values_list("failures_in_row", flat=True).first() or 1
        self.letter.failures_in_row = in_row
        self.report(f"Letter {self.letter.pk}: failure {in_row} in a row: {words}")
        if in_row < SendingSettings.load().stop_after:
            if not error.is_permanent:
                pace.rest(in_row)
            return True
        self._pause(words)
        return False

    @transaction.atomic
    def _pause(self, words: str) -> None:
        if control.pause(self.letter, Letter.Pause.FAILURES, words):
            alerts.tell_of_pause(self.letter, words)
