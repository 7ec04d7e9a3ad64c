"""Confirmed readers: looked at, never made or changed here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from comments.models import Reader
from footcare.lib.admin import ReadOnlyAdmin


@admin.register(Reader)
class ReaderAdmin(ReadOnlyAdmin):
    """The address only for those who may see addresses, in the list, the row and the search."""

    show_full_result_count = False

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["number", *self._address(request), "confirmed_at", "noticed_at"]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return self._address(request)

    def get_fields(self, request: HttpRequest, obj: Reader | None = None) -> list[Any]:
        return [*self._address(request), "confirmed_at", "noticed_at"]

    @admin.display(description=_("reader"), ordering="pk")
    def number(self, reader: Reader) -> str:
        return str(reader)

    def _address(self, request: HttpRequest) -> list[str]:
        may_see = request.user.has_perm("comments.view_email")
        return ["email"] if may_see else []
