from typing import Any, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from articles.fields import DatabaseKeptField, RenderedField

ANCHOR = RegexValidator(
    r"^[a-z][a-z0-9-]*$",
    "Use small letters, digits and hyphens, beginning with a letter.",
    "anchor",
)


class Topic(models.Model):
    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("articles:topic", args=[self.slug])


class Author(models.Model):
    """Somebody who writes or reviews. The seed names nobody, so it makes none."""

    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=80, unique=True)
    credentials = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self) -> Self:
        """What the public may read: page, lists, feeds and the comment form all ask here."""
        return self.filter(
            status=Article.Status.PUBLISHED, published_at__lte=timezone.now()
        )

    def newest_first(self) -> Self:
        return self.order_by("-published_at", "-pk")


class Article(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        REVIEW = "review", "In review"
        PUBLISHED = "published", "Published"
        ARCHIVED = "archived", "Archived"

    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    summary = models.TextField(
        max_length=400, blank=True, help_text="One or two sentences, shown in lists."
    )
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.DRAFT
    )
    published_at = models.DateTimeField(
        null=True, blank=True, help_text="May lie ahead: the article appears by itself."
    )
    updated_at = models.DateTimeField(auto_now=True)
    author = models.ForeignKey(
        Author, models.SET_NULL, null=True, blank=True, related_name="articles",
        help_text="Leave empty and the site itself is the publisher.",
    )  # fmt: skip
    topics = models.ManyToManyField(Topic, blank=True, related_name="articles")
    reviewer = models.ForeignKey(
        Author, models.PROTECT, null=True, blank=True, related_name="reviewed"
    )
    reviewed_on = models.DateField(
        null=True, blank=True, help_text="Only for a review of the whole page."
    )
    review_due = models.DateField(null=True, blank=True)
    comments_open = models.BooleanField("comments are open", default=True)
    comments_count = DatabaseKeptField()
    # Moved by triggers (versioning.py, and the comments' own) with all that the page shows.
    version = DatabaseKeptField(start=1)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        get_latest_by = "published_at"
        indexes = [
            models.Index(
                fields=["-published_at", "-id"],
                condition=Q(status="published"),
                name="article_published",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "review", "published", "archived"]),
                name="article_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False),
                name="article_published_has_date",
                violation_error_message="A published article needs a publication date.",
            ),
            models.CheckConstraint(
                condition=Q(
                    reviewer=None, reviewed_on=None, review_due=None
                )
                | Q(reviewer__isnull=False, reviewed_on__isnull=False)
                & (Q(review_due=None) | Q(review_due__gt=F("reviewed_on"))),
                name="article_review_complete",
                violation_error_message="A review needs the reviewer and the day; "
                "the next one is due after it.",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("articles:article", args=[self.slug])


class MarkdownText(models.Model):
    """Text an editor writes in Markdown, with its safe HTML beside it."""

    text = models.TextField(
        blank=True,
        help_text="Plain text. A blank line starts a paragraph, *stars* set emphasis, "
        "“- ” starts a list, [words](address) is a link.",
    )
    html = RenderedField(source="text")

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        if fields is not None and "text" in fields:
            kwargs["update_fields"] = {*fields, "html"}
        super().save(*args, **kwargs)


class Section(MarkdownText):
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
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.TEXT)
    heading = models.CharField(max_length=200, blank=True)
    anchor = models.CharField(
        max_length=80,
        blank=True,
        validators=[ANCHOR],
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
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.heading or f"{self.get_kind_display()}: {self.text[:60]}"


class Point(models.Model):
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

    section = models.ForeignKey(Section, models.CASCADE, related_name="points")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    position = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=500)
    strength = models.CharField(
        max_length=20, choices=Strength.choices, default=Strength.NOT_ASSESSED
    )

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


class Media(models.Model):
    """Something kept elsewhere, such as a video; all that is shown of it is stored here."""

    class State(models.TextChoices):
        LINKED = "linked", "Address known"
        GONE = "gone", "No longer there"
        LOST = "lost", "Address was not kept"

    article = models.ForeignKey(Article, models.CASCADE, related_name="media")
    position = models.PositiveSmallIntegerField(default=0)
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


class Note(MarkdownText):
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
    position = models.PositiveSmallIntegerField(default=0)
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


class Page(MarkdownText):
    """One of the site's own pages, such as Privacy. Facts stand in braces: {publisher}."""

    path = models.SlugField(max_length=60, unique=True)
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
