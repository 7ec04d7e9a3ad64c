from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Min, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

LEASE = timedelta(minutes=5)
BEAT = timedelta(seconds=10)
SILENT = timedelta(minutes=1)  # for so long without a beat, and no worker is alive


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self) -> Self:
        """What is to be sent now, with what a killed worker left in the middle."""
        now = timezone.now()
        unfinished = [Message.State.QUEUED, Message.State.SENDING]
        return self.filter(state__in=unfinished, due_at__lte=now)

    def oldest_due(self) -> datetime | None:
        """Since when the message has been due that waits longest; None if none waits."""
        return self.due().aggregate(since=Min("due_at"))["since"]

    def claim(self) -> "Message | None":
        """Take one due message for this worker, or None. Two workers never take the same.

        While it is being sent ``due_at`` is the end of the lease: a worker that dies leaves
        it to the next one.
        """
        while message := self.due().order_by("due_at", "pk").first():
            mine = self.due().filter(pk=message.pk, attempts=message.attempts)
            taken = mine.update(
                state=Message.State.SENDING,
                attempts=F("attempts") + 1,
                due_at=timezone.now() + LEASE,
            )
            if taken:
                message.state = Message.State.SENDING
                message.attempts += 1
                return message
        return None


class Message(models.Model):
    """One mail, composed in the transaction that caused it and sent by the worker."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"))
    headers = models.JSONField(_("headers"), default=dict)
    # Made once: a repeat after a crash is recognised by the reader's mail program.
    message_id = models.CharField(_("message ID"), max_length=200, unique=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    due_at = models.DateTimeField(_("due at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "due_at"], name="message_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending", "sent", "failed"]),
                name="message_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | ~Q(state="sent") & Q(sent_at=None),
                name="message_sent_has_time",
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(subject)s to %(address)s") % {
            "subject": self.subject,
            "address": self.to,
        }


class HeartbeatManager(models.Manager["Heartbeat"]):
    def beat(self) -> None:
        """Tell that a worker is alive; at most one write in BEAT, however many there are."""
        now = timezone.now()
        # One from the future was written before the clock was set back.
        stale = Q(beat_at__lt=now - BEAT) | Q(beat_at__gt=now)
        if not self.filter(stale, pk=1).update(beat_at=now):
            self.get_or_create(pk=1, defaults={"beat_at": now})

    def last_beat(self) -> datetime | None:
        """When a worker was last alive; None if there never was one."""
        return self.filter(pk=1).values_list("beat_at", flat=True).first()

    def is_silent(self) -> bool:
        """Whether no worker is alive, or none ever was."""
        last = self.last_beat()
        # Also in the future: the clock was set back, and it should have written since.
        return last is None or abs(timezone.now() - last) > SILENT


class Heartbeat(models.Model):
    """When a worker was last alive: one row for all of them."""

    beat_at = models.DateTimeField(_("beat at"))

    objects = HeartbeatManager()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.beat_at.isoformat(sep=" ", timespec="seconds")
