"""For an owner who has a task engine already: it does sooner what the worker would do anyway.

The rows in the database stay the truth. A task only says "look now": one that is lost, doubled
or late changes nothing, and the engine and `manage.py worker` may run at the same time.
"""

import os
import sys
import time
from collections.abc import Callable

import django
from django.apps import apps

if not apps.ready:  # in the engine's process, which knows nothing of Django
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "footcare.settings")
    django.setup()

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from footcare.lib.logs import one_line, without_people
from outbox import sending
from subscriptions.letters import control, delivery
from subscriptions.models import Delivery

LONGEST_TASK = 60.0  # seconds; engines want to stop, and to show what goes on
_TIMEOUT = 5  # seconds; an editor waits for no broker


def wake_rq() -> None:
    """Ask RQ's workers on the queue "footcare" to look now. Raises OSError without Redis."""
    # RQ and redis are extras.
    from redis import Redis
    from rq import Queue

    broker = Redis.from_url(
        settings.TASK_URL, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT
    )
    with broker:
        # It ends by itself; a job that is broken off would leave a letter in doubt.
        Queue("footcare", connection=broker).enqueue(
            "footcare.tasks.send_letters", job_timeout=-1, result_ttl=0
        )


def _say(line: str) -> None:
    # A mail server names in its words whom it refused; an engine shows what is printed.
    sys.stdout.write(f"{one_line(without_people(line))}\n")


def send_letters(report: Callable[[str], object] = _say) -> int:
    """Send what is due, for a minute at most; return how many letters were tried.

    What is due later, such as a second try, is the worker's, or the next task's.
    """
    end = time.monotonic() + LONGEST_TASK
    tried = 0
    while time.monotonic() < end:
        close_old_connections()
        sending.send_due(report)
        control.start_due(report)
        now = delivery.send_letters(report)
        tried += now
        if not now and not Delivery.objects.oldest_due(timezone.now()):
            break
        if not now:
            time.sleep(1)  # the pace, or a rest after trouble
    else:
        if settings.WAKE_BY:
            import_string(settings.WAKE_BY)()
    delivery.hang_up()
    return tried
