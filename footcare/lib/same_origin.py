"""The guard of anonymous POSTs: no token, no session, so pages stay cacheable.

A browser says where a POST comes from, and a page of somebody else's cannot change what it
says. The shape is that of Go 1.25's CrossOriginProtection.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]


class ForeignOrigin(PermissionDenied):
    """A form was sent from a page that is not ours."""


def comes_from_our_site(request: HttpRequest) -> bool:
    """Whether a state-changing request was started by a page of ours.

    ``Sec-Fetch-Site``, where sent, decides. Without it ``Origin`` must be ours. With neither
    it is no browser of today: let in if it carries no cookie, since then nobody's rights
    are used.
    """
    if fetch_site := request.headers.get("Sec-Fetch-Site"):
        return fetch_site in {"same-origin", "none"}
    if origin := request.headers.get("Origin"):
        return origin in settings.SITE_ORIGINS
    return not request.COOKIES


def same_origin_post(view: View) -> View:
    """Replace Django's CSRF token on ``view`` by :func:`comes_from_our_site`.

    Raises ForeignOrigin (403) for a POST from elsewhere.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not comes_from_our_site(request):
            raise ForeignOrigin
        return view(request, *args, **kwargs)

    return csrf_exempt(guarded)
