"""How often one client may do a thing: a fixed window, counted in the cache.

With CACHE_URL (Redis) all processes share the count. Without it each process counts for
itself, so the true limit is the given one times the number of processes.
"""

from ipaddress import ip_address, ip_network
from time import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


def client_network(request: HttpRequest) -> str:
    """The client's address, an IPv6 one as its /64.

    Counted from the right of X-Forwarded-For by TRUSTED_PROXY_COUNT: what stands further
    left was written by the client.
    """
    address = request.META.get("REMOTE_ADDR", "")
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    if 0 < settings.TRUSTED_PROXY_COUNT <= len(hops):
        address = hops[-settings.TRUSTED_PROXY_COUNT].strip()
    try:
        version = ip_address(address).version
    except ValueError:
        return "unknown"
    return str(ip_network((address, 64 if version == 6 else 32), strict=False))


def allow(scope: str, request: HttpRequest, *, limit: int, seconds: int = 60) -> bool:
    """Count one try of this client at ``scope``; False once over ``limit`` in the window."""
    window = int(time()) // seconds
    key = f"throttle:{scope}:{client_network(request)}:{window}"
    if cache.add(key, 1, timeout=seconds):
        return limit >= 1
    try:
        return cache.incr(key) <= limit
    except ValueError:  # the window closed between the two calls
        return True
