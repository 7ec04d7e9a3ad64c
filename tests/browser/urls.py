"""The site's own addresses, and those where each kind of error can be looked at.

Some of them no browser brings about: a body without a length, a fault of ours.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from footcare import urls
from footcare.errors import plain_page
from footcare.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def refused(request: HttpRequest, template: str) -> HttpResponse:
    return plain_page(request, int(template[:3]), template)


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("Broken on purpose.")


urlpatterns = [
    path("refused/<str:template>/", refused),
    path("broken/", broken),
    *urls.urlpatterns,
]
