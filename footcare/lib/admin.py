"""Kinds of admin pages that more than one app has."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest


class FilteredAdmin(admin.ModelAdmin):
    """A list of which nothing is asked but what its own filters ask.

    Django answers ?text__startswith= of every column, so that whoever sees the list could
    read, letter by letter, what it does not show: addresses, and the links in a mail.
    """

    further_lookups: tuple[str, ...] = ()  # that links of ours lead to

    def lookup_allowed(
        self, lookup: str, value: str, request: HttpRequest | None = None
    ) -> bool:
        asked: set[Any] = {*self.further_lookups, self.date_hierarchy}
        for one in self.list_filter:
            asked.add(getattr(one, "parameter_name", one))
        return lookup.partition("__")[0] in asked and super().lookup_allowed(
            lookup, value, request
        )


class WatchedAdmin(FilteredAdmin):
    """What comes about elsewhere: nobody adds or changes it here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(WatchedAdmin):
    """The same, and nobody deletes it here."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OneRowAdmin(admin.ModelAdmin):
    """Settings: one row, number 1, which may be added where it is missing, and stays."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not self.model.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Any, form: ModelForm, change: bool
    ) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)
