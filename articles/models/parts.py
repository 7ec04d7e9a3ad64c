"""What an article is made of; each part is edited by itself."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

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
            "Use small letters, digits and hyphens, beginning with a letter.", "anchor"
        )
    if value in _TAKEN or value.startswith(_TAKEN_BEGINNINGS):
        raise ValidationError(
            "The page uses this name itself; choose another.", "taken"
        )


class Positioned(models.Model):
    """A row that stands in an order; a new one without a position goes to the end."""

    within = "article"

    position = models.PositiveSmallIntegerField(
        default=0, help_text="0 puts a new one at the end."
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
        TEXT = "text", "Text"
        BENEFITS = "benefits", "Benefits"
        CONTRAINDICATIONS = "contraindications", "Contraindications"
        ADVICE = "advice", "Advice"
        STEPS = "steps", "Steps"
        FIGURE = "figure", "Foot map"
        MEDIA = "media", "Media"
        QUOTE = "quote", "Quote"
        FAQ = "faq", "Questions and answers"

    article = models.ForeignKey(Article, models.CASCADE, related_name="sections")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.TEXT)
    heading = models.CharField(max_length=200, blank=True)
    anchor = models.CharField(
        max_length=80,
        blank=True,
        validators=[validate_anchor],
        help_text="The section's own address: “benefits” makes …#benefits.",
    )

    class Meta:
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
                violation_error_message="This article has a section with that anchor already.",
            ),
            models.UniqueConstraint(
                fields=["article"],
                condition=Q(kind="media"),
                name="section_media_once_an_article",
                violation_error_message="An article has one media section; add the item to it.",
            ),
            models.UniqueConstraint(
                fields=["article"],
                condition=Q(kind="figure"),
                name="section_figure_once_an_article",
                violation_error_message="One foot map an article is enough.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.heading or f"{self.get_kind_display()}: {self.text[:60]}"

    def clean(self) -> None:
        if self.kind not in _SHOWN_WITHOUT_WORDS and not (self.heading or self.text):
            raise ValidationError(
                "Write a heading or a text, or remove the row.", "empty"
            )
        points = set(self.points.values_list("kind", flat=True)) if self.pk else set()
        if points - POINTS_OF.get(self.kind, set()):
            raise ValidationError(
                "This section has points that its new kind cannot show.", "points"
            )


class Point(Positioned):
    """One line of a benefits, contraindications or steps list."""

    class Kind(models.TextChoices):
        BENEFIT = "benefit", "Benefit"
        CONTRAINDICATION = "contraindication", "Contraindication"
        CAUTION = "caution", "Caution"
        STEP = "step", "Step"

    class Strength(models.TextChoices):
        SUPPORTED = "supported", "Well supported"
        MIXED = "mixed", "Mixed"
        TRADITIONAL = "traditional", "Traditional"
        NOT_ASSESSED = "not_assessed", "Not assessed"

    within = "section"

    section = models.ForeignKey(Section, models.CASCADE, related_name="points")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    text = models.CharField(max_length=500)
    strength = models.CharField(
        max_length=20, choices=Strength.choices, default=Strength.NOT_ASSESSED
    )
    sources = models.ManyToManyField(Source, blank=True, related_name="points")

    class Meta:
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
                f"A {self.section.get_kind_display().lower()} section has no place for a "
                f"{self.get_kind_display().lower()}.",
                "kind",
            )


class Media(Positioned):
    """Something kept elsewhere, such as a video; all that is shown of it is stored here."""

    class State(models.TextChoices):
        LINKED = "linked", "Address known"
        GONE = "gone", "No longer there"
        LOST = "lost", "Address was not kept"

    article = models.ForeignKey(Article, models.CASCADE, related_name="media")
    provider = models.CharField(
        max_length=60, help_text="Who keeps it: Twitter, YouTube."
    )
    url = models.URLField("address", max_length=500, blank=True)
    title = models.CharField(max_length=200)
    author = models.CharField(max_length=100, blank=True)
    published = models.DateField(null=True, blank=True)
    quote = models.TextField(
        blank=True, help_text="What it says, for when it is gone. Plain text."
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.LINKED)
    remote_comments = models.PositiveIntegerField(
        "comments there", null=True, blank=True
    )
    remote_as_of = models.DateField("as of", null=True, blank=True)
    comments_count = DatabaseKeptField()

    class Meta:
        ordering = ["position", "id"]
        verbose_name_plural = "media"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="lost", url="")
                | Q(state__in=["linked", "gone"]) & ~Q(url=""),
                name="media_address_fits_state",
                violation_error_message="An address belongs to every state but "
                "“Address was not kept”.",
            ),
            models.CheckConstraint(
                condition=Q(url="")
                | Q(url__startswith="https://")
                | Q(url__startswith="http://"),
                name="media_address_is_web",
                violation_error_message="The address begins with https:// or http://.",
            ),
            models.CheckConstraint(
                condition=Q(remote_comments=None, remote_as_of=None)
                | Q(remote_comments__isnull=False, remote_as_of__isnull=False),
                name="media_remote_figure_has_date",
                violation_error_message="A figure from elsewhere needs its “as of” day.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("comments:media", args=[self.article.slug, self.pk])
