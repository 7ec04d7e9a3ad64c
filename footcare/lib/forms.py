"""Form fields that clean what strangers type, and the summary of a refused form."""

from typing import Any

from django import forms
from django.core.validators import EmailValidator
from django.forms.forms import BaseForm
from django.utils.encoding import punycode

from footcare.lib.text import clean_text


class TextField(forms.CharField):
    """Text of several lines, cleaned before Django's own checks.

    So a NUL or another control character is taken out and the rest is kept.
    """

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        # Far too long, so refused in a moment: not worth the cleaning.
        too_long = self.max_length is not None and len(text) > 4 * self.max_length
        return text if too_long else clean_text(text)


class VerbatimField(forms.CharField):
    """An author's text: every character stays, but lines end as they are stored, in LF."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"strip": False})

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class LineField(TextField):
    """One line: any run of white space becomes a single space."""

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).split())


class MailField(LineField, forms.EmailField):
    """An e-mail address in ASCII; an international domain as it travels, in punycode.

    So one address has one spelling, here and in the database, letter case apart.
    """

    default_error_messages = {"invalid": EmailValidator.message}

    def __init__(self, **kwargs: Any) -> None:
        # What a column holds and a mail server takes; Django's own limit is longer.
        super().__init__(max_length=254, **kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        local, at, domain = text.rpartition("@")
        if not text or len(text) > 254:
            return text  # refused by its length
        try:
            address = f"{local}{at}{punycode(domain).lower()}"
        except UnicodeError:
            address = ""
        if not (address and address.isascii()):
            raise forms.ValidationError(self.error_messages["invalid"], "invalid")
        return address


class SummaryMixin(BaseForm):
    """What stands above a refused form: one line an error, with the field it belongs to."""

    def summary(self) -> list[tuple[str, str]]:
        """(the field's HTML id, "" for the form as a whole; the error's words)."""
        return [
            (self[name].id_for_label if self._is_shown(name) else "", str(message))
            for name, messages in self.errors.items()
            for message in messages
        ]

    def _is_shown(self, name: str) -> bool:
        return name in self.fields and not self[name].is_hidden
