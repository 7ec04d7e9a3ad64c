from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from articles.words import MOST_WORDS, words_of
from footcare.lib.forms import LineField, SummaryMixin


class SearchForm(SummaryMixin, forms.Form):
    """What a reader looks for; nothing at all is no mistake."""

    q = LineField(
        max_length=200,
        required=False,
        error_messages={
            "max_length": _(
                "Search for at most %(limit_value)d characters; these are %(show_value)d."
            )
        },
    )

    def clean_q(self) -> str:
        asked = self.cleaned_data["q"]
        count = len(words_of(asked))
        if count > MOST_WORDS:
            raise ValidationError(
                _("Search for at most %(most)d words; these are %(count)d."),
                "words",
                {"most": MOST_WORDS, "count": count},
            )
        return asked
