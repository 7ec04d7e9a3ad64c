"""Kinds of admin pages that more than one app has."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse


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


class RefusingAdmin(admin.ModelAdmin):
    """A form that is refused comes back with 422, as everywhere on the site."""

    def changeform_view(self, *args: Any, **kwargs: Any) -> Any:
        response = super().changeform_view(*args, **kwargs)
        if (getattr(response, "context_data", None) or {}).get("errors"):
            response.status_code = 422
        return response


class OneRowAdmin(RefusingAdmin):
    """Settings: one row, number 1, which may be added where it is missing, and stays."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Straight to the form: a list of one row, or of none, is a page too many."""
        if not self.has_view_permission(request) and not self.has_add_permission(
            request
        ):
            raise PermissionDenied
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if self.model.objects.filter(pk=1).exists():
            return HttpResponseRedirect(reverse(f"{name}_change", args=[1]))
        if self.has_add_permission(request):
            return HttpResponseRedirect(reverse(f"{name}_add"))
        return super().changelist_view(request, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        further = {"show_save_and_add_another": False, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, further)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not self.model.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Any, form: ModelForm, change: bool
    ) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)
