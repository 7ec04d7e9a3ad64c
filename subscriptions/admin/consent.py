from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from subscriptions.models import Suppression, Wording


class ReadOnlyAdmin(admin.ModelAdmin):
    """What is written down by itself, and by nobody else."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Wording)
class WordingAdmin(ReadOnlyAdmin):
    """The words that readers agreed to, by the version that stands beside each of them."""

    list_display = ["version", "language", "since"]
    fields = ["version", "language", "since", "words"]


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyAdmin):
    """How many addresses no list may bring back, and why; which ones nobody can tell."""

    list_display = ["__str__", "reason", "since"]
    list_filter = ["reason"]
    show_full_result_count = False
    fields = ["reason", "since"]
