"""Where the owner writes. Sections hang on the article, points on their section."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.filters import EmptyFieldListFilter
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db.models import CharField, TextField, URLField
from django.forms import ModelForm, Script
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from articles.formsets import NoteFormSet, SectionFormSet
from articles.models import (
    Article,
    Author,
    Media,
    Note,
    Page,
    Point,
    Section,
    SiteSettings,
    Source,
    Topic,
)
from footcare.lib.admin import OneRowAdmin
from footcare.lib.forms import VerbatimField

# The script is a plain file: its words stand beside it.
_ARROWS = {"data-up": _("Move up"), "data-down": _("Move down")}


class Sortable(InlineModelAdmin):
    """Rows of an inline that move by their position number, or by the arrows beside it."""

    classes = ["sortable"]

    class Media:
        js = [Script("js/admin-sort.js", **_ARROWS)]


# An author's text keeps its characters; a browser would send other line ends.
VERBATIM: dict[Any, Any] = {TextField: {"form_class": VerbatimField}}


class SectionInline(Sortable, admin.StackedInline):
    model = Section
    formset = SectionFormSet
    extra = 0
    fields = [("position", "kind"), ("heading", "anchor"), "text"]
    formfield_overrides = VERBATIM
    show_change_link = True


class PointInline(Sortable, admin.StackedInline):
    model = Point
    extra = 0
    fields = [("position", "kind", "strength"), "text", "sources"]
    autocomplete_fields = ["sources"]
    formfield_overrides = {CharField: {"widget": AdminTextInputWidget({"size": 80})}}


# An address typed without a scheme is an https one.
WEB_ADDRESS: dict[Any, Any] = {**VERBATIM, URLField: {"assume_scheme": "https"}}


class MediaInline(Sortable, admin.StackedInline):
    model = Media
    extra = 0
    formfield_overrides = WEB_ADDRESS
    fields = [
        ("position", "provider", "state"), "title", "url", ("author", "published"),
        "quote", ("remote_comments", "remote_as_of"),
    ]  # fmt: skip


def may_approve(request: HttpRequest) -> bool:
    """Who may decide which of the site's words readers see."""
    return request.user.has_perm("articles.approve_note")


class NoteInline(Sortable, admin.StackedInline):
    """Only for those who may approve; others prepare drafts in the list of notes."""

    model = Note
    formset = NoteFormSet
    fields = [
        ("position", "kind", "level"), "section", "heading", "text", "sources", "status",
    ]  # fmt: skip
    autocomplete_fields = ["sources"]
    formfield_overrides = VERBATIM
    extra = 0

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and may_approve(request)

    has_add_permission = has_delete_permission = has_change_permission

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "section" and request.resolver_match:
            article = request.resolver_match.kwargs.get("object_id")
            kwargs["queryset"] = Section.objects.filter(
                article=article if str(article).isdigit() else None
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    list_display = [
        "title", "status", "published_at", "review", "comments_count", "on_site",
    ]  # fmt: skip
    list_filter = ["status", "topics"]
    search_fields = ["title", "summary"]
    prepopulated_fields = {"slug": ["title"]}
    filter_horizontal = ["topics"]
    autocomplete_fields = ["pinned"]
    readonly_fields = ["comments_count"]
    inlines = [SectionInline, MediaInline, NoteInline]
    fieldsets = [
        (None, {"fields": ["title", ("slug", "language"), "summary", "topics", "author", "pinned"]}),
        (_("Publishing"), {"fields": [("status", "published_at")]}),
        (_("Comments"), {
            "description": _("Left empty, it is as the site settings have it."),
            "fields": [
                ("comments_open", "comments_count"), "comments_hold",
                ("comments_confirm", "comments_close_after"),
            ],
        }),
        (_("Review by a health professional"), {"fields": [("reviewer", "reviewed_on", "review_due")]}),
    ]  # fmt: skip

    formfield_overrides = VERBATIM

    @admin.display(description=_("page"))
    def on_site(self, article: Article) -> str:
        return format_html('<a href="{}">{}</a>', article.get_absolute_url(), _("View"))

    @admin.display(description=_("review"), ordering="review_due")
    def review(self, article: Article) -> str:
        if not article.reviewed_on:
            return str(_("none yet"))
        if not article.review_due:
            return date_format(article.reviewed_on)
        due = date_format(article.review_due)
        if article.is_review_overdue:
            return _("overdue since %(day)s") % {"day": due}
        return _("next one due on %(day)s") % {"day": due}

    def save_model(
        self, request: HttpRequest, obj: Article, form: ModelForm, change: bool
    ) -> None:
        # Media items before their article, as the counting triggers lock them.
        if change:
            items = obj.media.order_by("pk").select_for_update(no_key=True)
            list(items.values_list("pk"))
        super().save_model(request, obj, form, change)

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool
    ) -> None:
        # Notes first: a section that is deleted takes its heading along, edited or not.
        notes_first = sorted(formsets, key=lambda formset: formset.model is not Note)
        super().save_related(request, form, notes_first, change)


@admin.register(Section)
class SectionAdmin(admin.ModelAdmin):
    list_display = ["__str__", "kind", "article", "position"]
    list_filter = ["kind"]
    list_select_related = ["article"]
    search_fields = ["heading", "text"]
    autocomplete_fields = ["article"]
    fields = ["article", ("position", "kind"), ("heading", "anchor"), "text"]
    formfield_overrides = VERBATIM
    inlines = [PointInline]


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Author)
class AuthorAdmin(admin.ModelAdmin):
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    formfield_overrides = VERBATIM


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    list_display = ["citation", "checked_on"]
    list_filter = [("checked_on", EmptyFieldListFilter)]
    search_fields = ["citation", "url"]
    formfield_overrides = WEB_ADDRESS


@admin.register(Media)
class MediaAdmin(admin.ModelAdmin):
    list_display = ["title", "provider", "state", "article", "comments_count"]
    formfield_overrides = WEB_ADDRESS
    list_filter = ["state"]
    list_select_related = ["article"]
    search_fields = ["title", "provider"]
    autocomplete_fields = ["article"]
    readonly_fields = ["comments_count"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # Its comments stand in the thread of its article; they could not follow.
        return [*self.readonly_fields, *(["article"] if obj else [])]


@admin.register(Note)
class NoteAdmin(admin.ModelAdmin):
    """Who may not approve writes drafts, and cannot change what readers see."""

    list_display = ["__str__", "kind", "article", "status"]
    list_filter = ["status", "kind"]
    list_select_related = ["article"]
    autocomplete_fields = ["article", "section", "sources"]
    formfield_overrides = VERBATIM

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if may_approve(request) else ["status"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_draft = obj is None or obj.status == Note.Status.DRAFT
        allowed = super().has_change_permission(request, obj)
        return allowed and (is_draft or may_approve(request))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_draft = obj is None or obj.status == Note.Status.DRAFT
        allowed = super().has_delete_permission(request, obj)
        return allowed and (is_draft or may_approve(request))

    def get_actions(self, request: HttpRequest) -> Any:
        # "Delete selected" asks for no single note.
        return super().get_actions(request) if may_approve(request) else {}


@admin.register(Page)
class PageAdmin(admin.ModelAdmin):
    list_display = ["title", "path", "updated_at"]
    formfield_overrides = VERBATIM


admin.site.register(SiteSettings, OneRowAdmin)


admin.site.site_header = admin.site.site_title = "Footcare"
admin.site.index_title = _("What do you want to do?")
