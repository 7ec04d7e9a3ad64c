"""The pages that say no. None of them reads the request's body."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from footcare.lib.same_origin import ForeignOrigin

# These come while nothing may be asked of the request or of the database.
_NEED_NOTHING = {400, 411, 413, 500}


def plain_page(request: HttpRequest, status: int, template: str = "") -> HttpResponse:
    """The page of an error in the site's design."""
    bare = status in _NEED_NOTHING
    page = render_to_string(
        f"{template or status}.html",
        {"base": "bare.html" if bare else "base.html"},
        request=None if bare else request,
    )
    response = HttpResponse(page, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    is_foreign = isinstance(exception, ForeignOrigin)
    return plain_page(request, 403, "403_origin" if is_foreign else "403")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return plain_page(request, 500)
