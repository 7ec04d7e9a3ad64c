"""What a reader chose: topics, pace, a pause."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone

from articles.models import Topic
from subscriptions.models import Subscriber


@transaction.atomic
def save(
    subscriber: Subscriber,
    *,
    pace: str,
    topics: Iterable[Topic],
    paused_until: date | None,
) -> bool:
    """Write down the choice of who is on the list; False: they are not, and nothing changes.

    ``paused_until`` is the first day on which letters come again; today ends a pause.
    """
    if paused_until and paused_until <= timezone.localdate():
        paused_until = None
    member = Subscriber.objects.on_list().filter(pk=subscriber.pk)
    now = timezone.now()
    if not member.update(pace=pace, paused_until=paused_until, changed_at=now):
        return False
    subscriber.topics.set(topics)
    return True
