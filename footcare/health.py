"""What programs that watch the site ask: does it live, and is everything in order?"""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from footcare.errors import RETRY_AFTER
from footcare.lib import triggers
from outbox.models import SILENT, Heartbeat, Message
from subscriptions.letters import lateness

MAIL_LATE = timedelta(minutes=10)

# A schema that once was that of this process's code stays so.
_migrated: set[str] = set()


@csrf_exempt
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; it asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain")


@csrf_exempt
@require_safe
@cache_control(no_store=True)
def readyz(request: HttpRequest) -> HttpResponse:
    """One line for each thing that the site needs; 503 if any of them is not in order."""
    found = looked_at()
    lines = "".join(f"{name} {trouble or 'ok'}\n" for name, trouble in found.items())
    response = HttpResponse(lines, content_type="text/plain; charset=utf-8")
    if any(found.values()):
        response.status_code = 503
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def looked_at() -> dict[str, str]:
    """What is wrong with each thing that the site needs; "" where nothing is."""
    found = {"database": _said_by(_database), "cache": _cache()}
    is_away = bool(found["database"])
    for name, look in _IN_THE_DATABASE.items():
        found[name] = "cannot be asked" if is_away else _said_by(look)
    return found


def _said_by(look: Callable[[], str]) -> str:
    try:
        return look()
    except Error:
        return "cannot be asked"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _cache() -> str:
    """Only one that processes share can be away."""
    if not settings.CACHE_IS_SHARED:
        return ""
    key, value = f"readyz:{uuid4()}", "here"
    try:
        cache.set(key, value, timeout=10)
        answers = cache.get(key) == value
    except Exception:  # each kind of cache has errors of its own
        answers = False
    return "" if answers else "does not answer"


def _migrations() -> str:
    if connection.alias not in _migrated:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            return f"missing: {len(plan)}; run manage.py migrate"
        _migrated.add(connection.alias)
    return ""


def _triggers() -> str:
    names = triggers.missing()
    return f"missing: {', '.join(names)}; run manage.py migrate" if names else ""


def _worker() -> str:
    last = Heartbeat.objects.last_beat()
    if last is None:
        return "was never here; start manage.py worker"
    # Also in the future: the clock was set back, and it should have written since.
    silent = abs(timezone.now() - last)
    return f"silent for {_minutes(silent)}" if silent > SILENT else ""


def _mail() -> str:
    since = Message.objects.oldest_due()
    late = timezone.now() - since if since else timedelta()
    return f"waits for {_minutes(late)}" if late > MAIL_LATE else ""


def _letters() -> str:
    if stopped := lateness.stopped_by_failures():
        return f"paused after failures: {stopped}; look at Letters in the admin"
    now = timezone.now()
    since = lateness.stuck_since(now)
    late = now - since if since else timedelta()
    return f"wait for {_minutes(late)}" if late > MAIL_LATE else ""


def _minutes(time: timedelta) -> str:
    return f"{time // timedelta(minutes=1)} minutes"


_IN_THE_DATABASE = {
    "migrations": _migrations,
    "triggers": _triggers,
    "worker": _worker,
    "mail": _mail,
    "letters": _letters,
}
