from django.contrib import admin

from footcare.lib.admin import ReadOnlyAdmin
from subscriptions.models import Suppression, Wording


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
