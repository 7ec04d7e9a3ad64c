"""The list of letters and the form of one; what is done with it is done at its desk."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db.models import CharField, TextField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from footcare.lib.admin import FilteredAdmin, RefusingAdmin
from footcare.lib.forms import LineField, VerbatimField
from footcare.lib.text import number_in
from subscriptions.admin import deciding, desk, previews
from subscriptions.admin.addresses import desk_url
from subscriptions.letters.progress import numbers_of
from subscriptions.models import Delivery, Letter

BODY_LENGTH = 50_000

Kind, State = Letter.Kind, Delivery.State

FIELDS = {
    Kind.NOTE: ["subject", "preview", "body", "topics", "at_most_once"],
    Kind.ARTICLE: ["subject", "preview", "body", "at_most_once"],
    Kind.DIGEST: ["subject", "preview", "at_most_once"],
}


class LetterForm(forms.ModelForm):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance.pk:
            # Locked until it is saved: the worker does not queue it in between.
            rows = Letter.objects.filter(pk=self.instance.pk)
            now = rows.select_for_update(of=("self",)).first()
            if now is None or not now.is_editable:
                words = _(
                    "The letter is scheduled or on its way already, so its words stay as "
                    "they are. What you typed is still here, but cannot be saved."
                )
                raise forms.ValidationError(words, "too_late")
        is_note = self.instance.kind == Kind.NOTE
        if is_note and not self.cleaned_data.get("body", "x").strip():
            self.add_error("body", forms.ValidationError(_("Write the letter."), "required"))  # fmt: skip
        return cleaned


class LetterList(ChangeList):
    """Each row leads to the desk of its letter, and knows its numbers."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        numbers = numbers_of(self.result_list)
        for letter in self.result_list:
            letter.numbers = numbers[letter.pk]

    def url_for_result(self, result: Any) -> str:
        return desk_url(result)


@admin.register(Letter)
class LetterAdmin(RefusingAdmin, FilteredAdmin):
    form = LetterForm
    list_display = [
        "subject", "kind", "state", "readers", "sent", "failed", "uncertain",
        "when",
    ]  # fmt: skip
    list_filter = ["state", "kind"]
    list_per_page = 20  # their ledgers are counted
    show_full_result_count = False
    sortable_by = ()
    search_fields = ["subject"]
    ordering = ["-pk"]
    actions = None
    formfield_overrides = {
        CharField: {
            "form_class": LineField,
            "widget": AdminTextInputWidget({"size": 80}),
        },
        TextField: {"form_class": VerbatimField, "max_length": BODY_LENGTH},
    }

    @admin.display(description=_("readers"))
    def readers(self, letter: Letter) -> str:
        return _number(letter, *State)

    @admin.display(description=_("sent"))
    def sent(self, letter: Letter) -> str:
        return _number(letter, State.SENT)

    @admin.display(description=_("failed"))
    def failed(self, letter: Letter) -> str:
        return _number(letter, State.FAILED)

    @admin.display(description=_("uncertain"))
    def uncertain(self, letter: Letter) -> str:
        return _number(letter, State.UNCERTAIN)

    @admin.display(description=_("begun or scheduled"))
    def when(self, letter: Letter) -> str:
        moment = letter.queued_at or letter.scheduled_at
        if moment is None:
            return "–"
        return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LetterList

    def get_urls(self) -> list[URLPattern]:
        look, act = ["GET", "HEAD"], ["POST"]
        return [
            self._path("<int:pk>/desk/", "desk", desk.desk, look + act),
            self._path("<int:pk>/send/", "send", desk.send, look + act),
            self._path(
                "<int:pk>/preview/<str:scheme>/", "preview", previews.preview, look
            ),
            self._path("of-article/<int:pk>/", "of_article", desk.of_article, act),
            *super().get_urls(),
        ]

    def _path(
        self, route: str, name: str, view: Callable[..., Any], methods: list[str]
    ) -> URLPattern:
        guarded = self.admin_site.admin_view(partial(view, self))
        allowed = require_http_methods(methods)(guarded)
        return path(route, allowed, name=f"subscriptions_letter_{name}")

    def get_fields(self, request: HttpRequest, obj: Letter | None = None) -> Any:
        return FIELDS[Kind(obj.kind) if obj else Kind.NOTE]

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "topics":  # all to be seen, without a script
            widget = forms.CheckboxSelectMultiple
            return db_field.formfield(widget=widget, to_field_name="slug")
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        letter = Letter.objects.filter(pk=number_in(object_id or "")).first()
        if letter and request.method != "POST" and not letter.is_editable:
            return HttpResponseRedirect(desk_url(letter))
        further = {
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
            **(extra_context or {}),
        }
        return super().changeform_view(request, object_id, form_url, further)

    def save_model(
        self, request: HttpRequest, obj: Letter, form: forms.ModelForm, change: bool
    ) -> None:
        if change:
            fields = [one for one in form.changed_data if one != "topics"]
            obj.save(update_fields=fields)
            return
        obj.created_by = deciding.editor(request)
        obj.save()

    def response_add(
        self, request: HttpRequest, obj: Letter, post_url_continue: str | None = None
    ) -> HttpResponse:
        super().response_add(request, obj, post_url_continue)
        return HttpResponseRedirect(desk_url(obj))

    def response_change(self, request: HttpRequest, obj: Letter) -> HttpResponse:
        super().response_change(request, obj)
        return HttpResponseRedirect(desk_url(obj))

    def has_delete_permission(
        self, request: HttpRequest, obj: Letter | None = None
    ) -> bool:
        # With a letter its ledger would go, and with that who got it.
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or obj.is_removable)

    def delete_model(self, request: HttpRequest, obj: Letter) -> None:
        rows = Letter.objects.filter(pk=obj.pk).select_for_update(of=("self",))
        if any(not one.is_removable for one in rows):
            raise PermissionDenied
        super().delete_model(request, obj)


def _number(letter: Letter, *states: str) -> str:
    if not letter.is_frozen:
        return "–"
    numbers = letter.numbers  # type: ignore[attr-defined]  # by LetterList
    return number_format(sum(numbers[one] for one in states), force_grouping=True)
