"""What an article is made of; each part is edited by itself."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.fields import DatabaseKeptField
from articles.models.article import Article
from articles.models.source import Source
from articles.models.text import MarkdownText

# What each kind of section makes of its points; elsewhere none would be shown.
POINTS_OF = {
    "benefits": {"benefit"},
    "contraindications": {"contraindication", "caution"},
    "steps": {"step"},
}
# Their points, items or drawing are shown without a word of their own.
_SHOWN_WITHOUT_WORDS = {*POINTS_OF, "figure", "media"}
# Ids that the page gives itself.
_TAKEN = {"main", "comments", "add-comment", "comment-form", "subscribe", "toc-label", "before-you-start"}  # fmt: skip
_TAKEN_BEGINNINGS = ("comment-", "section-", "media-", "c-", "sub-", "fm-")


def validate_anchor(value: str) -> None:
    """Refuse what is no id, and the ids that the page gives itself."""
    if not re.fullmatch(r"[a-z][a-z0-9-]*", value):
        raise ValidationError(
            _("Use small letters, digits and hyphens, beginning with a letter."),
            "anchor",
        )
    if value in _TAKEN or value.startswith(_TAKEN_BEGINNINGS):
        raise ValidationError(
            _("The page uses this name itself; choose another."), "taken"
        )


class Positioned(models.Model):
    """A row that stands in an order; a new one without a position goes to the end."""

    within = "article"

    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("0 puts a new one at the end.")
    )

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding and not self.position:
            beside = {self.within: getattr(self, self.within)}
            rows = type(self)._base_manager.filter(**beside)
            last = rows.aggregate(last=models.Max("position"))["last"]
            self.position = (last or 0) + 1
        super().save(*args, **kwargs)


class Section(Positioned, MarkdownText):
    """One part of an article, edited by itself."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        BENEFITS = "benefits", _("Benefits")
        CONTRAINDICATIONS = "contraindications", _("Contraindications")
        ADVICE = "advice", _("Advice")
        STEPS = "steps", _("Steps")
        FIGURE = "figure", _("Foot map")
        MEDIA = "media", _("Media")
        QUOTE = "quote", _("Quote")
        FAQ = "faq", _("Questions and answers")

    article = models.ForeignKey(
        Article, models.CASCADE, related_name="sections", verbose_name=_("article")
    )
    kind = models.CharField(
        _("kind"), max_length=20, choices=Kind.choices, default=Kind.TEXT
    )
    heading = models.CharField(_("heading"), max_length=200, blank=True)
    anchor = models.CharField(
        _("anchor"),
        max_length=80,
        blank=True,
        validators=[validate_anchor],
        help_text=_("The section's own address: “benefits” makes …#benefits."),
    )

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "text", "benefits", "contraindications", "advice", "steps",
                        "figure", "media", "quote", "faq",
                    ]
                ),
                name="section_kind_known",
            ),
            models.UniqueConstraint(
                fields=["article", "anchor"],
                condition=~Q(anchor=""),
                name="section_anchor_once_an_article",
                violation_error_message=_("This article has a section with that anchor already."),
            ),
            models.UniqueConstraint(
                fields=["article"],
                condition=Q(kind="media"),
                name="section_media_once_an_article",
                violation_error_message=_("An article has one media section; add the item to it."),
            ),
            models.UniqueConstraint(
                fields=["article"],
                condition=Q(kind="figure"),
                name="section_figure_once_an_article",
                violation_error_message=_("One foot map an article is enough."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.heading or f"{self.get_kind_display()}: {self.text[:60]}"

    def clean(self) -> None:
        if self.kind not in _SHOWN_WITHOUT_WORDS and not (self.heading or self.text):
            raise ValidationError(
                _("Write a heading or a text, or remove the row."), "empty"
            )
        points = set(self.points.values_list("kind", flat=True)) if self.pk else set()
        if points - POINTS_OF.get(self.kind, set()):
            raise ValidationError(
                _("This section has points that its new kind cannot show."), "points"
            )


class Point(Positioned):
    """One line of a benefits, contraindications or steps list."""

    class Kind(models.TextChoices):
        BENEFIT = "benefit", _("Benefit")
        CONTRAINDICATION = "contraindication", _("Contraindication")
        CAUTION = "caution", _("Caution")
        STEP = "step", _("Step")

    class Strength(models.TextChoices):
        SUPPORTED = "supported", _("Well supported")
        MIXED = "mixed", _("Mixed")
        TRADITIONAL = "traditional", _("Traditional")
        NOT_ASSESSED = "not_assessed", _("Not assessed")

    within = "section"

    section = models.ForeignKey(
        Section, models.CASCADE, related_name="points", verbose_name=_("section")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    text = models.CharField(_("text"), max_length=500)
    strength = models.CharField(
        _("strength"), max_length=20,
        choices=Strength.choices, default=Strength.NOT_ASSESSED,
    )  # fmt: skip
    sources = models.ManyToManyField(
        Source, blank=True, related_name="points", verbose_name=_("sources")
    )

    class Meta:
        verbose_name = _("point")
        verbose_name_plural = _("points")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["benefit", "contraindication", "caution", "step"]
                ),
                name="point_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    strength__in=["supported", "mixed", "traditional", "not_assessed"]
                ),
                name="point_strength_known",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="point_has_text"),
        ]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        if self.kind not in POINTS_OF.get(self.section.kind, set()):
            raise ValidationError(
                _("A section of the kind “%(section)s” has no place for “%(point)s”."),
                "kind",
                {
                    "section": self.section.get_kind_display(),
                    "point": self.get_kind_display(),
                },
            )


class Media(Positioned):
    """Something kept elsewhere, such as a video; all that is shown of it is stored here."""

    class State(models.TextChoices):
        LINKED = "linked", _("Address known")
        GONE = "gone", _("No longer there")
        LOST = "lost", _("Address was not kept")

    article = models.ForeignKey(
        Article, models.CASCADE, related_name="media", verbose_name=_("article")
    )
    provider = models.CharField(
        _("provider"), max_length=60, help_text=_("Who keeps it: Twitter, YouTube.")
    )
    url = models.URLField(_("address"), max_length=500, blank=True)
    title = models.CharField(_("title"), max_length=200)
    author = models.CharField(_("author"), max_length=100, blank=True)
    published = models.DateField(_("published"), null=True, blank=True)
    quote = models.TextField(
        _("quote"), blank=True,
        help_text=_("What it says, for when it is gone. Plain text."),
    )  # fmt: skip
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.LINKED
    )
    remote_comments = models.PositiveIntegerField(
        _("comments there"), null=True, blank=True
    )
    remote_as_of = models.DateField(_("as of"), null=True, blank=True)
    comments_count = DatabaseKeptField(_("comments count"))

    class Meta:
        verbose_name = _("media item")
        verbose_name_plural = _("media")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="lost", url="")
                | Q(state__in=["linked", "gone"]) & ~Q(url=""),
                name="media_address_fits_state",
                violation_error_message=_(
                    "An address belongs to every state but “Address was not kept”."
                ),
            ),
            models.CheckConstraint(
                condition=Q(url="")
                | Q(url__startswith="https://")
                | Q(url__startswith="http://"),
                name="media_address_is_web",
                violation_error_message=_(
                    "The address begins with https:// or http://."
                ),
            ),
            models.CheckConstraint(
                condition=Q(remote_comments=None, remote_as_of=None)
                | Q(remote_comments__isnull=False, remote_as_of__isnull=False),
                name="media_remote_figure_has_date",
                violation_error_message=_(
                    "A figure from elsewhere needs its “as of” day."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("comments:media", args=[self.article.slug, self.pk])
