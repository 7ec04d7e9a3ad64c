from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from articles.models.text import MarkdownText

# Addresses that lead elsewhere already, or will.
_TAKEN = {
    "admin", "articles", "authors", "feeds", "healthz", "media", "oembed", "preferences",
    "readyz", "search", "static", "subscribe", "topics", "unsubscribe",
}  # fmt: skip


def validate_path(value: str) -> None:
    """Refuse a path at which a page could never be reached."""
    if value in _TAKEN:
        raise ValidationError(
            "The site uses this address itself; choose another.", "taken"
        )


class Page(MarkdownText):
    """One of the site's own pages, such as Privacy. Facts stand in braces: {publisher}."""

    path = models.SlugField(max_length=60, unique=True, validators=[validate_path])
    title = models.CharField(max_length=100)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("articles:page", args=[self.path])


class SiteSettings(models.Model):
    """The site's own words and facts: one row."""

    name = models.CharField(max_length=60, default="Footcare")
    tagline = models.CharField(
        max_length=120, default="Plain reading about feet, massage and rest."
    )
    add_comment_label = models.CharField(max_length=40, default="Add comment")
    subscribe_label = models.CharField(max_length=40, default="Subscribe us")
    publisher = models.CharField(
        max_length=100, blank=True, help_text="A person or a body, as law may ask for."
    )
    contact_email = models.EmailField(blank=True)
    disclosure = models.CharField(
        "adverts and sponsors", max_length=300, blank=True,
        help_text="Leave empty if there are none.",
    )  # fmt: skip
    emergency_number = models.CharField(max_length=20, blank=True)
    urgent_advice_line = models.CharField(max_length=60, blank=True)
    ip_policy = models.CharField(
        "what is kept of a reader’s network address", max_length=200, blank=True
    )
    accessibility_tested_on = models.DateField(null=True, blank=True)
    show_foot_map = models.BooleanField("show the foot map in articles", default=True)
    allow_ai_crawlers = models.BooleanField(
        "let the crawlers of AI companies read the site", default=True,
        help_text="Said in robots.txt; whether they keep to it is up to them.",
    )  # fmt: skip

    class Meta:
        verbose_name_plural = "site settings"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="site_settings_one_row")
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def load(cls) -> "SiteSettings":
        """The stored row, or the defaults where the site was not seeded yet."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
