"""The ledger's statements: who has which delivery, and what became of it.

Written as SQL, since they are asked twice a message and the ORM would take longer to write
them than the database to run them. Each is one conditional statement, so it is whole or not
at all, and a worker that lost its lease changes nothing.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from subscriptions.letters.mime import To
from subscriptions.models import Delivery, Letter, Subscriber

# The states are written out, since only so is the index of what is due (delivery_due) used:
# a letter of which all waits to try again would be read through each second else.
_DUE = """
SELECT id FROM subscriptions_delivery
WHERE letter_id = %s AND state IN ('queued', 'uncertain') AND (state = 'queued' OR %s)
  AND due_at <= %s
ORDER BY due_at, id LIMIT %s"""
_COUNT_DUE = "SELECT COUNT(*) FROM ({due}) AS due"
_CLAIM = """
WITH due AS MATERIALIZED ({due} {lock})
UPDATE subscriptions_delivery SET worker = %s, due_at = %s WHERE id IN (SELECT id FROM due)
RETURNING id, subscriber_id
"""
# The one before is told as sent in the step that begins the next: one commit a message.
# The reader is named, not looked up by the row: PostgreSQL may go through all of them else.
_BEGIN = """
UPDATE subscriptions_delivery SET
  state = CASE WHEN id = %s THEN 'sent' ELSE 'sending' END,
  error = CASE WHEN id = %s THEN '' ELSE error END,
  attempts = CASE WHEN id = %s THEN attempts ELSE attempts + 1 END,
  tried_at = CASE WHEN id = %s THEN tried_at ELSE %s END,
  due_at = %s
WHERE (id = %s AND worker = %s AND state IN ('sending', 'uncertain')) OR (
  id = %s AND worker = %s AND due_at > %s AND state IN ('queued', 'uncertain')
  AND subscriber_id = %s
  AND EXISTS (SELECT 1 FROM subscriptions_letter AS letter
    WHERE letter.id = letter_id AND letter.state = 'sending')
  AND EXISTS (SELECT 1 FROM subscriptions_subscriber AS reader
    WHERE reader.id = %s AND reader.state = 'confirmed'
    AND reader.email = %s AND reader.letter_key = %s
    AND (reader.paused_until IS NULL OR reader.paused_until <= %s))
) RETURNING id
"""
_NOBODY = 0  # no row has this number
# Whether a commit waits for the disk.
_WAITS = {
    "sqlite": {False: "PRAGMA synchronous = NORMAL", True: "PRAGMA synchronous = FULL"},
    "postgresql": {
        False: "SET synchronous_commit = off", True: "RESET synchronous_commit",
    },
}  # fmt: skip


def lease() -> timedelta:
    """For how long a worker that says nothing is waited for."""
    return timedelta(seconds=settings.LETTER_LEASE)


@contextmanager
def without_waiting_for_the_disk(letter: Letter) -> Iterator[None]:
    """Rows of ``letter`` are written one by one, and a killed worker loses none of them.

    What a power cut loses is written since the block began, and would be sent again; so a
    letter that goes out at most once waits. The first write afterwards takes all with it.
    """
    if letter.at_most_once or connection.in_atomic_block:
        yield
        return
    waits = _WAITS[connection.vendor]
    try:
        _do(waits[False])
        yield
    finally:
        _do(waits[True])


def recover() -> int:
    """Name uncertain what a worker had under way whose lease has ended; return how many.

    The worker stays named: one that was only slow may still tell what became of it.
    """
    late = Delivery.objects.filter(
        state=Delivery.State.SENDING, due_at__lte=timezone.now()
    )
    # Asked each second, and to write nothing would take SQLite's lock, too.
    if not late.exists():
        return 0
    words = _("The worker was stopped, or gave no answer, while it was sending this.")
    return late.update(state=Delivery.State.UNCERTAIN, error=words)


def count_due(letter: Letter, most: int) -> int:
    """How many deliveries of ``letter`` are due, counted up to ``most``."""
    found = _execute(
        _COUNT_DUE.format(due=_DUE),
        [letter.pk, not letter.at_most_once, _at(timezone.now()), most],
    )
    return int(found[0][0])


def is_open(letter: Letter) -> bool:
    """Whether there is anything left to send, or under way."""
    under_way = Delivery.objects.filter(letter=letter, state=Delivery.State.SENDING)
    return _unsent(letter).exists() or under_way.exists()


def _unsent(letter: Letter) -> QuerySet[Delivery]:
    """What a worker may take up, now or later."""
    states = [Delivery.State.QUEUED]
    if not letter.at_most_once:
        states.append(Delivery.State.UNCERTAIN)
    return Delivery.objects.filter(letter=letter, state__in=states)


def claim(letter: Letter, worker: str, count: int) -> list[To]:
    """Take up to ``count`` due deliveries for ``worker``; no other gets them meanwhile."""
    now = timezone.now()
    lock = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    rows = dict(
        _execute(
            _CLAIM.format(due=_DUE, lock=lock),
            [
                letter.pk, not letter.at_most_once, _at(now), count,
                worker, _at(now + lease()),
            ],
        )
    )  # fmt: skip
    readers = Subscriber.objects.filter(pk__in=set(rows.values()) - {None})
    known = {pk: rest for pk, *rest in readers.values_list("pk", "email", "letter_key")}
    return [
        To(delivery, reader or 0, *known.get(reader, ("", "")))
        for delivery, reader in sorted(rows.items())
    ]


def begin(to: To, worker: str, sent: To | None = None) -> bool:
    """Write down that ``to`` is under way, and that ``sent`` was taken.

    False: the reader has left or moved, the letter was paused, or the lease was lost.
    """
    now = timezone.now()
    at, until = _at(now), _at(now + lease())
    last = sent.delivery if sent else _NOBODY
    begun = _execute(
        _BEGIN,
        [
            last, last, last, last, at, until,
            last, worker, to.delivery, worker, at,
            to.subscriber, to.subscriber, to.email, to.letter_key, timezone.localdate(now),
        ],
    )  # fmt: skip
    return (to.delivery,) in begun


def finish(to: To, worker: str, **values: Any) -> bool:
    """Write down what became of the delivery that ``worker`` has under way."""
    mine = Delivery.objects.filter(
        pk=to.delivery,
        worker=worker,
        state__in=[Delivery.State.SENDING, Delivery.State.UNCERTAIN],
    )
    return bool(mine.update(worker="", **values))


def drop(to: To, worker: str) -> bool:
    """Leave out a reader who does not want it any more; False if that is not why."""
    mine = Delivery.objects.filter(
        pk=to.delivery,
        worker=worker,
        due_at__gt=timezone.now(),
        state__in=[Delivery.State.QUEUED, Delivery.State.UNCERTAIN],
        letter__state=Letter.State.SENDING,
    )
    still = Subscriber.objects.receiving().filter(pk=to.subscriber).exists()
    return not still and bool(mine.update(state=Delivery.State.DROPPED, worker=""))


def give_back(rows: Iterable[To], worker: str) -> None:
    """Let others have what ``worker`` claimed and did not begin."""
    Delivery.objects.filter(
        pk__in=[to.delivery for to in rows],
        worker=worker,
        state__in=[Delivery.State.QUEUED, Delivery.State.UNCERTAIN],
    ).update(worker="", due_at=timezone.now())


def _execute(statement: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def _do(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _at(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
