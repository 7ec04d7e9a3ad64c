"""Headers of pages that any cache may keep, and of those that none may."""

from collections.abc import Callable

from django.http import HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]


def public_page(view: View) -> View:
    """A page that is only read: no session, no user, no token, so one copy serves all.

    It is kept by browsers and proxies, asked for again each time, and answered 304. A page
    that takes no form needs no token either, so a wrong method is told as such.
    """
    return csrf_exempt(cache_control(public=True, no_cache=True)(view))


private_page: Callable[[View], View] = cache_control(private=True, no_store=True)
