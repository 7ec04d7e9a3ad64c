"""The audit trail as a whole: it also tells of comments that are gone. Nobody changes it."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from comments.models import Event
from footcare.lib.admin import ReadOnlyAdmin
from footcare.lib.counting import CappedPaginator
from footcare.lib.text import number_in


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "number", "what", "change", "who", "by"]
    list_select_related = ["by"]
    list_per_page = 50
    show_full_result_count = False
    paginator = CappedPaginator
    sortable_by = ()
    ordering = ["-pk"]
    search_fields = ["comment"]
    search_help_text = _("The number of a comment.")
    fields = ["at", "number", "what", "change", "who", "by", "words"]

    @admin.display(description=_("comment"))
    def number(self, event: Event) -> int:
        return event.comment_id  # the comment itself may be gone

    @admin.display(description=_("change"))
    def change(self, event: Event) -> str:
        return event.change or "–"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        if search_term:
            queryset = queryset.filter(comment=number_in(search_term.strip()))
        return queryset, False
