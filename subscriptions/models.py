import secrets
from typing import Self

from django.core import signing
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Topic
from footcare.lib.links import absolute_url

# The version of the words on the form and in the first mail; move it with them.
WORDING = "2026-11"


def new_key() -> str:
    return secrets.token_hex(16)


class AddressQuerySet(models.QuerySet):
    def at(self, email: str) -> Self:
        """Rows of this address, letter case apart."""
        return self.alias(address=Lower("email")).filter(address=email.lower())


class Subscriber(models.Model):
    """An address that asked for letters; it gets them once it is confirmed."""

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        CONFIRMED = "confirmed", _("Confirmed")
        LEFT = "left", _("Left")
        BOUNCED = "bounced", _("Bounced")

    email = models.EmailField(_("e-mail"))
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PENDING
    )
    topics = models.ManyToManyField(
        Topic, blank=True, verbose_name=_("topics"),
        help_text=_("None chosen means all of them."),
    )  # fmt: skip
    # In every link to this subscriber. Leaving makes a new one for confirming, so that an
    # old letter cannot sign up again who has left.
    confirm_key = models.CharField(
        _("key for confirming"), max_length=32, default=new_key, editable=False
    )
    leave_key = models.CharField(
        _("key for leaving"), max_length=32, default=new_key, editable=False
    )
    # The consent: when it was asked for and given, on which page, in which words.
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    asked_on = models.CharField(_("page of the form"), max_length=200, blank=True)
    wording = models.CharField(_("wording"), max_length=20, default=WORDING)
    # When the last link to confirm was made: from then on it works for LINK_DAYS.
    linked_at = models.DateTimeField(_("linked at"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="subscriber_email_once"),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "confirmed", "left", "bounced"]),
                name="subscriber_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False),
                name="subscriber_confirmed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="left") | Q(left_at__isnull=False),
                name="subscriber_left_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def confirm_url(self) -> str:
        """Absolute; works for ``joining.LINK_DAYS`` days."""
        token = signing.dumps([self.pk, self.confirm_key], salt="subscriptions.confirm")
        return absolute_url(reverse("subscriptions:confirm", args=[token]))

    @property
    def leave_url(self) -> str:
        """Absolute; works for ever, as it must in an old letter."""
        token = signing.dumps([self.pk, self.leave_key], salt="subscriptions.leave")
        return absolute_url(reverse("subscriptions:leave", args=[token]))


class Request(models.Model):
    """Somebody gave an address. The same one row for a known, a new and a blocked address.

    The worker looks the address up and answers by mail, so the page tells nobody, by words
    or by time, who is on the list.
    """

    email = models.EmailField(_("e-mail"))
    topics = models.ManyToManyField(Topic, blank=True, verbose_name=_("topics"))
    page = models.CharField(_("page of the form"), max_length=200, blank=True)
    wording = models.CharField(_("wording"), max_length=20, default=WORDING)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    # Which letter answered it: "confirm", "already", or none if there were enough.
    letter = models.CharField(_("letter"), max_length=10, blank=True)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(answered_at=None), name="request_unanswered"
            ),
            models.Index(Lower("email"), "answered_at", name="request_of_address"),
        ]

    def __str__(self) -> str:
        return f"{self.email} at {self.asked_at:%Y-%m-%d %H:%M}"
