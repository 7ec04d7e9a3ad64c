"""The pages that say no. None of them reads the request's body."""

import re
import sys
from typing import Any

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from articles.search import nearest
from footcare.lib.outage import is_outage
from footcare.lib.same_origin import ForeignOrigin

# These come while nothing may be asked of the request or of the database.
_NEED_NOTHING = {400, 411, 413, 500, 503}
RETRY_AFTER = 30  # seconds, for a database that is away or has no room
# Words of our addresses that say nothing about what was looked for.
_OURS = {"articles", "topics", "comments", "media", "feeds", "authors", "index", "html"}


def plain_page(
    request: HttpRequest, status: int, template: str = "", **context: Any
) -> HttpResponse:
    """The page of an error in the site's design, a plainer one if the database is away."""
    name = f"{template or status}.html"
    page = "" if status in _NEED_NOTHING else _dressed(name, request, context)
    response = HttpResponse(page or _bare(name, context), status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _dressed(name: str, request: HttpRequest, context: dict[str, Any]) -> str:
    try:
        return render_to_string(name, {"base": "base.html"} | context, request)
    except Error:
        return ""


def _bare(name: str, context: dict[str, Any]) -> str:
    return render_to_string(name, {"base": "bare.html"} | context)


def bare_page(status: int) -> bytes:
    """The words of the page of an error, as one copy for all who get it."""
    return _bare(f"{status}.html", {}).encode()


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    is_foreign = isinstance(exception, ForeignOrigin)
    return plain_page(request, 403, "403_origin" if is_foreign else "403")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Offer what the address may have meant, where the database can be asked."""
    words = [word for word in re.findall(r"[^\W_]+", request.path) if word not in _OURS]
    asked = " ".join(words[:5])[:100]
    try:
        near = nearest(asked)
    except Error:
        near = []
    return plain_page(request, 404, asked=asked, nearest=near)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django asks while it handles the exception: one of the database's passes."""
    if not is_outage(sys.exception()):
        return plain_page(request, 500)
    response = plain_page(request, 503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response
