"""The rules that comments are judged by: words, bans, lines, and a place to try them."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from articles.models.article import site_language
from comments.models import (
    BODY_LENGTH,
    NAME_LENGTH,
    Ban,
    ModerationSettings,
    Rule,
    SavedReply,
)
from comments.scoring import Draft, Verdict, judge
from comments.scoring.values import (
    is_hash,
    plain_domain,
    plain_network,
    plain_pattern,
    plain_words,
)
from footcare.lib.admin import OneRowAdmin
from footcare.lib.forms import LineField, MailField, TextField


class RuleForm(forms.ModelForm):
    value = LineField(
        label=_("Value"),
        max_length=300,
        help_text=_(
            "A word or phrase finds whole words, letter case and accents apart: “press” does "
            "not find “WordPress”. A domain finds itself and all below it; “shop” finds every "
            "host that ends so. In a pattern “*” stands for the rest of a word, “…” for up to "
            "four words, “<number>” for a number, “a|b” for one of both; “&” between words "
            "finds them in one sentence in any order; and a word with a minus must not stand in "
            "that sentence: “cure|cures & diabetes -not”."
        ),
    )
    reason = LineField(
        label=_("Reason"),
        max_length=100,
        help_text=_("What moderators read: “names a dose”. Of the rules with one reason the three strongest count."),
    )  # fmt: skip

    class Meta:
        model = Rule
        fields = ["kind", "value", "reason", "points", "holds", "is_active"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        _make_plain(
            self,
            {
                Rule.Kind.WORD: plain_words,
                Rule.Kind.DOMAIN: plain_domain,
                Rule.Kind.PATTERN: plain_pattern,
            },
        )
        return cleaned


class BanForm(forms.ModelForm):
    value = LineField(label=_("Value"), max_length=254, help_text=Ban._meta.get_field("value").help_text)  # fmt: skip

    class Meta:
        model = Ban
        fields = ["kind", "value", "until", "note"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        _make_plain(
            self,
            {
                Ban.Kind.ADDRESS: _plain_address,
                Ban.Kind.NETWORK: plain_network,
                Ban.Kind.WORD: plain_words,
            },
        )
        return cleaned

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until and "until" in self.changed_data and until < timezone.localdate():
            raise ValidationError(
                _("That day is past: choose today or a later one, or leave it empty."),
                "past",
            )
        return until


def _make_plain(form: forms.ModelForm, ways: dict[Any, Any]) -> None:
    """Give the value of ``form`` the one spelling that is stored, or say what is wrong."""
    kind, value = form.cleaned_data.get("kind"), form.cleaned_data.get("value")
    if kind in ways and value:
        try:
            form.cleaned_data["value"] = ways[kind](value)
        except ValidationError as error:
            form.add_error("value", error)


def _plain_address(value: str) -> str:
    """One address, or with only what follows the @ all of a domain."""
    refused = _(
        "Write an address like name@example.org, or @example.org for all of them."
    )
    field = MailField(error_messages={"invalid": refused})
    local = "" if value.startswith("@") else "x"
    address = field.clean(value if local else f"x{value}").lower()
    return address if local else address[1:]


@admin.register(Rule)
class RuleAdmin(admin.ModelAdmin):
    form = RuleForm
    list_display = ["value", "kind", "reason", "points", "holds", "is_active"]
    list_editable = ["points", "is_active"]
    list_filter = ["kind", "is_active", "holds"]
    search_fields = ["value", "reason"]
    radio_fields = {"kind": admin.HORIZONTAL}

    def get_urls(self) -> list[URLPattern]:
        trying = self.admin_site.admin_view(self.try_rules)
        return [
            path("try/", trying, name="comments_rule_try"),
            *super().get_urls(),
        ]

    def try_rules(self, request: HttpRequest) -> HttpResponse:
        """Judge what somebody pastes; nothing is stored."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = TryForm(request.POST or None)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Try the rules"),
            "opts": self.model._meta,
            "form": form,
        }
        if form.is_valid():
            context |= {
                "verdict": (verdict := form.verdict()),
                "becomes": becomes(verdict),
            }
        status = 422 if form.errors else 200
        return TemplateResponse(
            request, "admin/comments/rule/try.html", context, status=status
        )


class TryForm(forms.Form):
    name = LineField(label=_("Name"), max_length=NAME_LENGTH, required=False)
    email = MailField(label=_("E-mail"), required=False)
    body = TextField(
        label=_("Comment"), max_length=BODY_LENGTH, widget=AdminTextareaWidget
    )

    def verdict(self) -> Verdict:
        nowhere = Article(language=site_language())
        return judge(Draft(article=nowhere, **self.cleaned_data))


def becomes(verdict: Verdict) -> Any:
    """In words, what a comment with ``verdict`` becomes."""
    lines = ModerationSettings.load()
    if verdict.score >= lines.spam_at:
        return _("It goes to spam.")
    if verdict.holds:
        return _("It waits for an editor, whoever wrote it.")
    if verdict.score >= lines.waits_at:
        return _("It waits for an editor.")
    return _(
        "No rule holds it. Whether a stranger’s comment waits is in the site settings."
    )


@admin.register(Ban)
class BanAdmin(admin.ModelAdmin):
    form = BanForm
    list_display = ["kind", "shown", "until", "is_over", "note", "by"]
    list_display_links = ["kind", "shown"]
    list_filter = ["kind"]
    list_select_related = ["by"]
    search_fields = ["value", "note"]
    readonly_fields = ["by", "created_at"]
    radio_fields = {"kind": admin.HORIZONTAL}

    @admin.display(description=_("value"), ordering="value")
    def shown(self, ban: Ban) -> str:
        if ban.kind == Ban.Kind.NETWORK and is_hash(ban.value):
            return str(_("a comment’s network (%(start)s…)") % {"start": ban.value[:8]})
        return ban.value

    @admin.display(description=_("over"), boolean=True)
    def is_over(self, ban: Ban) -> bool:
        return ban.until is not None and ban.until < timezone.localdate()

    def save_model(
        self, request: HttpRequest, obj: Ban, form: forms.ModelForm, change: bool
    ) -> None:
        if not change:
            obj.by = cast(User, request.user)
        super().save_model(request, obj, form, change)


class SavedReplyForm(forms.ModelForm):
    title = LineField(label=_("Title"), max_length=80)
    text = TextField(label=_("Text"), max_length=5000, widget=AdminTextareaWidget)

    class Meta:
        model = SavedReply
        fields = ["title", "text"]


@admin.register(SavedReply)
class SavedReplyAdmin(admin.ModelAdmin):
    form = SavedReplyForm
    search_fields = ["title", "text"]


admin.site.register(ModerationSettings, OneRowAdmin)
