"""The worker's part: each letter to each reader, once, and the ledger says what happened."""

import secrets
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from outbox import ending
from outbox.line import Blames, DeliveryError, Line
from outbox.sending import PAUSES
from subscriptions.letters import alerts, control, ledger, pace
from subscriptions.letters.mime import PreparedLetter, To
from subscriptions.models import Delivery, Letter, SendingSettings

Report = Callable[[str], object]
State = Delivery.State

BATCH = 100

# Of this process: whoever it is that claims, and the line that it keeps between two turns.
WORKER = secrets.token_hex(16)
_line = Line()


def send_letters(report: Report) -> int:
    """Send the next few messages of the letters that are under way; return how many.

    It comes back soon, so that a confirmation does not wait for a hundred thousand readers.
    """
    ledger.recover()
    for letter in Letter.objects.sending().order_by("queued_at", "pk"):
        if tried := _Batch(letter, report).send():
            return tried
        if control.finish(letter):
            report(f"Letter {letter.pk} is sent.")
    _line.close_if_idle()
    return 0


@lru_cache(maxsize=4)
def _prepared(pk: int, queued_at: object, site_url: str) -> PreparedLetter:
    return PreparedLetter(Letter.objects.get(pk=pk))


class _Batch:
    """Some messages of one letter, one after the other over one line."""

    def __init__(self, letter: Letter, report: Report) -> None:
        self.letter, self.report = letter, report
        self.sent: To | None = None  # taken by the server, and not yet written down

    def send(self) -> int:
        turn = pace.take_turn(BATCH)
        if turn is None:
            return 0
        rows = ledger.claim(self.letter, WORKER, turn.count)
        if not rows:
            return 0
        Letter.objects.filter(pk=self.letter.pk).update(worked_at=timezone.now())
        prepared = _prepared(self.letter.pk, self.letter.queued_at, settings.SITE_URL)
        done = 0
        try:
            for number, to in enumerate(rows):
                self._wait_until(turn.start + number * turn.step)
                if ending.asked.is_set() or not self._one(prepared, to):
                    break
                done += 1
                if turn.step:
                    self._write_down()
        finally:
            self._write_down()
            ledger.give_back(rows[done:], WORKER)
        self.report(f"Letter {self.letter.pk}: {done} more.")
        return done

    def _wait_until(self, moment: object) -> None:
        seconds = (moment - timezone.now()).total_seconds()  # type: ignore[operator]
        if seconds > 0:
            ending.asked.wait(seconds)

    def _one(self, prepared: PreparedLetter, to: To) -> bool:
        """Send to one reader; False: this turn is over."""
        begun = ledger.begin(to, WORKER, self.sent)
        self.sent = None
        if not begun:
            return ledger.drop(to, WORKER)
        try:
            _line.send(prepared.envelope(to))
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
            ledger.finish(self.sent, WORKER, state=State.SENT, error="")
            self.sent = None

    def _failed(self, to: To, error: DeliveryError) -> bool:
        words = str(error)
        now = timezone.now()
        if error.in_doubt:
            ledger.finish(
                to, WORKER, state=State.UNCERTAIN, error=words, due_at=now + PAUSES[0]
            )
        elif error.blames is Blames.LINE:
            # Not the reader's fault: it does not count as one of their tries.
            ledger.finish(
                to, WORKER, state=State.QUEUED, error=words, due_at=now,
                attempts=F("attempts") - 1,
            )  # fmt: skip
        else:
            self._refused(to, error, words)
        return self._count_failure(words) and error.blames is not Blames.LINE

    def _refused(self, to: To, error: DeliveryError, words: str) -> None:
        attempts = Delivery.objects.values_list("attempts", flat=True).get(
            pk=to.delivery
        )
        if error.is_permanent or attempts > len(PAUSES):
            ledger.finish(to, WORKER, state=State.FAILED, error=words)
            return
        again = timezone.now() + PAUSES[attempts - 1]
        ledger.finish(to, WORKER, state=State.QUEUED, error=words, due_at=again)

    def _count_failure(self, words: str) -> bool:
        """Whether to go on: after so many failures in a row the letter pauses itself."""
        mine = Letter.objects.filter(pk=self.letter.pk)
        mine.update(failures_in_row=F("failures_in_row") + 1)
        self.letter.refresh_from_db(fields=["failures_in_row"])
        in_row = self.letter.failures_in_row
        self.report(f"Letter {self.letter.pk}: failure {in_row} in a row: {words}")
        if in_row < SendingSettings.load().stop_after:
            pace.rest(in_row)
            return True
        if control.pause(self.letter, Letter.Pause.FAILURES, words):
            alerts.tell(
                _("The letter “%(subject)s” is paused") % {"subject": self.letter},
                words,
            )
        return False
