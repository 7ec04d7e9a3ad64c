"""Lists that the owner brings: looked through, imported, taken back."""

import io
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from footcare.lib.admin import FilteredAdmin
from footcare.lib.text import number_in
from subscriptions.admin.import_forms import ImportForm, UploadForm
from subscriptions.lists import asking, importing, reading, undoing
from subscriptions.lists.reading import Layout
from subscriptions.lists.report import Report
from subscriptions.models import Import


@admin.register(Import)
class ImportAdmin(FilteredAdmin):
    """An import stays, to show where its people come from; the file itself does not."""

    list_display = ["number", "file_name", "state", "people", "created_by", "created_at", "done_at"]  # fmt: skip
    list_select_related = ["created_by"]
    list_per_page = 50
    show_full_result_count = False
    sortable_by = ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Import]:
        return super().get_queryset(request).defer("content")

    @admin.display(description=_("import"), ordering="pk")
    def number(self, imported: Import) -> str:
        return str(imported)

    @admin.display(description=_("new"))
    def people(self, imported: Import) -> str:
        return number_format(Report.from_json(imported.report).counts["new"])

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            imported = form.save(cast(User, request.user))
            _look_through(imported)
            self.log_addition(request, imported, gettext("File looked through."))
            return _to(imported)
        return self._page(request, "add", gettext("Bring a list"), {"form": form})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        imported = Import.objects.filter(pk=number_in(object_id)).first()
        if imported is None:
            raise Http404
        if request.method != "POST":
            return self._import_page(request, imported)
        if not self.has_add_permission(request):
            raise PermissionDenied
        does = {"undo": self._undo, "discard": self._discard}
        return does.get(request.POST.get("do", ""), self._go_on)(request, imported)

    def _go_on(self, request: HttpRequest, imported: Import) -> HttpResponse:
        """Look through it again, or import it as it was last looked through."""
        if imported.state != Import.State.CHECKED or not imported.content:
            return self._over(request, imported)
        form = _form(imported, request.POST)
        if not form.is_valid():
            return self._import_page(request, imported, form)
        is_same = form.chosen == Layout.from_json(imported.mapping)
        imported.proof = form.cleaned_data["proof"]
        imported.mapping = form.chosen.as_json()
        imported.save(update_fields=["proof", "mapping"])
        if request.POST.get("do") == "import" and is_same:
            return self._import(request, imported, form)
        _look_through(imported)
        if request.POST.get("do") == "import":
            words = _("The columns have changed: look at the numbers, then import.")
            messages.warning(request, words)
        return _to(imported)

    def _import(
        self, request: HttpRequest, imported: Import, form: ImportForm
    ) -> HttpResponse:
        asks = form.cleaned_data["how"] == ImportForm.ASK
        take = asking.hand_over if asks else importing.run
        try:
            report = take(imported, _lines(imported), form.chosen)
        except importing.OverError:
            return self._over(request, imported)
        count = report.counts["new"]
        if asks:
            words = ngettext(
                "%d person is asked to confirm.",
                "%d people are asked to confirm.",
                count,
            )
        else:
            words = ngettext(
                "%d person is on the list now.", "%d people are on the list now.", count
            )
        self.log_change(request, imported, words % count)
        messages.success(request, words % count)
        return _to(imported)

    def _undo(self, request: HttpRequest, imported: Import) -> HttpResponse:
        removed, _stay = undoing.undo(imported)
        words = (
            ngettext("%d person taken off.", "%d people taken off.", removed) % removed
        )
        self.log_change(request, imported, words)
        messages.success(request, words)
        return _to(imported)

    def _discard(self, request: HttpRequest, imported: Import) -> HttpResponse:
        undoing.throw_away(imported)
        messages.success(request, _("The file is thrown away."))
        return HttpResponseRedirect(reverse("admin:subscriptions_import_changelist"))

    def _over(self, request: HttpRequest, imported: Import) -> HttpResponse:
        messages.warning(
            request, _("Somebody else was quicker: this is how it is now.")
        )
        return _to(imported)

    def _import_page(
        self, request: HttpRequest, imported: Import, form: ImportForm | None = None
    ) -> HttpResponse:
        is_open = imported.state == Import.State.CHECKED and bool(imported.content)
        if is_open and form is None:
            form = _form(imported)
        report = Report.from_json(imported.report)
        stay = imported.report.get("stay", {})
        context = {
            "imported": imported,
            "form": form,
            "kinds": list(report.kinds()),
            "networks": [one for one in form.columns if reading.is_of_network(one)]
            if form
            else [],
            "brought": imported.subscribers.count(),
            "to_ask": imported.content.count("\n") if not is_open else 0,
            "stay": [(undoing.WORDS[why], count) for why, count in stay.items()],
            "can_import": self.has_add_permission(request),
        }
        return self._page(request, "import", str(imported), context)

    def _page(
        self, request: HttpRequest, template: str, title: str, context: dict[str, Any]
    ) -> HttpResponse:
        form = context["form"]
        return TemplateResponse(
            request,
            f"admin/subscriptions/import/{template}.html",
            {
                **self.admin_site.each_context(request),
                "title": capfirst(title),
                "opts": self.opts,
                **context,
            },
            status=422 if form and form.errors else 200,
        )


def _to(imported: Import) -> HttpResponse:
    return HttpResponseRedirect(
        reverse("admin:subscriptions_import_change", args=[imported.pk])
    )


def _lines(imported: Import) -> io.StringIO:
    return io.StringIO(imported.content, newline="")


def _form(imported: Import, data: Any = None) -> ImportForm:
    names = reading.names_of(_lines(imported), Layout.from_json(imported.mapping))
    return ImportForm(data, imported=imported, columns=names)


def _look_through(imported: Import) -> None:
    report = importing.check(_lines(imported), Layout.from_json(imported.mapping))
    Import.objects.filter(pk=imported.pk, state=Import.State.CHECKED).update(
        report=report.as_json(with_addresses=True)
    )
