"""How often somebody may try a thing: counted in fixed windows, once for all processes.

The count stands in the database, or in Redis where CACHE_URL names one: either adds and
answers in one step, so exactly as many tries are let through as are allowed. Who tries is
kept as a keyed hash that changes with the window.
"""

import logging
import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from ipaddress import ip_address, ip_network
from time import monotonic, time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

logger = logging.getLogger(__name__)

TABLE = "footcare_trycount"
_COUNT = (
    f"INSERT INTO {TABLE} (key, count, ends_at) VALUES (%s, 1, %s) "
    f"ON CONFLICT (key) DO UPDATE SET count = {TABLE}.count + 1 RETURNING count"
)
_GIVE_BACK = f"UPDATE {TABLE} SET count = count - 1 WHERE key = %s AND count > 0"
_REMEMBER = (
    f"INSERT INTO {TABLE} (key, count, ends_at) VALUES (%s, 0, %s) "
    "ON CONFLICT (key) DO UPDATE SET ends_at = excluded.ends_at"
)
_REMEMBERED = f"SELECT 1 FROM {TABLE} WHERE key = %s AND ends_at > %s"
_FORGET = (
    f"DELETE FROM {TABLE} WHERE key IN "
    f"(SELECT key FROM {TABLE} WHERE ends_at <= %s ORDER BY ends_at LIMIT 1000)"
)

MINUTE = 60
FLOOD = 20  # refused tries of one client in a minute, after which it is a flood
_CACHE_PAUSE = 10  # seconds in which a cache that failed is not asked again
_READER_WAITS = 200  # milliseconds for a lock, where somebody only wants to read
_MOST_REMEMBERED = 10_000

# Some proxies write the port along: 203.0.113.7:8080, [2001:db8::1]:8080.
_WITH_PORT = re.compile(r"^\[?([\d.]+|[\da-f:.]+(?=\]))\]?(?::\d+)?$", re.IGNORECASE)

# What this process refused: key -> (end of the window, tries refused). It is asked before
# anything is counted, so a flood of refused tries costs no write.
_refused: dict[str, tuple[int, int]] = {}
_cache_fails_until = 0.0


def client_network(request: HttpRequest) -> str:
    """The client's address, an IPv6 one as its /64.

    Counted from the right of X-Forwarded-For by TRUSTED_PROXY_COUNT: what stands further
    left was written by the client.
    """
    return network_of(request.META)


def network_of(environ: Mapping[str, Any]) -> str:
    """:func:`client_network` for who has no request yet, but what WSGI says of it."""
    seen = environ.get("REMOTE_ADDR", "")
    forwarded = environ.get("HTTP_X_FORWARDED_FOR")
    hops = forwarded.split(",") if forwarded else []
    if 0 < settings.TRUSTED_PROXY_COUNT <= len(hops):
        seen = _WITH_PORT.sub(r"\1", hops[-settings.TRUSTED_PROXY_COUNT].strip())
    return _network(seen)


@lru_cache(1000)
def _network(seen: str) -> str:
    try:
        address = ip_address(seen)
    except ValueError:
        return "unknown"
    # A server that listens on IPv6 sees a reader of IPv4 as ::ffff:192.0.2.1.
    address = getattr(address, "ipv4_mapped", None) or address
    bits = 64 if address.version == 6 else 32
    return str(ip_network((str(address), bits), strict=False))


def retry_after(
    scope: str, who: str, *, limit: int, seconds: int = MINUTE, reading: bool = False
) -> int:
    """Count one try of ``who`` at ``scope``: 0 if it is among the first ``limit`` of its
    window, otherwise the seconds until the window ends.

    ``who`` is mostly :func:`client_network`. With ``reading`` a database that cannot be
    written lets everybody through: a page that only shows something works without counting.
    """
    end = _end_of_window(seconds)
    key = _key(scope, who, end)
    if key not in _refused and _count(key, end, reading) <= limit:
        return 0
    _remember_refusal(key, end)
    minute = _end_of_window(MINUTE)
    _remember_refusal(_key("flood", who, minute), minute)
    return max(1, math.ceil(end - time()))


def flood_ends_in(who: str) -> int:
    """0, or the seconds left of a minute in which ``who`` went on after FLOOD refusals.

    It asks no database.
    """
    end = _end_of_window(MINUTE)
    _, tries = _refused.get(_key("flood", who, end), (end, 0))
    return max(1, math.ceil(end - time())) if tries >= FLOOD else 0


def give_back(scope: str, who: str, *, seconds: int = MINUTE) -> None:
    """Take back one try that :func:`retry_after` counted in this window."""
    key = _key(scope, who, _end_of_window(seconds))
    if _asks_cache():
        _try_cache(lambda: cache.decr(key) if key in cache else 0)
    _execute(_GIVE_BACK, key)


def remember(scope: str, who: str, *, seconds: int) -> None:
    """Keep for ``seconds`` from now on that ``who`` was here, as a keyed hash."""
    _execute(_REMEMBER, _key(scope, who), int(time()) + seconds)


def remembers(scope: str, who: str) -> bool:
    """Whether :func:`remember` was told of ``who`` and the time has not run out."""
    return bool(_execute(_REMEMBERED, _key(scope, who), int(time())))


def forget_ended(report: Callable[[str], object]) -> int:
    """Delete what is past, some of it; the worker asks again while there was something."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [int(time())])
        return cursor.rowcount


def _end_of_window(seconds: int) -> int:
    return (int(time()) // seconds + 1) * seconds


def _key(scope: str, who: str, end: int = 0) -> str:
    value = f"{scope}\n{who}\n{end}"
    return salted_hmac("footcare.throttle", value, algorithm="sha256").hexdigest()


def _count(key: str, end: int, reading: bool) -> int:
    """The number of this try in its window, from whatever all processes share."""
    if _asks_cache() and (count := _try_cache(lambda: _count_in_cache(key, end))):
        return count
    if not reading:
        return _count_in_database(key, end)
    try:
        with _impatience():
            return _count_in_database(key, end)
    except Error:
        return 0


def _count_in_database(key: str, end: int) -> int:
    ((count,),) = _execute(_COUNT, key, end)
    return count


def _count_in_cache(key: str, end: int) -> int:
    # It outlives its window, so that it is not gone between the two calls.
    timeout = end - int(time()) + MINUTE
    return 1 if cache.add(key, 1, timeout=timeout) else cache.incr(key)


def _asks_cache() -> bool:
    """Whether there is a cache that all processes share, and it answered lately."""
    return settings.CACHE_IS_SHARED and monotonic() >= _cache_fails_until


def _try_cache(ask: Callable[[], int]) -> int | None:
    """The cache's answer; None if it has none, and then it is left alone for a while."""
    global _cache_fails_until  # noqa: PLW0603
    try:
        return ask()
    except Exception as error:  # whatever the client of the cache raises
        _cache_fails_until = monotonic() + _CACHE_PAUSE
        logger.warning("Limits are counted in the database: no cache (%s).", error)
        return None


def _execute(statement: str, *values: str | int) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def _impatience() -> Iterator[None]:
    """On SQLite, wait for the one who writes no longer than a reader would."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    execute = connection.connection.execute
    ((usual,),) = execute("PRAGMA busy_timeout").fetchall()
    execute(f"PRAGMA busy_timeout = {_READER_WAITS}")
    try:
        yield
    finally:
        execute(f"PRAGMA busy_timeout = {usual}")


def _remember_refusal(key: str, end: int) -> None:
    if len(_refused) >= _MOST_REMEMBERED:
        now = time()
        past = [one for one, (then, _) in list(_refused.items()) if then <= now]
        for one in past or list(_refused):
            _refused.pop(one, None)
    _, tries = _refused.get(key, (end, 0))
    _refused[key] = end, tries + 1
