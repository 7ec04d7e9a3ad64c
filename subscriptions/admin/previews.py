"""The letter in a frame of its desk: a document that may do nothing at all."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from footcare.lib import csp
from subscriptions.letters.preflight import is_lost
from subscriptions.letters.preview import SCHEMES, in_scheme, parts_for_nobody
from subscriptions.models import Letter

# A mail has its style in its elements, and mail programs run nothing either.
_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "frame-ancestors": ["'self'"],
    "sandbox": [],
}
_HEADERS = {
    "Content-Security-Policy": csp.header(_POLICY),
    "X-Frame-Options": "SAMEORIGIN",
}


def preview(
    model_admin: admin.ModelAdmin, request: HttpRequest, pk: int, scheme: str
) -> HttpResponse:
    """The HTML of letter ``pk`` as a program shows it that prefers ``scheme``."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    letter = get_object_or_404(Letter.objects.select_related("article"), pk=pk)
    if scheme not in SCHEMES or is_lost(letter):
        raise Http404("Nothing to show.")
    html = in_scheme(parts_for_nobody(letter).html, scheme)
    return HttpResponse(html, headers=_HEADERS)
