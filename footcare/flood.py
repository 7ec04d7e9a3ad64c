"""The outermost step: who goes on after many refusals is turned away before it costs."""

from collections.abc import Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from footcare import errors
from footcare.door import Application
from footcare.lib import throttle

_DRESSING = [
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "footcare.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
]


class FloodGate:
    """A WSGI application around ``application``.

    It answers 429 to forms and searches of a client that is a flood
    (:func:`footcare.lib.throttle.flood_ends_in`), with one page made once. Who only reads is
    let in, whatever else comes from the same network.
    """

    def __init__(self, application: Application) -> None:
        self.application = application
        self.page: HttpResponse | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        is_counted = (
            environ["REQUEST_METHOD"] == "POST" or environ["PATH_INFO"] == "/search/"
        )
        network = throttle.network_of(environ) if is_counted else ""
        if not (network and (wait := throttle.flood_ends_in(network))):
            return self.application(environ, start_response)
        if self.page is None:
            self.page = _page(environ)
        headers = [*self.page.headers.items(), ("Retry-After", str(wait))]
        start_response("429 Too Many Requests", headers)
        return [self.page.content]


def _page(environ: dict[str, Any]) -> HttpResponse:
    """The refusal with the headers of every page."""

    def view(request: HttpRequest) -> HttpResponse:
        body = errors.bare_page(429)
        headers = {"Cache-Control": "no-store", "Content-Length": str(len(body))}
        return HttpResponse(body, headers=headers)

    for path in _DRESSING:
        view = import_string(path)(view)
    return view(WSGIRequest(environ))
