import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Topic
from footcare.lib.forms import LineField, MailField, SummaryMixin
from subscriptions import addresses, wording
from subscriptions.models import Request, Subscriber

_ISO_DAY = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
LONGEST_PAUSE = timedelta(days=366)


class AddressForm(SummaryMixin, forms.Form):
    """One address, judged by its letters alone: the same for everybody's."""

    # The address about which “Did you mean ...?” was asked already.
    offered = LineField(required=False)
    email = MailField(
        error_messages={
            "required": _("Write your e-mail, as in name@example.org."),
            "invalid": _("Write your e-mail like name@example.org."),
            "max_length": _(
                "An e-mail has at most %(limit_value)d characters; this one has %(show_value)d."
            ),
        },
    )
    # Readers never see this field; form-filling robots do.
    website = forms.CharField(required=False)

    meant = ""  # what was probably meant, if that is to be asked
    asked_about = ""

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        addresses.check(email)
        self.asked_about = email
        meant = addresses.meant_by(email)
        if meant and self.cleaned_data.get("offered") != email:
            self.meant = meant
            raise ValidationError(
                _("Did you mean %(meant)s?"), "typo", {"meant": meant}
            )
        return email

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(
                _("Leave this field empty; it is there to stop robots."), "robot"
            )
        return ""


class TopicsForm(forms.Form):
    """Boxes for topics, of which none chosen means all."""

    topics = forms.ModelMultipleChoiceField(
        Topic.objects.all(),
        to_field_name="slug",
        required=False,
        error_messages={
            "invalid_choice": _("There is no topic “%(value)s” here."),
            "invalid_pk_value": _("There is no topic “%(pk)s” here."),
        },
    )

    def boxes(self, besides: Iterable[Topic] = ()) -> list[tuple[str, str, bool]]:
        """(slug, name, whether it is chosen) of topics with something to read.

        And of ``besides``, which somebody chose when there was.
        """
        ticked = {str(slug) for slug in self["topics"].value() or []}
        shown = {topic.pk: topic for topic in [*Topic.objects.written(), *besides]}
        topics = sorted(shown.values(), key=lambda topic: topic.name)
        return [(topic.slug, topic.name, topic.slug in ticked) for topic in topics]


class SubscribeForm(AddressForm, TopicsForm):
    """One field to join; topics are optional."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="sub-%s")

    def save(self, page: str) -> Request:
        """Note the wish. Whether the address is known is looked up later, by the worker."""
        version = (
            wording.current().version
        )  # rendered once a process, and not while locked
        with transaction.atomic():
            request = Request.objects.create(
                email=self.cleaned_data["email"], page=page[:200], wording=version
            )
            request.topics.set(self.cleaned_data["topics"])
        return request


class MoveForm(AddressForm):
    """Where the letters of ``subscriber`` are to go."""

    def __init__(self, data: Any = None, *, subscriber: Subscriber) -> None:
        super().__init__(data, auto_id="move-%s")
        self.subscriber = subscriber

    def clean_email(self) -> str:
        email = super().clean_email()
        if email.lower() == self.subscriber.email.lower():
            raise ValidationError(
                _("Your letters go to this address already."), "unchanged"
            )
        return email


class PreferencesForm(SummaryMixin, TopicsForm):
    """What a reader may choose."""

    pace = forms.ChoiceField(
        choices=Subscriber.Pace.choices,
        error_messages={
            "required": _("Choose how often."),
            "invalid_choice": _("Choose how often."),
        },
    )
    paused_until = forms.DateField(
        required=False,
        error_messages={"invalid": _("Write the day like 2030-12-31.")},
    )

    field_order = ["pace", "topics", "paused_until"]

    def __init__(self, data: Any = None, *, subscriber: Subscriber) -> None:
        self.chosen = list(subscriber.topics.all())
        super().__init__(
            data,
            auto_id="set-%s",
            initial={
                "pace": subscriber.pace,
                "topics": [topic.slug for topic in self.chosen],
                "paused_until": _if_ahead(subscriber.paused_until),
            },
        )

    def own_boxes(self) -> list[tuple[str, str, bool]]:
        return self.boxes(self.chosen)

    def day(self) -> str:
        """The end of the pause as an input has it, or as it was typed."""
        value = self["paused_until"].value()
        return value.isoformat() if isinstance(value, date) else value or ""

    def day_kind(self) -> str:
        """The type of that input: one for dates would not show what is none."""
        day = self.day()
        return "date" if not day or _ISO_DAY.fullmatch(day) else "text"

    def clean_paused_until(self) -> date | None:
        """Today ends a pause."""
        until = self.cleaned_data["paused_until"]
        today = timezone.localdate()
        if until and until < today:
            raise ValidationError(
                _("This day is over. Choose a later one, or today to end a pause."),
                "past",
            )
        if until and until > today + LONGEST_PAUSE:
            raise ValidationError(
                _("A pause lasts a year at most. Choose an earlier day."), "far"
            )
        return until


def _if_ahead(day: date | None) -> date | None:
    return day if day and day > timezone.localdate() else None
