"""Kinds of admin pages that more than one app has."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest


class WatchedAdmin(admin.ModelAdmin):
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
