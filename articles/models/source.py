from django.db import models


class Source(models.Model):
    """A work that notes and points rest on; kept once, cited by any number of them."""

    citation = models.CharField(
        max_length=500, help_text="Author, title, where and when it appeared."
    )
    url = models.URLField("address", max_length=500, blank=True)
    checked_on = models.DateField(
        null=True, blank=True,
        help_text="The day somebody saw that it says so. Without it readers do not see it.",
    )  # fmt: skip
    staff_note = models.CharField(
        max_length=300, blank=True, help_text="What was read of it. Never shown."
    )

    class Meta:
        ordering = ["citation"]

    def __str__(self) -> str:
        return self.citation
