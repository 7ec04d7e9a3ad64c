from datetime import UTC, datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.models.text import MarkdownText
from footcare.lib.prepared import Prepared


def validate_path(value: str) -> None:
    """Refuse a path at which a page could never be reached."""
    if value in {*settings.TAKEN_PATHS, settings.ADMIN_PATH.partition("/")[0]}:
        raise ValidationError(
            _("The site uses this address itself; choose another."), "taken"
        )


class Page(MarkdownText):
    """One of the site's own pages, such as Privacy. Facts stand in braces: {publisher}."""

    path = models.SlugField(
        _("path"), max_length=60, unique=True, validators=[validate_path]
    )
    title = models.CharField(_("title"), max_length=100)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["path"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("articles:page", args=[self.path])


class Hold(models.TextChoices):
    """Whose comments wait for an editor."""

    STRANGERS = "strangers", _("Those of readers who are not known yet")
    ALL = "all", _("All")
    NOBODY = "nobody", _("None, unless something speaks against them")


class SiteSettings(models.Model):
    """The site's own words and facts: one row."""

    name = models.CharField(_("name"), max_length=60, default="Footcare")
    tagline = models.CharField(
        _("tagline"), max_length=120,
        default="Plain reading about feet, massage and rest.",
    )  # fmt: skip
    add_comment_label = models.CharField(
        _("add comment label"), max_length=40, default="Add comment"
    )
    subscribe_label = models.CharField(
        _("subscribe label"), max_length=40, default="Subscribe us"
    )
    publisher = models.CharField(
        _("publisher"), max_length=100, blank=True,
        help_text=_("A person or a body, as law may ask for."),
    )  # fmt: skip
    contact_email = models.EmailField(_("contact email"), blank=True)
    disclosure = models.CharField(
        _("adverts and sponsors"), max_length=300, blank=True,
        help_text=_("Leave empty if there are none."),
    )  # fmt: skip
    emergency_number = models.CharField(
        _("emergency number"), max_length=20, blank=True
    )
    urgent_advice_line = models.CharField(
        _("urgent advice line"), max_length=60, blank=True
    )
    ip_policy = models.CharField(
        _("what is kept of a reader’s network address"), max_length=200, blank=True
    )
    accessibility_tested_on = models.DateField(
        _("accessibility tested on"), null=True, blank=True
    )
    show_foot_map = models.BooleanField(
        _("show the foot map in articles"), default=True
    )
    allow_ai_crawlers = models.BooleanField(
        _("let the crawlers of AI companies read the site"), default=True,
        help_text=_("Said in robots.txt; whether they keep to it is up to them."),
    )  # fmt: skip
    # What comments.policy makes of these and of the article's own.
    comments_hold = models.CharField(
        _("comments that wait for an editor"), max_length=10, choices=Hold,
        default=Hold.STRANGERS,
    )  # fmt: skip
    comments_confirm = models.BooleanField(
        _("comments need a confirmed e-mail"), default=False
    )
    comments_close_after = models.PositiveSmallIntegerField(
        _("comments close after so many days"), null=True, blank=True,
        help_text=_("Counted from when the article appeared. Leave empty for never."),
    )  # fmt: skip
    comments_newest_first = models.BooleanField(
        _("newest conversations first"), default=False
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("site settings")
        verbose_name_plural = _("site settings")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="site_settings_one_row")
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def load(cls) -> "SiteSettings":
        """The stored row, or the defaults where the site was not seeded yet."""
        return next(iter(_stored()), None) or cls(pk=1)

    @property
    def changed_at(self) -> datetime:
        """When the owner changed it last; long ago where the site was not seeded yet."""
        return self.updated_at or datetime.fromtimestamp(0, UTC)


_stored = Prepared(lambda: SiteSettings.objects.filter(pk=1))
