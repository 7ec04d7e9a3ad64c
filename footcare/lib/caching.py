"""Headers of pages that any cache may keep, and of those that none may."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date
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


def dated(
    request: HttpRequest, response: HttpResponse, changed: datetime
) -> HttpResponse:
    """Tell when what ``response`` shows has changed last.

    Asked by date alone, the site answers 304 for this very date and for no later one: the
    date may also go back, when the newest of what is shown goes.
    """
    date = response.headers["Last-Modified"] = http_date(changed.timestamp())
    if request.headers.get("if-modified-since") != date:
        request.META.pop("HTTP_IF_MODIFIED_SINCE", None)
    return response
