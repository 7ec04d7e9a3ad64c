"""The moderation queue. Every change goes through `moderation`."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from comments import moderation
from comments.models import BODY_LENGTH, NAME_LENGTH, Comment
from footcare.lib.forms import LineField, MailField, TextField


def editor(request: HttpRequest) -> User:
    """Who moderates; the admin lets nobody in who is not logged in."""
    return cast(User, request.user)


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


# Whole sentences: in other languages the ending of a word hangs on the others.
_NOW = {
    Comment.Status.WAITING: ngettext_lazy(
        "%(count)d comment is now waiting.",
        "%(count)d comments are now waiting.",
        "count",
    ),
    Comment.Status.VISIBLE: ngettext_lazy(
        "%(count)d comment is now visible.",
        "%(count)d comments are now visible.",
        "count",
    ),
    Comment.Status.HIDDEN: ngettext_lazy(
        "%(count)d comment is now hidden.",
        "%(count)d comments are now hidden.",
        "count",
    ),
    Comment.Status.SPAM: ngettext_lazy(
        "%(count)d comment is now spam.", "%(count)d comments are now spam.", "count"
    ),
}


class CommentAdminForm(forms.ModelForm):
    # The fields that readers' words go through: browsers send other line ends.
    name = LineField(label=_("Name"), max_length=NAME_LENGTH, required=False)
    email = MailField(label=_("E-mail"), required=False)
    body = TextField(
        label=_("Comment"), max_length=BODY_LENGTH, required=False,
        widget=AdminTextareaWidget,
    )  # fmt: skip

    class Meta:
        model = Comment
        fields = ["article", "media", "parent", "name", "email", "body", "status"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        # One whose words were erased is hidden and stays without them.
        if self.cleaned_data.get("status") != Comment.Status.HIDDEN:
            for name, words in (
                ("name", _("Write a name.")),
                ("body", _("Write a comment.")),
            ):
                if not (self.cleaned_data.get(name) or self.has_error(name)):
                    self.add_error(name, forms.ValidationError(words, "required"))
        return cleaned


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
        self.message_user(request, _NOW[status] % {"count": changed}, messages.SUCCESS)

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
