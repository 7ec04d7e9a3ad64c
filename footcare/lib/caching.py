"""Headers of pages that any cache may keep, and of those that none may."""

from collections.abc import Callable

from django.http import HttpResponse
from django.views.decorators.cache import cache_control

View = Callable[..., HttpResponse]

# Kept by browsers and proxies, asked again each time, answered 304: never stale.
# A page under it knows no session, no user, no token, so one copy serves every reader.
public_page: Callable[[View], View] = cache_control(public=True, no_cache=True)
private_page: Callable[[View], View] = cache_control(private=True, no_store=True)
