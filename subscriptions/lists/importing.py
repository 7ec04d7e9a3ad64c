"""A list of addresses: looked through, put on the list, taken off again.

Nobody who left, bounced, complained or was erased comes back by a list, whatever it says of
them, and nothing here sends a mail.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from outbox.sending import Report as Say
from subscriptions import suppression, tallies
from subscriptions.lists import reading
from subscriptions.lists.entries import Entries, Entry, Kind
from subscriptions.lists.reading import Layout
from subscriptions.lists.report import Report
from subscriptions.lists.statuses import Says
from subscriptions.models import Import, Subscriber, Suppression

State = Import.State

CHUNK = 500  # rows in a transaction: others get their turn between two
UNUSED = timedelta(days=1)  # for so long a file that nobody imports is kept

_REASONS = {
    Says.LEFT: Suppression.Reason.LEFT,
    Says.BOUNCED: Suppression.Reason.BOUNCED,
    Says.COMPLAINT: Suppression.Reason.COMPLAINT,
}


class OverError(Exception):
    """The import was finished, undone or thrown away by somebody else meanwhile."""


def check(lines: Iterable[str], layout: Layout) -> Report:
    """What would become of ``lines``; nothing is changed."""
    report = Report()
    for entries in chunks_of(lines, layout):
        _sort_out(entries, None)
        report.add(entries)
    return report


def run(imported: Import, lines: Iterable[str], layout: Layout) -> Report:
    """Put those who are new in ``lines`` on the list, as confirmed.

    May be run again after it broke off: then it goes on. Raises OverError if ``imported``
    is done or undone already.
    """
    report = Report()
    for entries in chunks_of(lines, layout):
        _take(imported, entries)
        report.add(entries)
    finish(imported, report)
    return report


def finish(imported: Import, report: Report, rest: str = "") -> None:
    """Write down what became of it; of the file only ``rest`` is kept."""
    mine = Import.objects.filter(pk=imported.pk, state=State.CHECKED)
    if not mine.update(
        state=State.DONE,
        done_at=timezone.now(),
        content=rest,
        report=report.as_json(with_addresses=False),
    ):
        raise OverError


def new_among(entries: list[Entry]) -> list[Entry]:
    """Those of ``entries`` whom nothing here speaks against."""
    _sort_out(entries, None)
    return [entry for entry in entries if entry.kind == Kind.NEW]


def chunks_of(lines: Iterable[str], layout: Layout) -> Iterator[list[Entry]]:
    """The rows of ``lines`` as entries, some hundreds at a time."""
    entries = Entries(layout)
    rows = (entries.of(row) for row in reading.rows_of(lines, layout))
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _sort_out(entries: list[Entry], imported: Import | None) -> set[str]:
    """Give those whom the database knows the kind that says so.

    Returns the addresses that ``imported`` has brought already. The rows are looked up
    before the suppressions: whoever is being erased is found in one of the two.
    """
    asked = {
        entry.email.lower(): entry
        for entry in entries
        if entry.kind in {Kind.NEW, Kind.SAYS_GONE}
    }
    brought = set()
    rows = _at(asked).values_list("address", "state", "imported")
    for address, state, by in rows:
        entry = asked.pop(address)
        if imported and by == imported.pk and entry.kind == Kind.NEW:
            brought.add(address)
        elif state == Subscriber.State.CONFIRMED:
            entry.kind = Kind.KNOWN
        elif entry.kind == Kind.NEW:
            is_pending = state == Subscriber.State.PENDING
            entry.kind = Kind.ASKED if is_pending else Kind.GONE
    for address in suppression.suppressed_among(asked):
        if asked[address].kind == Kind.NEW:
            asked[address].kind = Kind.GONE
    return brought


@transaction.atomic
def _take(imported: Import, entries: list[Entry]) -> None:
    # Two presses of the button go on one after the other, each seeing what the other did.
    open_ones = Import.objects.filter(pk=imported.pk, state=State.CHECKED)
    if not open_ones.select_for_update(of=("self",)).values_list("pk").first():
        raise OverError
    brought = _sort_out(entries, imported)
    suppress_gone(entries)
    new = [
        entry
        for entry in entries
        if entry.kind == Kind.NEW and entry.email.lower() not in brought
    ]
    if new and (added := _add(imported, new)):
        tallies.add("imported", added)


def suppress_gone(entries: Iterable[Entry]) -> None:
    """Remember who left as the file says: an older file must not bring them, either."""
    for says, reason in _REASONS.items():
        suppression.suppress_all(
            [e.email for e in entries if e.kind == Kind.SAYS_GONE and e.says == says],
            reason,
        )


def _add(imported: Import, new: list[Entry]) -> int:
    """Insert ``new``, but for those who came or went this very moment; return how many."""
    by_address = {entry.email.lower(): entry for entry in new}
    # In one order, so that two imports of the same people do not wait for each other.
    Subscriber.objects.bulk_create(
        [_subscriber(imported, by_address[one]) for one in sorted(by_address)],
        ignore_conflicts=True,
    )
    # Not asked for by the import: an index of that would lead through all it has brought.
    rows = _at(by_address).values_list("address", "pk", "imported")
    mine = {address: pk for address, pk, by in rows if by == imported.pk}
    gone = suppression.suppressed_among(mine)
    Subscriber.objects.filter(pk__in=[mine.pop(address) for address in gone]).delete()
    for address, entry in by_address.items():
        if address not in mine:
            entry.kind = Kind.GONE if address in gone else Kind.KNOWN
    _Chosen.objects.bulk_create(
        _Chosen(subscriber_id=pk, topic_id=topic)
        for address, pk in mine.items()
        for topic in by_address[address].topics
    )
    return len(mine)


_Chosen = Subscriber.topics.through


def _subscriber(imported: Import, entry: Entry) -> Subscriber:
    now = timezone.now()
    return Subscriber(
        email=entry.email,
        state=Subscriber.State.CONFIRMED,
        asked_at=entry.asked_at or entry.confirmed_at or now,
        confirmed_at=entry.confirmed_at or entry.asked_at or now,
        asked_on=entry.source,
        pace=entry.pace,
        imported=imported,
        proof=imported.proof[:300],
    )


def _at(addresses: Iterable[str]) -> QuerySet[Any, Any]:
    rows = Subscriber.objects.order_by().annotate(address=Lower("email"))
    return rows.filter(address__in=list(addresses))


def forget_unused(report: Say) -> int:
    """Throw away files that nobody imported within a day; return how many."""
    old = Import.objects.filter(
        state=State.CHECKED, created_at__lt=timezone.now() - UNUSED
    )
    forgotten = 0
    for imported in old.defer("content"):
        if imported.subscribers.exists():
            # It broke off, and can still be undone.
            old.filter(pk=imported.pk).update(
                state=State.DONE, done_at=timezone.now(), content=""
            )
        else:
            imported.delete()
        forgotten += 1
    if forgotten:
        report(f"Threw away {forgotten} files with addresses that nobody imported.")
    return forgotten
