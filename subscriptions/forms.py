from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from articles.models import Topic
from footcare.lib.forms import MailField, SummaryMixin
from subscriptions.models import Request


class SubscribeForm(SummaryMixin, forms.Form):
    """One field to join; topics are optional, none chosen means all."""

    email = MailField(
        error_messages={
            "required": _("Write your e-mail, as in name@example.org."),
            "invalid": _("Write your e-mail like name@example.org."),
            "max_length": _(
                "An e-mail has at most %(limit_value)d characters; this one has %(show_value)d."
            ),
        },
    )
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.all(),
        to_field_name="slug",
        required=False,
        error_messages={
            "invalid_choice": _("There is no topic “%(value)s” here."),
            "invalid_pk_value": _("There is no topic “%(pk)s” here."),
        },
    )
    # Readers never see this field; form-filling robots do.
    website = forms.CharField(required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="sub-%s")

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(
                _("Leave this field empty; it is there to stop robots."), "robot"
            )
        return ""

    @transaction.atomic
    def save(self, page: str) -> Request:
        """Note the wish. Whether the address is known is looked up later, by the worker."""
        request = Request.objects.create(
            email=self.cleaned_data["email"], page=page[:200]
        )
        request.topics.set(self.cleaned_data["topics"])
        return request
