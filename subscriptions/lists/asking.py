"""People of a doubtful list are asked first: each by the mail that a sign-up brings."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from articles.models import Topic
from outbox.sending import Report as Say
from subscriptions import limits
from subscriptions.lists import importing
from subscriptions.lists.entries import Entry, Kind
from subscriptions.lists.reading import Layout
from subscriptions.lists.report import Report
from subscriptions.models import Import, Request, SendingSettings

A_MINUTE = 30  # mails, so that nobody who signs up meanwhile waits
_PAUSE = timedelta(minutes=1)


def hand_over(imported: Import, lines: Iterable[str], layout: Layout) -> Report:
    """Leave it to the worker to ask those who are new in ``lines``."""
    report, rest = Report(), io.StringIO()
    writer = csv.writer(rest, lineterminator="\n")
    for entries in importing.chunks_of(lines, layout):
        for entry in importing.new_among(entries):
            writer.writerow([entry.email, *sorted(entry.topics)])
        importing.suppress_gone(entries)
        report.add(entries)
    importing.finish(imported, report, rest.getvalue())
    return report


def ask_some(report: Say) -> int:
    """Ask the next few of each list that is to be asked; return how many."""
    waiting = Import.objects.filter(state=Import.State.DONE).exclude(content="")
    asked = sum(_ask_some_of(pk) for pk in waiting.values_list("pk", flat=True))
    if asked:
        report(f"Asked {asked} people of a list to confirm.")
    return asked


@transaction.atomic
def _ask_some_of(pk: int) -> int:
    now = timezone.now()
    waiting = Import.objects.filter(pk=pk, state=Import.State.DONE)
    imported = waiting.select_for_update(of=("self",)).first()
    if imported is None or not _is_due(imported, now):
        return 0
    lines = imported.content.split("\n", _at_a_time())
    rest = lines.pop() if len(lines) > _at_a_time() else ""
    # Where somebody had their address erased, a sign stands in its place.
    people = [line for line in lines if "@" in line]
    later = [line for line in people if not limits.take_asked(_address_in(line))]
    asked = _write_requests(imported, [one for one in people if one not in later])
    Import.objects.filter(pk=pk).update(
        # To the end with those whose domain has had enough for now.
        content=rest + "".join(f"{line}\n" for line in later),
        report=imported.report | {"asked_at": now.isoformat()},
    )
    return asked


def _address_in(line: str) -> str:
    return next(csv.reader([line]))[0]


def _is_due(imported: Import, now: datetime) -> bool:
    last = imported.report.get("asked_at")
    return bool(imported.content) and (
        not last or datetime.fromisoformat(last) <= now - _PAUSE
    )


def _at_a_time() -> int:
    """At most half of the mails that the owner lets go in a minute."""
    an_hour = SendingSettings.load().per_hour
    return max(1, min(A_MINUTE, an_hour // 120)) if an_hour else A_MINUTE


def _write_requests(imported: Import, lines: list[str]) -> int:
    """As if each had signed up; but for those who came or left meanwhile."""
    rows = {row[0]: row[1:] for row in csv.reader(lines)}
    known = set(Topic.objects.values_list("pk", flat=True))
    new = importing.new_among([Entry(0, email, Kind.NEW) for email in rows])
    for entry in new:
        request = Request.objects.create(email=entry.email, page=str(imported)[:200])
        request.topics.set(known & {int(one) for one in rows[entry.email]})
    return len(new)
