"""How often one client may do a thing: a fixed window, counted in the cache.

With CACHE_URL (Redis) all processes share the count. Without it each process counts for
itself, so the true limit is the given one times the number of processes.
"""

import re
from ipaddress import ip_address, ip_network
from time import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

# Some proxies write the port along: 203.0.113.7:8080, [2001:db8::1]:8080.
_WITH_PORT = re.compile(r"^\[?([\d.]+|[\da-f:.]+(?=\]))\]?(?::\d+)?$", re.IGNORECASE)


def client_network(request: HttpRequest) -> str:
    """The client's address, an IPv6 one as its /64.

    Counted from the right of X-Forwarded-For by TRUSTED_PROXY_COUNT: what stands further
    left was written by the client.
    """
    seen = request.META.get("REMOTE_ADDR", "")
    forwarded = request.headers.get("X-Forwarded-For")
    hops = forwarded.split(",") if forwarded else []
    if 0 < settings.TRUSTED_PROXY_COUNT <= len(hops):
        seen = _WITH_PORT.sub(r"\1", hops[-settings.TRUSTED_PROXY_COUNT].strip())
    try:
        address = ip_address(seen)
    except ValueError:
        return "unknown"
    # A server that listens on IPv6 sees a reader of IPv4 as ::ffff:192.0.2.1.
    address = getattr(address, "ipv4_mapped", None) or address
    bits = 64 if address.version == 6 else 32
    return str(ip_network((str(address), bits), strict=False))


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
