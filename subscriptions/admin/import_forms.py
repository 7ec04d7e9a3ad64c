"""What the owner says of a list: the file, what its columns are, how its people agreed."""

import io
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from footcare.lib.forms import TextField
from subscriptions.lists import reading
from subscriptions.lists.reading import Layout, Role
from subscriptions.models import Import

PROOF_LENGTH = 300  # as much as each of its people has room for
_AROUND = 20_000  # bytes that a form has around its file
COLUMNS = 100  # that are shown


def most_bytes() -> int:
    """How large a file may be: the site takes no larger form (footcare/middleware.py)."""
    return (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) - _AROUND


class UploadForm(forms.Form):
    file = forms.FileField(label=_("File"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(
            "CSV, as other programs export it, of at most %(size)s. Longer lists come by the "
            "command manage.py import_subscribers."
        ) % {"size": filesizeformat(most_bytes())}

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > most_bytes():
            raise ValidationError(
                _(
                    "The file is too large for this form: cut it in two, or use the command."
                ),
                "large",
            )
        if file.read(4) == b"PK\x03\x04":
            raise ValidationError(
                _("This is a workbook. Save it as CSV in your table program."),
                "workbook",
            )
        file.seek(0)
        content = file.read().decode(reading.encoding_of(file), "replace")
        # No text of ours has one, and PostgreSQL stores none.
        self.content = content.replace("\x00", "")
        if "@" not in self.content:
            raise ValidationError(
                _("There is no e-mail address in this file."), "empty"
            )
        return file

    def save(self, by: Any) -> Import:
        """Keep the file, with a guess at its columns."""
        layout = reading.layout_of(io.StringIO(self.content, newline=""))
        return Import.objects.create(
            content=self.content,
            file_name=self.cleaned_data["file"].name[:200],
            mapping=layout.as_json(),
            created_by=by,
        )


class ImportForm(forms.Form):
    """One field for each column of the file, and what is to become of its people."""

    ADD, ASK = "add", "ask"

    has_header = forms.BooleanField(
        label=_("The first row names the columns"), required=False
    )
    proof = TextField(
        label=_("Proof of consent"),
        help_text=Import._meta.get_field("proof").help_text,
        max_length=PROOF_LENGTH,
        required=False,  # not to look through the file again; see clean
        widget=AdminTextareaWidget(attrs={"rows": 3}),
    )
    how = forms.ChoiceField(
        label=_("What becomes of the new ones"),
        choices=[
            (ADD, _("They agreed, as I have written: put them on the list.")),
            (
                ASK,
                _(
                    "I am not sure: ask each of them by mail first, a few a minute. Only who "
                    "confirms is on the list."
                ),
            ),
        ],
        initial=ADD,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any, *, imported: Import, columns: list[str]) -> None:
        layout = Layout.from_json(imported.mapping)
        super().__init__(
            data,
            initial={"has_header": layout.has_header, "proof": imported.proof},
        )
        self.layout = layout
        self.columns = columns[:COLUMNS]
        role_of = {number: role for role, number in layout.columns.items()}
        for number, name in enumerate(self.columns):
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=name.strip()[:60] or _("Column %d") % (number + 1),
                choices=[("", _("Not needed")), *Role.choices],
                initial=role_of.get(number, ""),
                required=False,
            )

    def column_fields(self) -> list[Any]:
        return [self[f"column-{number}"] for number in range(len(self.columns))]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        columns: dict[str, int] = {}
        for number in range(len(self.columns)):
            role = cleaned.get(f"column-{number}", "")
            if role and role in columns:
                self.add_error(
                    f"column-{number}",
                    ValidationError(_("Another column is chosen for this already."), "twice"),
                )  # fmt: skip
            elif role:
                columns[role] = number
        if Role.EMAIL not in columns:
            self.add_error(
                None,
                ValidationError(_("Choose the column with the addresses."), "email"),
            )
        if self.data.get("do") == "import" and not cleaned.get("proof", True):
            self.add_error(
                "proof",
                ValidationError(
                    _("Write when, where and in which words these people agreed."),
                    "proof",
                ),
            )
        self.chosen = Layout(
            self.layout.delimiter, cleaned.get("has_header", False), columns
        )
        return cleaned
