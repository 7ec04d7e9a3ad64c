from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """A work that notes and points rest on; kept once, cited by any number of them."""

    citation = models.CharField(
        _("citation"), max_length=500,
        help_text=_("Author, title, where and when it appeared."),
    )  # fmt: skip
    url = models.URLField(_("address"), max_length=500, blank=True)
    checked_on = models.DateField(
        _("checked on"), null=True, blank=True,
        help_text=_("The day somebody saw that it says so. Without it readers do not see it."),
    )  # fmt: skip
    staff_note = models.CharField(
        _("staff note"), max_length=300, blank=True,
        help_text=_("What was read of it. Never shown."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["citation"]

    def __str__(self) -> str:
        return self.citation
