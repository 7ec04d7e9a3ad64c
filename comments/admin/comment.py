"""The list of comments and the form of one. Every change goes through `moderation`."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from comments import moderation, wording
from comments.admin.deciding import editor
from comments.admin.forms import CommentAdminForm, CommentAdminFormWithoutEmail
from comments.admin.queue import queue
from comments.models import Comment, Event
from footcare.lib.counting import CappedPaginator
from footcare.lib.text import number_in

EVENTS = 200  # of one comment, the newest


def sees_email(request: HttpRequest) -> bool:
    return editor(request).has_perm("comments.view_email")


class StatusFilter(admin.SimpleListFilter):
    """What waits comes first: that is why a moderator opens this list."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*Comment.Status.choices, ("all", _("All"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Comment]
    ) -> QuerySet[Comment]:
        if self.value() == "all":
            return queryset
        known = self.value() in Comment.Status.values
        return queryset.filter(status=self.value() if known else Comment.Status.WAITING)

    def choices(self, changelist: Any) -> Any:
        for value, label in self.lookup_choices:
            yield {
                "selected": (self.value() or Comment.Status.WAITING) == value,
                "query_string": changelist.get_query_string(
                    {self.parameter_name: value}
                ),
                "display": label,
            }


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin):
    form = CommentAdminForm
    list_display = [
        "excerpt",
        "name",
        "article",
        "media",
        "status",
        "created_at",
        "on_site",
    ]
    list_filter = [StatusFilter]
    list_select_related = ["article", "media"]
    list_per_page = 50
    show_full_result_count = False
    paginator = CappedPaginator
    sortable_by = ()  # by anything but its number, a list of a million would be sorted whole
    search_fields = ["name", "email", "body"]
    ordering = ["-pk"]
    autocomplete_fields = ["article", "media", "parent"]
    readonly_fields = ["created_at", "edited_at"]
    actions = ["approve", "hide", "mark_spam"]

    @admin.display(description=_("comment"))
    def excerpt(self, comment: Comment) -> str:
        return Truncator(comment.body).chars(90) or str(_("(removed)"))

    @admin.display(description=_("page"))
    def on_site(self, comment: Comment) -> str:
        if comment.status != Comment.Status.VISIBLE:
            return "–"
        return format_html('<a href="{}">{}</a>', comment.get_absolute_url(), _("View"))

    @admin.action(description=_("Approve selected comments"), permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        self._set_status(request, queryset, Comment.Status.VISIBLE)

    @admin.action(description=_("Hide selected comments"), permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        self._set_status(request, queryset, Comment.Status.HIDDEN)

    @admin.action(
        description=_("Mark selected comments as spam"), permissions=["change"]
    )
    def mark_spam(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        self._set_status(request, queryset, Comment.Status.SPAM)

    def _set_status(
        self, request: HttpRequest, queryset: QuerySet[Comment], status: Comment.Status
    ) -> None:
        changed = moderation.set_status(queryset, status, by=editor(request))
        self.message_user(request, wording.now(status, changed), messages.SUCCESS)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(queue, self))
        return [
            path("queue/", view, name="comments_comment_queue"),
            *super().get_urls(),
        ]

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        fields = list(super().get_search_fields(request))
        return (
            fields if sees_email(request) else [one for one in fields if one != "email"]
        )

    def lookup_allowed(
        self, lookup: str, value: str, request: HttpRequest | None = None
    ) -> bool:
        # Django lets everybody ask ?email__startswith= of a list.
        if lookup.startswith("email") and not (request and sees_email(request)):
            return False
        return super().lookup_allowed(lookup, value, request)

    def get_form(
        self,
        request: HttpRequest,
        obj: Comment | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[forms.ModelForm]:
        if not sees_email(request):
            kwargs["form"] = CommentAdminFormWithoutEmail
        return super().get_form(request, obj, change, **kwargs)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        events = Event.objects.filter(comment=number_in(object_id)).select_related("by")
        newest = list(events.order_by("-pk")[:EVENTS])
        context = {"events": newest[::-1], **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What was done with a comment has one home: its events, on its own page."""
        change = reverse("admin:comments_comment_change", args=[number_in(object_id)])
        return HttpResponseRedirect(f"{change}#events")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        user = editor(request)
        name = user.get_full_name() or user.get_username()
        return {
            "name": name,
            "status": Comment.Status.VISIBLE,
            **super().get_changeform_initial_data(request),
        }

    def save_model(
        self, request: HttpRequest, obj: Comment, form: forms.ModelForm, change: bool
    ) -> None:
        if not change:
            obj.author = editor(request)
            obj.save()
            moderation.written(obj, by=editor(request))
            return
        by = editor(request)
        stored = Comment.objects.get(pk=obj.pk)
        if {"article", "media"} & set(form.changed_data):
            moderation.move(stored, obj.article, obj.media, by=by)
        status = Comment.Status(obj.status) if "status" in form.changed_data else None
        chosen = Comment.objects.filter(pk=obj.pk)
        if status == Comment.Status.HIDDEN:
            # Before the words: only a hidden comment may lose them.
            moderation.set_status(chosen, status, by=by)
        words = {"name", "email", "body"} & set(form.changed_data)
        moderation.edit(stored, by=by, **{one: getattr(obj, one) for one in words})
        if status and status != Comment.Status.HIDDEN:
            moderation.set_status(chosen, status, by=by)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Comment | None = None
    ) -> list[str]:
        # A reply moves with its conversation, and what it answers never changes.
        fixed = [] if obj is None else ["parent"]
        if obj is not None and obj.parent_id:
            fixed += ["article", "media"]
        return [*self.readonly_fields, *fixed]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        # Answers are not deleted along: `moderation.erase` leaves a placeholder for them.
        shown = [str(comment) for comment in objs]
        return shown, {"comments": len(shown)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Comment) -> None:
        moderation.erase(Comment.objects.filter(pk=obj.pk), by=editor(request))

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[Comment]
    ) -> None:
        moderation.erase(queryset, by=editor(request))
