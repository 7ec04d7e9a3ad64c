from django.contrib import admin
from django.http import HttpRequest

from subscriptions.models import Subscriber


@admin.register(Subscriber)
class SubscriberAdmin(admin.ModelAdmin):
    """Who is on the list. Nobody is put on it here: only the reader can confirm."""

    list_display = ["email", "state", "asked_at", "confirmed_at", "left_at"]
    list_filter = ["state"]
    search_fields = ["email"]
    show_full_result_count = False
    fields = [
        "email", "state", "topics", "asked_at", "asked_on", "wording",
        "confirmed_at", "left_at",
    ]  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Subscriber | None = None
    ) -> bool:
        return False
