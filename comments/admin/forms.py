"""What a moderator writes: the form of a comment, and those at its card in the queue."""

from typing import Any, cast

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments.models import BODY_LENGTH, NAME_LENGTH, Ban, Comment, SavedReply
from footcare.lib.forms import LineField, MailField, TextField

NOTE_LENGTH = 2000


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


class CommentAdminFormWithoutEmail(CommentAdminForm):
    """For those who may not see the addresses of readers: they cannot write one either."""

    email = None  # type: ignore[assignment]

    class Meta(CommentAdminForm.Meta):
        fields = ["article", "media", "parent", "name", "body", "status"]


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    cast(forms.ChoiceField, form.fields[name]).choices = choices


class NoteForm(forms.Form):
    words = TextField(
        label=_("Note for the other moderators"), max_length=NOTE_LENGTH, widget=_area(2),
        error_messages={"required": _("Write the note first.")},
    )  # fmt: skip


class ReplyForm(forms.Form):
    saved = forms.ChoiceField(label=_("Saved reply"), required=False)
    words = TextField(
        label=_("Your answer, for everybody to read"), max_length=BODY_LENGTH,
        widget=_area(4), error_messages={"required": _("Write the answer first.")},
    )  # fmt: skip

    def __init__(self, *args: Any, replies: list[SavedReply], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Read once for all forms of the page.
        self.replies = {str(one.pk): one for one in replies}
        titles = [(pk, one.title) for pk, one in self.replies.items()]
        _choose(self, "saved", [("", "–"), *titles])


class BanForm(forms.Form):
    kind = forms.ChoiceField(label=_("Ban by"))
    until = forms.DateField(
        label=_("Until"), required=False, help_text=_("Leave empty for no end."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Write a day like 2030-12-31, or leave it empty.")},
    )  # fmt: skip
    is_spam = forms.BooleanField(
        label=_("This comment is spam, too"), required=False, initial=True
    )

    def __init__(self, *args: Any, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "kind", [(kind, str(Ban.Kind(kind).label)) for kind in kinds])

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until and until < timezone.localdate():
            raise forms.ValidationError(
                _("This day is over. Choose a later one."), "past"
            )
        return until
