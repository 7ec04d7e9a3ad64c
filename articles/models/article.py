from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from articles.fields import DatabaseKeptField


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

    def at(self, slug: str) -> Self:
        """The article of an address, also of one that it had before."""
        had = OldSlug.objects.filter(slug=slug).values("article")
        return self.filter(Q(slug=slug) | Q(pk__in=had))

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


class OldSlug(models.Model):
    """An address that an article had. Written by triggers (addresses.py), so by every way
    of changing a slug; it leads to whatever the article's address is now, so never in a ring.
    """

    slug = models.SlugField(max_length=80, unique=True)
    article = models.ForeignKey(Article, models.CASCADE, related_name="old_slugs")

    def __str__(self) -> str:
        return self.slug
