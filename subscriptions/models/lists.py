from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Import(models.Model):
    """A list of addresses that the owner brought, with what shows that they agreed."""

    class State(models.TextChoices):
        CHECKED = "checked", _("Looked through")
        DONE = "done", _("Imported")
        UNDONE = "undone", _("Undone")

    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.CHECKED
    )
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    # The file itself, until it is imported or thrown away.
    content = models.TextField(_("content"), blank=True)
    # {what we call it: the number of the file's column}
    mapping = models.JSONField(_("columns"), default=dict)
    proof = models.TextField(
        _("proof of consent"),
        help_text=_("When, where and in which words these people agreed to be written to."),
    )  # fmt: skip
    # What became of the rows: counts, and the numbers of lines with what is wrong there.
    report = models.JSONField(pgettext_lazy("of an import", "report"), default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+",
        verbose_name=_("by"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    done_at = models.DateTimeField(_("imported at"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["checked", "done", "undone"]),
                name="import_state_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Tally(models.Model):
    """How many joined, left, ... on one day: numbers that outlive the people."""

    day = models.DateField(_("day"), primary_key=True)
    joined = models.PositiveIntegerField(_("joined"), default=0)
    imported = models.PositiveIntegerField(_("imported"), default=0)
    left = models.PositiveIntegerField(_("left"), default=0)
    bounced = models.PositiveIntegerField(_("bounced"), default=0)
    complained = models.PositiveIntegerField(_("reported as spam"), default=0)
    # By the owner: an import undone, a row deleted.
    removed = models.PositiveIntegerField(_("taken off"), default=0)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("statistics")
        ordering = ["-day"]

    def __str__(self) -> str:
        return self.day.isoformat()
