"""What the rows of one admin form may not be together.

Each row is checked against the database, but not against the other rows of the same form:
two that collide would reach the database and lose every word that was typed.
"""

from collections.abc import Callable, Hashable
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet, ModelForm
from django.utils.translation import gettext_lazy as _

from articles.models import Note, Section


class DistinctFormSet(BaseInlineFormSet):
    """Refuses two rows with the same value of ``key`` (None is no value)."""

    rules: list[tuple[Callable[[ModelForm], Hashable], Any]] = []

    def clean(self) -> None:
        super().clean()
        kept = [
            form
            for form in self.forms
            if hasattr(form, "cleaned_data") and not form.cleaned_data.get("DELETE")
        ]
        for key, message in self.rules:
            seen: set[Hashable] = set()
            for form in kept:
                value = key(form)
                if value is not None and value in seen:
                    form.add_error(None, ValidationError(message, "unique"))
                seen.add(value)


def only(kind: str) -> Callable[[ModelForm], str | None]:
    """A key that is the same for all rows of ``kind`` and nothing for others."""
    return lambda form: kind if form.cleaned_data.get("kind") == kind else None


class SectionFormSet(DistinctFormSet):
    def save_existing_objects(self, commit: bool = True) -> list[Section]:
        # Rows are saved one by one: two that swap an anchor or a kind would collide half-way.
        swapped = [
            form.instance.pk
            for form in self.initial_forms
            if {"anchor", "kind"} & set(form.changed_data)
        ]
        if commit and swapped:
            Section.objects.filter(pk__in=swapped).update(
                anchor="", kind=Section.Kind.TEXT
            )
        return super().save_existing_objects(commit)

    rules = [
        (
            lambda form: form.cleaned_data.get("anchor") or None,
            _("Another section here has this anchor."),
        ),
        (
            only(Section.Kind.MEDIA),
            _("An article has one media section; add the item to it."),
        ),
        (only(Section.Kind.FIGURE), _("One foot map an article is enough.")),
    ]


class NoteFormSet(DistinctFormSet):
    rules = [
        (only(Note.Kind.CALLOUT), _("One “Before you start” an article is enough."))
    ]
