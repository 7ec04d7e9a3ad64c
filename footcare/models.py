from django.db import models
from django.utils.translation import gettext_lazy as _

from footcare.lib import throttle


class TryCount(models.Model):
    """How often somebody tried something; written and read by `footcare.lib.throttle`."""

    key = models.CharField(_("keyed hash"), max_length=64, primary_key=True)
    count = models.PositiveIntegerField(_("tries"))
    # In seconds since 1970; from then on the row means nothing.
    ends_at = models.BigIntegerField(_("ends at"), db_index=True)

    class Meta:
        db_table = throttle.TABLE
        default_permissions = ()
        verbose_name = _("count of tries")
        verbose_name_plural = _("counts of tries")

    def __str__(self) -> str:
        return self.key
