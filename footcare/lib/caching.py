"""Headers of pages that any cache may keep, and of those that none may."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.cache import patch_cache_control
from django.utils.http import http_date
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]

# In the request of whoever keeps finished pages; the names in the query are left there that
# the page looks at, if it may be kept.
KEEP = "footcare.keep"
# There, too: of which edition the page will be, or a newer one (articles/edition.py).
EDITION = "footcare.edition"


def public_page(*names: str, keep: bool = True) -> Callable[[View], View]:
    """A page that is only read: no session, no user, no token, so one copy serves all.

    It is kept by browsers and proxies, asked for again each time, and answered 304. Inside
    the process it is kept, too (footcare/page_cache.py), but for ``keep=False``. Of the
    query the view gets to see ``names`` alone, so nothing else can change what it shows. A
    page that takes no form needs no token either, so a wrong method is told as such.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def public(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.GET = _only(names, request.GET)
            if keep and KEEP in request.META:
                request.META[KEEP] = names
                # Whoever keeps the page answers 304, too.
                request.META.pop("HTTP_IF_NONE_MATCH", None)
                request.META.pop("HTTP_IF_MODIFIED_SINCE", None)
            response = view(request, *args, **kwargs)
            patch_cache_control(response, **_public())
            return response

        return csrf_exempt(public)

    return decorate


def _only(names: tuple[str, ...], query: QueryDict) -> Any:
    return QueryDict(urlencode([(n, query[n]) for n in names if n in query]))


def _public() -> dict[str, Any]:
    """An owner with a CDN says for how many seconds it need not ask; nobody else says so."""
    seconds = settings.CDN_SECONDS
    if not seconds:
        return {"public": True, "no_cache": True}
    stale = {"stale_while_revalidate": 10 * seconds}
    return {"public": True, "max_age": 0, "s_maxage": seconds, **stale}


private_page: Callable[[View], View] = cache_control(private=True, no_store=True)


def token_page(view: View) -> View:
    """Keep a mailed link's token out of caches and search engines.

    The referrer policy stays that of the site: with no-referrer a browser would send
    ``Origin: null`` for the page's own form, and nobody could press the button.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = private_page(view)(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return guarded


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
