"""The ledger, to look at: what became of a letter for each of its readers."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from footcare.lib.admin import ReadOnlyAdmin
from footcare.lib.counting import CappedPaginator
from footcare.lib.logs import without_people
from footcare.lib.text import number_in
from subscriptions.models import Delivery, Letter, Subscriber

LETTERS = 20  # to choose among, the newest


def sees_readers(request: HttpRequest) -> bool:
    return request.user.has_perm("subscriptions.view_subscriber")


class LetterFilter(admin.SimpleListFilter):
    """One letter at a time, the newest by itself: an index holds the rows of each."""

    title = _("letter")
    parameter_name = "letter"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        queued = Letter.objects.exclude(queued_at=None).order_by("-pk")[:LETTERS]
        return list(queued.values_list("pk", "subject"))

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Delivery]
    ) -> QuerySet[Delivery]:
        if self.value():
            return queryset.filter(letter=number_in(self.value() or ""))
        if request.GET.get("q"):  # all that one reader got
            return queryset
        newest = Letter.objects.exclude(queued_at=None).order_by("-pk").first()
        return queryset.filter(letter=newest.pk if newest else 0)

    def choices(self, changelist: Any) -> Any:
        newest = "" if changelist.query else str(self.lookup_choices[0][0])
        shown = self.value() or newest
        for value, label in self.lookup_choices:
            yield {
                "selected": shown == str(value),
                "query_string": changelist.get_query_string({"letter": value}),
                "display": label,
            }


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Nothing is written here: what is to be tried again is decided at the letter."""

    list_filter = [LetterFilter, "state", "bounced"]
    list_select_related = ["letter", "subscriber"]
    list_per_page = 50
    show_full_result_count = False
    paginator = CappedPaginator
    show_facets = admin.ShowFacets.NEVER  # they would be counted
    sortable_by = ()
    ordering = ["-pk"]
    search_fields = ["subscriber"]
    search_help_text = _("The whole address of a reader.")

    @admin.display(description=_("reader"))
    def reader(self, delivery: Delivery) -> str:
        return delivery.subscriber.email if delivery.subscriber else "–"

    @admin.display(description=_("reader"))
    def number(self, delivery: Delivery) -> str:
        return str(delivery.subscriber or "–")

    @admin.display(description=_("error"))
    def words(self, delivery: Delivery) -> str:
        return without_people(delivery.error)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["letter", *self._shown(request)]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["letter", *self._shown(request), "due_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    def _shown(self, request: HttpRequest) -> list[str]:
        sees = sees_readers(request)
        return [
            "reader" if sees else "number", "state", "attempts", "tried_at",
            "error" if sees else "words", "bounced", "left_at",
        ]  # fmt: skip

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return list(self.search_fields) if sees_readers(request) else []

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Delivery], search_term: str
    ) -> tuple[QuerySet[Delivery], bool]:
        if search_term and sees_readers(request):
            readers = Subscriber.objects.at(search_term.strip())
            queryset = queryset.filter(subscriber__in=readers.values("pk"))
        return queryset, False
