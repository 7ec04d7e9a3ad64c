from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from footcare.lib.admin import OneRowAdmin
from subscriptions.models import SendingSettings


@admin.register(SendingSettings)
class SendingSettingsAdmin(OneRowAdmin):
    """How letters go out: one row."""

    fieldsets = [
        (_("By themselves"), {"fields": ["send_on_publish", "digest_weekday", "digest_hour", "stale_hours"]}),
        (pgettext_lazy("how fast letters go out", "Pace"), {
            "description": _("A change counts at once, for what is being sent, too."),
            "fields": ["per_second", "per_hour"],
        }),
        (_("Trouble"), {"fields": ["stop_after", "alert_email", "soft_bounces"]}),
        (_("In each letter"), {"fields": ["imprint"]}),
        (_("Who may join"), {"fields": ["refuse_roles", "refused_domains"]}),
    ]  # fmt: skip
