from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.models.article import Article
from articles.models.parts import Positioned, Section
from articles.models.source import Source
from articles.models.text import MarkdownText

PARTS_OF_THE_SOLE = 6


class Note(Positioned, MarkdownText):
    """The site's own words around an article, never inside the author's."""

    class Kind(models.TextChoices):
        DISCLAIMER = "disclaimer", _("Short disclaimer")
        CALLOUT = "callout", _("Before you start")
        CARE_CARD = "care_card", _("Care card")
        LABEL = "label", _("Heading for a section without one")
        SUMMARY = "summary", _("What the evidence says, in short")
        CLAIM = "claim", _("What the evidence says of one claim")
        TRADITION = "tradition", _("What the tradition says of the foot map")

    class Level(models.TextChoices):
        EMERGENCY = "emergency", _("Emergency")
        URGENT = "urgent", _("Urgent")
        NON_URGENT = "non_urgent", _("Non-urgent")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        APPROVED = "approved", _("Approved")

    article = models.ForeignKey(
        Article, models.CASCADE, related_name="notes", verbose_name=_("article")
    )
    section = models.ForeignKey(
        Section, models.CASCADE, null=True, blank=True, related_name="notes",
        verbose_name=_("section"),
        help_text=_("For a heading: the section it stands above. For a claim: where it is made."),
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    level = models.CharField(
        _("level"), max_length=20, choices=Level.choices, blank=True,
        help_text=_("Of a care card."),
    )  # fmt: skip
    heading = models.CharField(
        _("heading"), max_length=200, blank=True,
        help_text=_("For a claim: the author’s own words."),
    )  # fmt: skip
    sources = models.ManyToManyField(
        Source, blank=True, related_name="notes", verbose_name=_("sources")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.DRAFT
    )

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["position", "id"]
        permissions = [("approve_note", "Can approve a note for readers")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "disclaimer", "callout", "care_card", "label", "summary",
                        "claim", "tradition",
                    ]
                ),
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
                violation_error_message=_("A care card has a level, nothing else has."),
            ),
            models.UniqueConstraint(
                fields=["article"],
                condition=Q(kind="callout"),
                name="note_callout_once_an_article",
                violation_error_message=_(
                    "One “Before you start” an article is enough."
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.heading or f"{self.get_kind_display()}: {self.text[:60]}"

    def clean(self) -> None:
        if self.section and self.section.article_id != self.article_id:
            raise ValidationError(_("That section is in another article."), "section")
        if self.kind == self.Kind.CLAIM and not self._quotes_the_author():
            raise ValidationError(
                _(
                    "Choose the section, and copy the author’s words from it as they stand."
                ),
                "quote",
            )
        if self.kind == self.Kind.TRADITION and len(self.lines()) != PARTS_OF_THE_SOLE:
            raise ValidationError(
                _(
                    "Write six lines, one for each part of the sole, in the drawing’s order."
                ),
                "lines",
            )

    def lines(self) -> list[str]:
        """Its lines without the signs of a list."""
        return [line.lstrip("-* ") for line in self.text.splitlines() if line.strip()]

    def _quotes_the_author(self) -> bool:
        if not (self.section and self.heading):
            return False
        points = self.section.points.values_list("text", flat=True)
        return any(self.heading in text for text in [self.section.text, *points])
