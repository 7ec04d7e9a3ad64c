from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from subscriptions import throwaways


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class SendingSettings(models.Model):
    """How letters go out, as the owner has it: one row. No page for readers asks for it."""

    send_on_publish = models.BooleanField(
        _("send each article when it is published"), default=False,
        help_text=_("Only those that are published from now on."),
    )  # fmt: skip
    # Moved by `save`: nothing that was published before is sent by itself.
    send_published_since = models.DateTimeField(
        _("those published since"), null=True, blank=True, editable=False
    )
    digest_weekday = models.PositiveSmallIntegerField(
        _("day of the weekly digest"), choices=Weekday, default=Weekday.FRIDAY
    )
    digest_hour = models.PositiveSmallIntegerField(
        _("hour of the weekly digest"), default=9, validators=[MaxValueValidator(23)]
    )
    stale_hours = models.PositiveSmallIntegerField(
        _("ask again after so many hours"), default=12,
        validators=[MinValueValidator(1)],
        help_text=_(
            "A letter whose time passed so long ago is not sent by itself: the site was "
            "away, or was restored from a backup."
        ),
    )  # fmt: skip
    per_second = models.PositiveIntegerField(
        _("letters a second"), default=0, help_text=_("0 means as many as the server takes.")
    )  # fmt: skip
    per_hour = models.PositiveIntegerField(
        _("letters an hour"), default=0,
        help_text=_("Sent evenly: 400 an hour is one each nine seconds. 0 means no limit."),
    )  # fmt: skip
    stop_after = models.PositiveSmallIntegerField(
        _("pause after so many failures in a row"), default=10,
        validators=[MinValueValidator(1)],
    )  # fmt: skip
    alert_email = models.EmailField(
        _("who is told of trouble"), blank=True,
        help_text=_("Empty: the contact e-mail of the site, else every superuser."),
    )  # fmt: skip
    imprint = models.TextField(
        _("at the end of each letter"), max_length=500, blank=True,
        help_text=_("Your postal address, where the law asks for it."),
    )  # fmt: skip
    refuse_roles = models.BooleanField(
        _("refuse addresses of offices"), default=True,
        help_text=_("Such as postmaster@ or abuse@, behind which nobody subscribes."),
    )  # fmt: skip
    refused_domains = models.TextField(
        _("refused domains"), blank=True, default=throwaways.known,
        help_text=_(
            "One a line, those below it included. Those of throw-away addresses, as you "
            "see fit."
        ),
    )  # fmt: skip
    soft_bounces = models.PositiveSmallIntegerField(
        _("soft bounces until an address counts as bounced"), default=5,
        validators=[MinValueValidator(2)],
    )  # fmt: skip

    class Meta:
        verbose_name = _("letter settings")
        verbose_name_plural = _("letter settings")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="sending_settings_one_row"),
            models.CheckConstraint(
                condition=Q(digest_weekday__lte=6, digest_hour__lte=23),
                name="sending_settings_digest_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def save(self, *args: object, **kwargs: object) -> None:
        if not self.send_on_publish:
            self.send_published_since = None
        elif self.send_published_since is None:
            self.send_published_since = timezone.now()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @classmethod
    def load(cls) -> "SendingSettings":
        """The stored row, or the defaults where nobody has changed anything."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class Turnstile(models.Model):
    """Where all workers pass one after the other, so that together they keep the pace."""

    # When the last letter may go that has leave to; till then nobody else passes.
    free_at = models.DateTimeField(_("free at"), default=timezone.now)

    class Meta:
        verbose_name = _("turnstile")
        verbose_name_plural = _("turnstiles")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="turnstile_one_row")
        ]

    def __str__(self) -> str:
        return self.free_at.isoformat(sep=" ", timespec="seconds")
