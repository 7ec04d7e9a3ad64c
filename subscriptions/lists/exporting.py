"""Everybody as CSV, for another program or for this one elsewhere."""

import csv
import io
import re
from collections.abc import Iterator

from django.db.models import QuerySet

from subscriptions.models import Subscriber

A_PAGE = 1000  # rows that are in memory at a time

COLUMNS = [
    "email", "state", "topics", "pace", "asked_at", "asked_on", "wording",
    "confirmed_at", "left_at", "bounced_at", "proof", "import",
]  # fmt: skip
# What table programs take for a formula. What looks like one made harmless already gets
# another mark, so that reading it back (entries.py) finds what was there.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")


def csv_of(state: str = "") -> Iterator[str]:
    """The subscribers in that state, or all of them, in pieces; the newest come last.

    Begins with the mark by which table programs know UTF-8.
    """
    yield "\ufeff" + _piece([COLUMNS])
    rows = Subscriber.objects.order_by("pk").prefetch_related("topics")
    if state:
        rows = rows.filter(state=state)
    for page in _pages(rows):
        yield _piece([_cells(one) for one in page])


def _pages(rows: QuerySet[Subscriber]) -> Iterator[list[Subscriber]]:
    last = 0
    while page := list(rows.filter(pk__gt=last)[:A_PAGE]):
        yield page
        last = page[-1].pk


def _cells(one: Subscriber) -> list[str]:
    has_left = one.state == Subscriber.State.LEFT
    has_bounced = one.state == Subscriber.State.BOUNCED
    return [
        one.email,
        one.state,
        ",".join(topic.slug for topic in one.topics.all()),
        one.pace,
        _moment(one.asked_at),
        one.asked_on,
        one.wording,
        _moment(one.confirmed_at),
        # Of before, and over, they would say something else to whoever reads the file.
        _moment(one.left_at if has_left else None),
        _moment(one.bounced_at if has_bounced else None),
        one.proof,
        str(one.imported_id or ""),
    ]


def _moment(value: object) -> str:
    return value.isoformat(timespec="seconds") if value else ""  # type: ignore[attr-defined]


def _piece(rows: list[list[str]]) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerows([disarmed(cell) for cell in row] for row in rows)
    return lines.getvalue()


def disarmed(cell: str) -> str:
    """``cell`` with a mark before it if a table program would calculate with it."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
