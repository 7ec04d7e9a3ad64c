from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from subscriptions.models.letter import Letter
from subscriptions.models.subscriber import Subscriber


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def open(self) -> Self:
        """What is still to be decided: not sent, not given up."""
        return self.filter(state__in=Delivery.OPEN)

    def oldest_due(self, now: datetime) -> datetime | None:
        """Since when the delivery has been due that waits longest, of letters being sent."""
        waiting = self.filter(
            state__in=[Delivery.State.QUEUED, Delivery.State.SENDING],
            letter__state=Letter.State.SENDING,
            due_at__lte=now,
        )
        return waiting.aggregate(since=models.Min("due_at"))["since"]


class Delivery(models.Model):
    """One letter to one reader: the ledger. What is written here is what happened."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        # A worker died, or the line broke, after the letter was handed over and before the
        # server said so: it may have arrived.
        UNCERTAIN = "uncertain", _("Uncertain")
        # The reader left, or paused, before it was their turn.
        DROPPED = "dropped", _("Not wanted any more")

    OPEN = ("queued", "sending", "uncertain")

    class Bounced(models.TextChoices):
        HARD = "hard", _("Refused for good")
        SOFT = "soft", _("Refused for the moment")
        COMPLAINT = "complaint", _("Reported as spam")

    letter = models.ForeignKey(
        Letter, models.CASCADE, related_name="deliveries", verbose_name=_("letter")
    )
    # Empty once the reader's row is gone: the numbers of the letter stay.
    subscriber = models.ForeignKey(
        Subscriber, models.SET_NULL, null=True, related_name="deliveries",
        verbose_name=_("subscriber"),
    )  # fmt: skip
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # From when on it may be tried; while a worker has it, the end of the worker's lease.
    due_at = models.DateTimeField(_("due at"), default=timezone.now)
    worker = models.CharField(_("worker"), max_length=32, blank=True, editable=False)
    tried_at = models.DateTimeField(_("tried at"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    # What came back afterwards, and who left by this letter: the last one they got.
    bounced = models.CharField(
        _("came back"), max_length=10, choices=Bounced.choices, blank=True
    )
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["letter", "state"], name="delivery_of_state"),
            models.Index(
                fields=["letter", "due_at", "id"],
                condition=Q(state__in=["queued", "uncertain"]),
                name="delivery_due",
            ),
            models.Index(
                fields=["due_at"], condition=Q(state="sending"), name="delivery_leased"
            ),
            models.Index(fields=["tried_at"], name="delivery_tried"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "subscriber"], name="delivery_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "queued", "sending", "sent", "failed", "uncertain", "dropped",
                    ]
                ),
                name="delivery_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sending", "sent"]) | Q(tried_at__isnull=False),
                name="delivery_sent_has_time",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
