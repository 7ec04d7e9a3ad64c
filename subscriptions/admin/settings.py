from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from subscriptions.models import SendingSettings


@admin.register(SendingSettings)
class SendingSettingsAdmin(admin.ModelAdmin):
    """How letters go out: one row."""

    fieldsets = [
        (_("By themselves"), {"fields": ["send_on_publish", ("digest_weekday", "digest_hour"), "stale_hours"]}),
        (_("Pace"), {
            "description": _("A change counts at once, for what is being sent, too."),
            "fields": [("per_second", "per_hour")],
        }),
        (_("Trouble"), {"fields": ["stop_after", "alert_email", "soft_bounces"]}),
        (_("In each letter"), {"fields": ["imprint"]}),
        (_("Who may join"), {"fields": ["refuse_roles", "refused_domains"]}),
    ]  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        allowed = super().has_add_permission(request)
        return allowed and not SendingSettings.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: SendingSettings, form: ModelForm, change: bool
    ) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)
