"""All addresses of the site. They are a public contract: other people's links rest on them."""

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from footcare import machines


@csrf_exempt
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; it asks nothing of the database."""
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [
    path(settings.ADMIN_PATH, admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("robots.txt", machines.robots, name="robots"),
    path(".well-known/security.txt", machines.security, name="security"),
    path("site.webmanifest", machines.manifest, name="manifest"),
    path("", include("subscriptions.urls")),
    path("", include("comments.urls")),
    # Last: it ends with the owner's own pages, whose paths are data.
    path("", include("articles.urls")),
]

handler400 = "footcare.errors.bad_request"
handler403 = "footcare.errors.permission_denied"
handler404 = "footcare.errors.page_not_found"
handler500 = "footcare.errors.server_error"
