"""How far a letter is: counted in its ledger, for the desk and for the worker's output."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import ngettext, override

from subscriptions.models import Delivery, Letter

_WINDOW = timedelta(minutes=1)  # over which the rate is taken

State = Delivery.State


@dataclass(frozen=True)
class Progress:
    """What became of the deliveries of one letter.

    ``queued`` are those still to be tried, ``left`` the readers who left by this letter,
    ``rate`` is in letters a second, and ``left_seconds`` None where nobody can tell.
    """

    letter: int
    queued: int
    sent: int
    failed: int
    uncertain: int
    dropped: int
    bounced: int
    left: int
    rate: float
    left_seconds: float | None

    @property
    def total(self) -> int:
        return self.queued + self.sent + self.failed + self.uncertain + self.dropped

    @property
    def done(self) -> int:
        """Those with which nothing more happens."""
        return self.sent + self.failed + self.dropped


def progress_of(letter: Letter) -> Progress:
    """Count the deliveries of ``letter``: two queries."""
    counts = _counts_of(letter)
    uncertain = counts[State.UNCERTAIN]
    queued = counts[State.QUEUED] + counts[State.SENDING]
    rate = _rate_of(letter)
    to_do = queued + (0 if letter.at_most_once else uncertain)
    return Progress(
        letter=letter.pk,
        queued=queued,
        sent=counts[State.SENT],
        failed=counts[State.FAILED],
        uncertain=uncertain,
        dropped=counts[State.DROPPED],
        bounced=counts["bounced"],
        left=counts["left"],
        rate=rate,
        left_seconds=to_do / rate if rate else None,
    )


def numbers_of(letters: Iterable[Letter]) -> Mapping[int, Mapping[str, int]]:
    """How many deliveries each of ``letters`` has in each state; one query for all."""
    numbers: dict[int, dict[str, int]] = {
        letter.pk: dict.fromkeys(State.values, 0) for letter in letters
    }
    rows = Delivery.objects.filter(letter__in=numbers).order_by()
    counted = rows.values_list("letter", "state").annotate(number=Count("pk"))
    for letter, state, number in counted:
        numbers[letter][state] = number
    return numbers


def line(progress: Progress) -> str:
    """For the worker's output: “Letter 3: 1,200 of 5,000, 34 a second, 2 minutes left.”"""
    words = f"Letter {progress.letter}: {progress.done:,} of {progress.total:,}"
    if progress.rate:
        rate = f"{progress.rate:,.0f}" if progress.rate >= 1 else f"{progress.rate:.2f}"
        words += f", {rate} a second"
    if progress.left_seconds:
        with override("en"):  # a log is for whoever looks after the machine
            words += f", {time_in_words(progress.left_seconds)} left"
    return f"{words}."


def time_in_words(seconds: float) -> str:
    """ "40 seconds", "2 minutes", "3 hours": as exact as a guess can be."""
    number = round(seconds)
    if number < 90:
        return ngettext("%(count)d second", "%(count)d seconds", number) % {
            "count": number
        }
    if number < 90 * 60:
        number = round(number / 60)
        return ngettext("%(count)d minute", "%(count)d minutes", number) % {
            "count": number
        }
    number = round(number / 3600)
    return ngettext("%(count)d hour", "%(count)d hours", number) % {"count": number}


def _counts_of(letter: Letter) -> dict[str, int]:
    counts = dict.fromkeys([*State.values, "bounced", "left"], 0)
    rows = Delivery.objects.filter(letter=letter).order_by().values("state")
    found = rows.annotate(
        number=Count("pk"),
        came_back=Count("pk", filter=~Q(bounced="")),
        gone=Count("left_at"),
    )
    for row in found:
        counts[row["state"]] = row["number"]
        counts["bounced"] += row["came_back"]
        counts["left"] += row["gone"]
    return counts


def _rate_of(letter: Letter) -> float:
    """Letters a second, since the first of those that were tried in the last minute."""
    now = timezone.now()
    # Asked by the time alone, which few rows pass; by letter and state most of them would.
    tried: dict[str, Any] = Delivery.objects.filter(
        tried_at__gte=now - _WINDOW
    ).aggregate(
        number=Count("pk", filter=Q(letter=letter, state__in=[State.SENT, State.FAILED])),
        since=Min("tried_at", filter=Q(letter=letter)),
    )  # fmt: skip
    if not tried["number"]:
        return 0.0
    return tried["number"] / max((now - tried["since"]).total_seconds(), 1.0)
