"""What stands between the server and every view."""

import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions import middleware as sessions
from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse

from footcare import errors
from footcare.lib import csp
from footcare.lib.text import number_in

STRANGERS_FIELDS = 200  # in a form; a reader's has less than ten, but for topics

GetResponse = Callable[[HttpRequest], HttpResponse]

# What pages of other sites may show, and programs in them read.
_FOR_OTHER_SITES = re.compile(
    r"/(feeds/|oembed/|articles/[^/]+/comments\.(rss|atom)\Z"
    r"|static/(img|root|svg)/|favicon\.ico\Z|apple-touch-icon\.png\Z)"
)


class SecurityHeadersMiddleware:
    """Send ``settings.SECURE_CSP`` and the headers that Django 5.2 has no setting for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.headers = {
            "Content-Security-Policy": csp.header(settings.SECURE_CSP),
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        }
        if settings.SITE_IS_HTTPS:
            # Django sends it only when the request itself looks encrypted, which behind a
            # proxy that is not declared it never does.
            self.headers["Strict-Transport-Security"] = (
                f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
            )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _FOR_OTHER_SITES.match(request.path_info):
            # Here and not in the views: an answer 304 is a new one.
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            response.headers["Access-Control-Allow-Origin"] = "*"
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        if response.status_code >= 400:
            # Whatever refused it, Django's own pages included.
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class ReadableRequestMiddleware:
    """Refuse what cannot be read or stored, before anything else trips over it.

    Reading ``request.POST`` for the first time may raise (too many fields, a body that is
    too large or breaks off). Left to the views, stock Django reads
    it again while it makes the error page and answers 500. A NUL, which PostgreSQL does not
    store, has no place in an address or a cookie.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = f"{request.path_info}?{request.META.get('QUERY_STRING', '')}"
        texts = [address, *request.COOKIES, *request.COOKIES.values()]
        if "%00" in address or any("\x00" in text for text in texts):
            return errors.plain_page(request, 400)
        if "Transfer-Encoding" in request.headers:
            # Django reads a body only as far as its Content-Length: words would be lost.
            return errors.plain_page(request, 411)
        length = request.headers.get("content-length") or "0"
        if not (length.isascii() and length.isdigit()):
            return errors.plain_page(request, 400)
        if number_in(length) > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0):
            return errors.plain_page(request, 413)
        try:
            fields = sum(len(values) for _, values in request.POST.lists())
        except RequestDataTooBig:
            return errors.plain_page(request, 413)
        except (
            BadRequest,
            SuspiciousOperation,
            MultiPartParserError,
            UnicodeError,
            LookupError,
            OSError,
        ):
            return errors.plain_page(request, 400)
        if fields > STRANGERS_FIELDS and not _is_for_the_desk(request):
            return errors.plain_page(request, 400)
        return self.get_response(request)


def _is_for_the_desk(request: HttpRequest) -> bool:
    return request.path.startswith(reverse("admin:index"))


class SessionMiddleware(sessions.SessionMiddleware):
    """Django's, but what did not look at the session says nothing of it.

    Whoever names a session that never was would get its cookie taken back with a public
    page, which a cache could then hand to others: to an editor, too.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        if not request.session.accessed:
            return response
        return super().process_response(request, response)


class PlainRefusalMiddleware:
    """Give an empty refusal (a wrong method, too many requests) a page to read."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code not in {405, 429} or response.content:
            return response
        page = errors.plain_page(request, response.status_code)
        for name in {"Allow", "Retry-After"} & set(response.headers):
            page.headers[name] = response.headers[name]
        return page
