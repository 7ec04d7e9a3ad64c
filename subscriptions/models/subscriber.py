import secrets
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles.models import Topic
from footcare.lib.links import absolute_url
from subscriptions import tokens
from subscriptions.models.lists import Import

LINK_DAYS = 3  # for so long a link to confirm works


def new_key() -> str:
    return secrets.token_hex(16)


class AddressQuerySet(models.QuerySet):
    def at(self, email: str) -> Self:
        """Rows of this address, letter case apart."""
        return self.alias(address=Lower("email")).filter(address=email.lower())


class SubscriberQuerySet(AddressQuerySet):
    def on_list(self) -> Self:
        """Those who confirmed and have not left."""
        return self.filter(state=Subscriber.State.CONFIRMED)

    def receiving(self, today: date | None = None) -> Self:
        """Those on the list who want letters now: nobody whose pause still lasts."""
        today = today or timezone.localdate()
        return self.on_list().filter(Q(paused_until=None) | Q(paused_until__lte=today))


class Subscriber(models.Model):
    """An address that asked for letters; it gets them once it is confirmed."""

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        CONFIRMED = "confirmed", _("Confirmed")
        LEFT = "left", _("Left")
        BOUNCED = "bounced", _("Bounced")

    class Pace(models.TextChoices):
        EACH = "each", _("A letter for each new article")
        WEEKLY = "weekly", _("Once a week, all in one letter")

    email = models.EmailField(_("e-mail"))
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PENDING
    )
    topics = models.ManyToManyField(
        Topic, blank=True, verbose_name=_("topics"),
        help_text=_("None chosen means all of them."),
    )  # fmt: skip
    pace = models.CharField(
        _("pace"), max_length=10, choices=Pace.choices, default=Pace.EACH
    )
    # The first day on which letters come again.
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    # In the links to this subscriber. Leaving makes a new one for confirming, so that an
    # old letter cannot sign up again who has left.
    confirm_key = models.CharField(
        _("key for confirming"), max_length=32, default=new_key, editable=False
    )
    letter_key = models.CharField(
        _("key in letters"), max_length=32, default=new_key, editable=False
    )
    # The consent: when it was asked for and given, on which page, in which words; or what
    # the owner wrote about it where the address came with a list.
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    asked_on = models.CharField(_("page of the form"), max_length=200, blank=True)
    wording = models.CharField(_("wording"), max_length=20, blank=True)
    imported = models.ForeignKey(
        Import, models.SET_NULL, null=True, blank=True, related_name="subscribers",
        verbose_name=_("imported with"),
    )  # fmt: skip
    proof = models.CharField(_("proof of consent"), max_length=300, blank=True)
    # When the last link to confirm was made: from then on it works for LINK_DAYS.
    linked_at = models.DateTimeField(_("linked at"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("bounced at"), null=True, blank=True)
    # When they last changed their settings or address themselves.
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True)
    # Refusals for the moment, in a row, and when the first of them was.
    soft_bounces = models.PositiveSmallIntegerField(_("soft bounces"), default=0)
    soft_bounced_at = models.DateTimeField(
        _("first soft bounce at"), null=True, blank=True
    )

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        ordering = ["-pk"]
        permissions = [("export_subscriber", _("Can take subscribers away as a file"))]
        indexes = [models.Index(fields=["state", "id"], name="subscriber_of_state")]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="subscriber_email_once"),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "confirmed", "left", "bounced"]),
                name="subscriber_state_known",
            ),
            models.CheckConstraint(
                condition=Q(pace__in=["each", "weekly"]), name="subscriber_pace_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False),
                name="subscriber_confirmed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="left") | Q(left_at__isnull=False),
                name="subscriber_left_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="bounced") | Q(bounced_at__isnull=False),
                name="subscriber_bounced_has_time",
            ),
        ]

    def __str__(self) -> str:
        # Django's log of the admin keeps this for good, so it must not be the address.
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def confirm_url(self) -> str:
        """Absolute; works for LINK_DAYS days."""
        token = tokens.make_dated("confirm", self.pk, self.confirm_key)
        return absolute_url(reverse("subscriptions:confirm", args=[token]))

    @property
    def leave_url(self) -> str:
        """Absolute; works for ever, as it must in an old letter."""
        token = tokens.make("leave", self.pk, self.letter_key)
        return absolute_url(reverse("subscriptions:leave", args=[token]))

    @property
    def preferences_url(self) -> str:
        """Absolute; works for ever, too."""
        token = tokens.make("preferences", self.pk, self.letter_key)
        return absolute_url(reverse("subscriptions:preferences", args=[token]))


class Request(models.Model):
    """Somebody gave an address. The same one row for a known, a new and a blocked address.

    The worker looks the address up and answers by mail, so the page tells nobody, by words
    or by time, who is on the list.
    """

    email = models.EmailField(_("e-mail"))
    # Who wants to move to this address; empty where somebody wants to join.
    moves = models.ForeignKey(
        Subscriber, models.CASCADE, null=True, blank=True, related_name="moves",
        verbose_name=_("change of address of"),
    )  # fmt: skip
    topics = models.ManyToManyField(Topic, blank=True, verbose_name=_("topics"))
    page = models.CharField(_("page of the form"), max_length=200, blank=True)
    wording = models.CharField(_("wording"), max_length=20, blank=True)
    # In the link that confirms a change of address.
    key = models.CharField(_("key"), max_length=32, default=new_key, editable=False)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    # Which letter answered it: "confirm", "already", "move", "taken"; none if there were
    # enough.
    letter = models.CharField(
        pgettext_lazy("that answers a request", "letter"), max_length=10, blank=True
    )

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
        return f"{self._meta.verbose_name} {self.pk}"


class Wording(models.Model):
    """What a form and its first mail said, word for word, when somebody consented to it."""

    version = models.CharField(_("version"), max_length=20, primary_key=True)
    language = models.CharField(_("language"), max_length=10)
    words = models.TextField(_("words"))
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        ordering = ["-since"]

    def __str__(self) -> str:
        return self.version


class Suppression(models.Model):
    """An address that no list may bring back: a keyed hash, which outlives every row.

    Only its holder's own press on a link that we mailed takes it away.
    """

    class Reason(models.TextChoices):
        LEFT = "left", _("Left")
        COMPLAINT = "complaint", _("Reported a letter as spam")
        BOUNCED = "bounced", _("Bounced")
        ERASED = "erased", _("Had the address erased")

    digest = models.CharField(_("hash of the address"), max_length=64, unique=True)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=["left", "complaint", "bounced", "erased"]),
                name="suppression_reason_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
