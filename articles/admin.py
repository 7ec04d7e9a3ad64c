"""Where the owner writes. Sections hang on the article, points on their section."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db.models import CharField, URLField
from django.http import HttpRequest
from django.utils.html import format_html

from articles.models import (
    Article,
    Author,
    Media,
    Note,
    Page,
    Point,
    Section,
    SiteSettings,
    Topic,
)


class Sortable(InlineModelAdmin):
    """Rows of an inline that move by their position number, or by the arrows beside it."""

    classes = ["sortable"]

    class Media:
        js = ["js/admin-sort.js"]


class SectionInline(Sortable, admin.StackedInline):
    model = Section
    extra = 0
    fields = [("position", "kind"), ("heading", "anchor"), "text"]
    show_change_link = True


class PointInline(Sortable, admin.TabularInline):
    model = Point
    extra = 0
    fields = ["position", "kind", "text", "strength"]
    formfield_overrides = {CharField: {"widget": AdminTextInputWidget({"size": 70})}}


# An address typed without a scheme is an https one.
WEB_ADDRESS: dict[Any, Any] = {URLField: {"assume_scheme": "https"}}


class MediaInline(Sortable, admin.StackedInline):
    model = Media
    extra = 0
    formfield_overrides = WEB_ADDRESS
    fields = [
        ("position", "provider", "state"), "title", "url", ("author", "published"),
        "quote", ("remote_comments", "remote_as_of"),
    ]  # fmt: skip


class NoteStatusMixin:
    """Only who may approve sets a note's status."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        may_approve = request.user.has_perm("articles.approve_note")
        return [] if may_approve else ["status"]


class NoteInline(NoteStatusMixin, Sortable, admin.StackedInline):
    model = Note
    fields = [("position", "kind", "level"), "section", "heading", "text", "status"]
    extra = 0

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
    list_display = ["title", "status", "published_at", "comments_count", "on_site"]
    list_filter = ["status", "topics"]
    search_fields = ["title", "summary"]
    prepopulated_fields = {"slug": ["title"]}
    filter_horizontal = ["topics"]
    readonly_fields = ["comments_count"]
    inlines = [SectionInline, MediaInline, NoteInline]
    fieldsets = [
        (None, {"fields": ["title", "slug", "summary", "topics", "author"]}),
        ("Publishing", {"fields": [("status", "published_at"), "comments_open", "comments_count"]}),
        ("Review by a health professional", {"fields": [("reviewer", "reviewed_on", "review_due")]}),
    ]  # fmt: skip

    @admin.display(description="page")
    def on_site(self, article: Article) -> str:
        return format_html('<a href="{}">View</a>', article.get_absolute_url())


@admin.register(Section)
class SectionAdmin(admin.ModelAdmin):
    list_display = ["__str__", "kind", "article", "position"]
    list_filter = ["kind"]
    list_select_related = ["article"]
    search_fields = ["heading", "text"]
    autocomplete_fields = ["article"]
    fields = ["article", ("position", "kind"), ("heading", "anchor"), "text"]
    inlines = [PointInline]


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Author)
class AuthorAdmin(admin.ModelAdmin):
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Media)
class MediaAdmin(admin.ModelAdmin):
    list_display = ["title", "provider", "state", "article", "comments_count"]
    formfield_overrides = WEB_ADDRESS
    list_filter = ["state"]
    list_select_related = ["article"]
    search_fields = ["title", "provider"]
    autocomplete_fields = ["article"]
    readonly_fields = ["comments_count"]


@admin.register(Note)
class NoteAdmin(NoteStatusMixin, admin.ModelAdmin):
    list_display = ["__str__", "kind", "article", "status"]
    list_filter = ["status", "kind"]
    list_select_related = ["article"]
    autocomplete_fields = ["article", "section"]


@admin.register(Page)
class PageAdmin(admin.ModelAdmin):
    list_display = ["title", "path", "updated_at"]


@admin.register(SiteSettings)
class SiteSettingsAdmin(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not SiteSettings.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


admin.site.site_header = admin.site.site_title = "Footcare"
admin.site.index_title = "What do you want to do?"
