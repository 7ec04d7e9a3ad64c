from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from footcare.login import LoginForm


class AdminSite(admin.AdminSite):
    """Django's admin behind a log-in that counts tries."""

    login_form = LoginForm

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().login(request, extra_context)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if wait := getattr(form, "retry_after", 0):
            response.status_code = 429
            response.headers["Retry-After"] = str(wait)
        return response
