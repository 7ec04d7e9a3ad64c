from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from subscriptions.models.delivery import Delivery
from subscriptions.models.subscriber import Subscriber


class Bounce(models.Model):
    """A mail server's or a provider's word about a letter that came back."""

    # Its own name where it came from, so that it is counted once however often it is read.
    source = models.CharField(_("source"), max_length=250, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Delivery.Bounced.choices)
    status = models.CharField(_("status"), max_length=20, blank=True)
    words = models.CharField(_("what the server said"), max_length=300, blank=True)
    subscriber = models.ForeignKey(
        Subscriber, models.SET_NULL, null=True, related_name="bounces",
        verbose_name=_("subscriber"),
    )  # fmt: skip
    delivery = models.ForeignKey(
        Delivery, models.SET_NULL, null=True, related_name="bounces",
        verbose_name=_("delivery"),
    )  # fmt: skip
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("bounce")
        verbose_name_plural = _("bounces")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["hard", "soft", "complaint"]),
                name="bounce_kind_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
