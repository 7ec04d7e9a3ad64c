from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from articles.models.article import Article
from articles.models.parts import Positioned, Section
from articles.models.text import MarkdownText


class Note(Positioned, MarkdownText):
    """The site's own words around an article, never inside the author's."""

    class Kind(models.TextChoices):
        DISCLAIMER = "disclaimer", "Short disclaimer"
        CALLOUT = "callout", "Before you start"
        CARE_CARD = "care_card", "Care card"
        LABEL = "label", "Heading for a section without one"

    class Level(models.TextChoices):
        EMERGENCY = "emergency", "Emergency"
        URGENT = "urgent", "Urgent"
        NON_URGENT = "non_urgent", "Non-urgent"

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        APPROVED = "approved", "Approved"

    article = models.ForeignKey(Article, models.CASCADE, related_name="notes")
    section = models.ForeignKey(
        Section, models.CASCADE, null=True, blank=True, related_name="notes",
        help_text="For a heading: the section it stands above.",
    )  # fmt: skip
    kind = models.CharField(max_length=20, choices=Kind.choices)
    level = models.CharField(
        max_length=20, choices=Level.choices, blank=True, help_text="Of a care card."
    )
    heading = models.CharField(max_length=200, blank=True)
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.DRAFT
    )

    class Meta:
        ordering = ["position", "id"]
        permissions = [("approve_note", "Can approve a note for readers")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["disclaimer", "callout", "care_card", "label"]),
                name="note_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "approved"]), name="note_status_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="care_card", level__in=["emergency", "urgent", "non_urgent"]
                )
                | ~Q(kind="care_card") & Q(level=""),
                name="note_level_of_care_cards",
                violation_error_message="A care card has a level, nothing else has.",
            ),
            models.UniqueConstraint(
                fields=["article"],
                condition=Q(kind="callout"),
                name="note_callout_once_an_article",
                violation_error_message="One “Before you start” an article is enough.",
            ),
        ]

    def __str__(self) -> str:
        return self.heading or f"{self.get_kind_display()}: {self.text[:60]}"

    def clean(self) -> None:
        if self.section and self.section.article_id != self.article_id:
            raise ValidationError("That section is in another article.", "section")
