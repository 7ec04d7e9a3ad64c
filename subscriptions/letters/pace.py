"""How fast letters may go: one pace for all workers, which may change at any moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from subscriptions.models import SendingSettings, Turnstile

AHEAD = timedelta(seconds=2)  # so soon a new pace counts
SOON = timedelta(seconds=1)  # what may be waited for; the worker has other things to do
LONGEST_REST = timedelta(minutes=5)


@dataclass(frozen=True)
class Turn:
    """Leave to send ``count`` letters: the first at ``start``, then one each ``step``."""

    count: int
    start: datetime
    step: timedelta


def take_turn(most: int) -> Turn | None:
    """Leave for at most ``most`` letters, or None: then ask again in a second.

    A limit by the hour is kept by sending evenly: 400 an hour is one each nine seconds, so
    no hour, wherever it begins, has more. What is kept is when the last one may go, and not
    when the next: so a new pace counts from the next turn on.
    """
    step = _step()
    now = timezone.now()
    with transaction.atomic():
        place, _ = Turnstile.objects.select_for_update().get_or_create(
            pk=1, defaults={"free_at": now - step}
        )
        # One from the future was written before the clock was set back.
        is_believable = place.free_at <= now + LONGEST_REST + AHEAD
        start = max(now, (place.free_at if is_believable else now) + step)
        if start > now + SOON:
            if not is_believable:
                Turnstile.objects.filter(pk=1).update(free_at=now)
            return None
        if not step:
            return Turn(most, start, step)
        count = max(1, min(most, AHEAD // step))
        last = start + (count - 1) * step
        Turnstile.objects.filter(pk=1).update(free_at=last)
    return Turn(count, start, step)


def rest(failures: int) -> None:
    """Let nobody send for a while, the longer the more failures there were in a row."""
    if failures > 1:
        pause = min(timedelta(seconds=2 ** min(failures - 2, 10)), LONGEST_REST)
        Turnstile.objects.update_or_create(
            pk=1, defaults={"free_at": timezone.now() + pause}
        )


def end_rest() -> None:
    """Somebody has seen to the trouble: go on at once."""
    now = timezone.now()
    Turnstile.objects.filter(pk=1, free_at__gt=now).update(free_at=now)


def _step() -> timedelta:
    settings = SendingSettings.load()
    steps = [timedelta()]
    if settings.per_second:
        steps.append(timedelta(seconds=1) / settings.per_second)
    if settings.per_hour:
        steps.append(timedelta(hours=1) / settings.per_hour)
    return max(steps)
