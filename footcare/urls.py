"""All addresses of the site. They are a public contract: other people's links rest on them."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from footcare import health, machines

urlpatterns = [
    path(settings.ADMIN_PATH, admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("robots.txt", machines.robots, name="robots"),
    path(".well-known/security.txt", machines.security, name="security"),
    path("site.webmanifest", machines.manifest, name="manifest"),
    path("", include("subscriptions.urls")),
    path("", include("comments.urls")),
    # Last: it ends with the owner's own pages, whose paths are data.
    path("", include("articles.urls")),
]

if settings.MAIL_PROVIDER:
    urlpatterns.insert(0, path("mail/", include("subscriptions.bounces.urls")))

handler400 = "footcare.errors.bad_request"
handler403 = "footcare.errors.permission_denied"
handler404 = "footcare.errors.page_not_found"
handler500 = "footcare.errors.server_error"
