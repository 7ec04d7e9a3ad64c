"""What became of letters and of the list, in numbers: nobody's reading is followed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from subscriptions.models import Delivery, Letter, Subscriber, Tally

WEEKS = 52  # that are shown

_State, _Bounced = Delivery.State, Delivery.Bounced
_COUNTS = {
    "sent": Q(state=_State.SENT),
    "failed": Q(state=_State.FAILED),
    "uncertain": Q(state=_State.UNCERTAIN),
    "dropped": Q(state=_State.DROPPED),
    "waiting": Q(state__in=[_State.QUEUED, _State.SENDING]),
    "bounced": Q(bounced=_Bounced.HARD),
    "complained": Q(bounced=_Bounced.COMPLAINT),
    "left": Q(left_at__isnull=False),
}


@dataclass(frozen=True)
class Numbers:
    """How many readers of one letter: each is what the ledger calls it."""

    sent: int = 0
    failed: int = 0
    uncertain: int = 0
    dropped: int = 0
    waiting: int = 0
    bounced: int = 0
    complained: int = 0
    left: int = 0


@dataclass(frozen=True)
class Week:
    """What happened to the list in the week that begins on ``first``; its size at the end."""

    first: date
    joined: int
    imported: int
    left: int
    bounced: int
    complained: int
    removed: int
    size: int

    @property
    def came(self) -> int:
        return self.joined + self.imported

    @property
    def went(self) -> int:
        return self.left + self.bounced + self.complained + self.removed


_CHANGES = ("joined", "imported", "left", "bounced", "complained", "removed")


def of(letters: Iterable[Letter]) -> dict[int, Numbers]:
    """The numbers of each of ``letters`` by its key, in one query."""
    pks = [letter.pk for letter in letters]
    rows = Delivery.objects.filter(letter__in=pks).order_by().values("letter")
    counted = rows.annotate(
        # Some are called like fields.
        **{f"{name}_": Count("pk", filter=which) for name, which in _COUNTS.items()}
    )
    numbers = {pk: Numbers() for pk in pks}
    for row in counted:
        numbers[row["letter"]] = Numbers(**{name: row[f"{name}_"] for name in _COUNTS})
    return numbers


def by_state() -> dict[str, int]:
    """How many subscribers are in each state."""
    rows = Subscriber.objects.order_by().values("state").annotate(number=Count("pk"))
    return {row["state"]: row["number"] for row in rows}


def weeks(size: int, today: date | None = None) -> list[Week]:
    """The last weeks, oldest first, from the one in which counting began.

    ``size`` is that of the list now; what it was before is reckoned backwards, so a list
    that was there before anybody counted is in it, too.
    """
    today = today or timezone.localdate()
    this = _monday(today)
    oldest = this - timedelta(weeks=WEEKS - 1)
    sums: dict[date, dict[str, int]] = {}
    for day in Tally.objects.filter(day__gte=oldest, day__lte=today):
        total = sums.setdefault(_monday(day.day), dict.fromkeys(_CHANGES, 0))
        for change in _CHANGES:
            total[change] += getattr(day, change)
    found: list[Week] = []
    first = this
    while sums and first >= min(sums):
        changes = sums.get(first) or dict.fromkeys(_CHANGES, 0)
        week = Week(first, size=max(size, 0), **changes)
        found.append(week)
        size += week.went - week.came
        first -= timedelta(weeks=1)
    return found[::-1]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
