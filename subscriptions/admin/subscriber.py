"""Who is on the list: looked at, taken off, taken away as a file; never put on it here."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    JsonResponse,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from footcare.lib.admin import WatchedAdmin
from footcare.lib.counting import CappedPaginator
from footcare.lib.forms import MailField
from subscriptions import joining, own_data
from subscriptions.lists import deleting, exporting
from subscriptions.models import Subscriber

# More than to delete the row: a hash stays, and what was sent forgets the address.
_ERASE = pgettext_lazy("a reader", "Erase")


@admin.register(Subscriber)
class SubscriberAdmin(WatchedAdmin):
    """Only the reader can confirm, and only the reader changes what they chose."""

    list_display = ["email", "state", "asked_at", "confirmed_at", "left_at"]
    list_filter = ["state", "pace"]
    further_lookups = ("imported",)
    list_per_page = 50
    show_full_result_count = False
    paginator = CappedPaginator
    sortable_by = ()  # by anything but its number, a hundred thousand would be sorted
    ordering = ["-pk"]
    search_fields = ["email"]
    search_help_text = _("A whole address.")
    list_select_related = ["imported"]
    actions = ["take_off", "erase", "take_along"]
    fields = [
        "email", "state", "topics", "pace", "paused_until", "asked_at", "asked_on",
        "wording", "imported", "proof", "confirmed_at", "changed_at", "left_at",
        "bounced_at", "soft_bounces",
    ]  # fmt: skip

    def has_export_permission(self, request: HttpRequest) -> bool:
        return cast(User, request.user).has_perm("subscriptions.export_subscriber")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Subscriber], search_term: str
    ) -> tuple[QuerySet[Subscriber], bool]:
        if words := search_term.strip():
            # As it is stored. An index finds it; a part of an address, nothing would.
            queryset = queryset.filter(pk__in=Subscriber.objects.at(_stored(words)))
        return queryset, False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.export)
        return [
            path("export/", view, name="subscriptions_subscriber_export"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        user = cast(User, request.user)
        context = {
            "may_export": self.has_export_permission(request),
            "may_import": user.has_perm("subscriptions.add_import"),
            "may_count": user.has_perm("subscriptions.view_tally"),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def export(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """The list as a file. By POST, so that nobody is led to it by a link."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        state = request.POST.get("state", "")
        if state and state not in Subscriber.State.values:
            raise BadRequest("There is no such state.")
        self._log_export(request, state)
        name = f"subscribers-{timezone.localdate().isoformat()}.csv"
        return StreamingHttpResponse(
            exporting.csv_of(state),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "no-store",
            },
        )

    def _log_export(self, request: HttpRequest, state: str) -> None:
        LogEntry.objects.create(
            user=cast(User, request.user),
            content_type=ContentType.objects.get_for_model(Subscriber),
            object_repr=str(Subscriber._meta.verbose_name_plural),
            action_flag=CHANGE,
            change_message=gettext("Taken away as a file (state: %(state)s).")
            % {"state": Subscriber.State(state).label if state else gettext("all")},
        )

    @admin.action(description=_("Take off the list"), permissions=["delete"])
    def take_off(
        self, request: HttpRequest, queryset: QuerySet[Subscriber]
    ) -> HttpResponse | None:
        return self._once_sure(
            request,
            queryset,
            _("Take off the list"),
            joining.leave,
            _(
                "As if they had left themselves: no list brings them back, only they can."
            ),
        )

    @admin.action(description=_ERASE, permissions=["delete"])
    def erase(
        self, request: HttpRequest, queryset: QuerySet[Subscriber]
    ) -> HttpResponse | None:
        return self._once_sure(
            request,
            queryset,
            _ERASE,
            own_data.erase,
            _(
                "All that is known of them goes, but for a hash of the address, by which no "
                "list brings them back."
            ),
        )

    @admin.action(
        description=_("Take along what is stored of one"), permissions=["export"]
    )
    def take_along(
        self, request: HttpRequest, queryset: QuerySet[Subscriber]
    ) -> HttpResponse | None:
        """What a reader gets by their own link, for one who asked by another way."""
        chosen = list(queryset)
        if len(chosen) != 1:
            words = _("Choose one: what is stored of somebody is for nobody else.")
            self.message_user(request, words, messages.ERROR)
            return None
        self.log_change(request, chosen[0], gettext("Taken away as a file."))
        name = f"subscriber-{chosen[0].pk}.json"
        return JsonResponse(
            own_data.everything(chosen[0]),
            json_dumps_params={"ensure_ascii": False, "indent": 2},
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _once_sure(
        self,
        request: HttpRequest,
        queryset: QuerySet[Subscriber],
        title: Any,
        act: Callable[[Subscriber], object],
        words: Any,
    ) -> HttpResponse | None:
        """Ask first; then do it to each, and note it in the log."""
        chosen = list(queryset)
        if not request.POST.get("post"):
            context = {
                **self.admin_site.each_context(request),
                "title": title,
                "opts": self.opts,
                "chosen": chosen,
                "words": words,
                "action": request.POST["action"],
                "action_checkbox_name": ACTION_CHECKBOX_NAME,
            }
            return TemplateResponse(
                request, "admin/subscriptions/subscriber/sure.html", context
            )
        for one in chosen:
            self.log_change(request, one, str(title))
            act(one)
        done = ngettext(
            "Done for %d subscriber.", "Done for %d subscribers.", len(chosen)
        )
        self.message_user(request, done % len(chosen), messages.SUCCESS)
        return None

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """Whom it is about, by their addresses. What hangs on them needs no right of its own."""
        sees = self.has_view_permission(request)
        shown = [
            f"{one.email if sees else one} ({one.get_state_display()})" for one in objs
        ]
        return shown, {str(self.opts.verbose_name_plural): len(shown)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Subscriber) -> None:
        deleting.delete(Subscriber.objects.filter(pk=obj.pk))

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[Subscriber]
    ) -> None:
        deleting.delete(queryset)


def _stored(words: str) -> str:
    try:
        return MailField().to_python(words)
    except ValidationError:
        return words
