import re
from datetime import UTC, datetime
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Least
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.fields import DatabaseKeptField
from articles.models.site import Hold
from articles.models.text import MarkdownText


class TopicQuerySet(models.QuerySet["Topic"]):
    def written(self) -> Self:
        """Those with an article that readers may see."""
        entries = TopicEntry.objects.published().filter(topic=models.OuterRef("pk"))
        return self.filter(models.Exists(entries))


class Topic(models.Model):
    name = models.CharField(_("name"), max_length=60, unique=True)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("articles:topic", args=[self.slug])


class Author(MarkdownText):
    """Somebody who writes or reviews. The seed names nobody, so it makes none."""

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    credentials = models.CharField(_("credentials"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("articles:author", args=[self.slug])


def site_language() -> str:
    """What an article is written in unless somebody says otherwise."""
    return settings.LANGUAGE_CODE


def validate_language(value: str) -> None:
    """Refuse what is no language tag (BCP 47) for an HTML attribute."""
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
        raise ValidationError(
            _("Write a language tag, such as en, de or pt-BR."), "language"
        )


def earlier(until: Any, now: Any = None) -> Any:
    """Now, or the moment ``until`` (a date or an expression) where that is earlier.

    One bound, not two: of two upper bounds SQLite goes by the first, and then walks from
    now back to the other. ``now`` is given where the query is older than the moment.
    """
    now = now or Value(timezone.now(), models.DateTimeField())
    if isinstance(until, datetime):
        until = Value(until, models.DateTimeField())
    return now if until is None else Least(now, until)


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self, *, until: Any = None, now: Any = None) -> Self:
        """What the public may read: page, lists, feeds and the comment form all ask here.

        With ``until``, of that only what was published by then.
        """
        return self.filter(
            status=Article.Status.PUBLISHED, published_at__lte=earlier(until, now)
        )

    def scheduled(self, now: datetime) -> Self:
        """Those that will appear by themselves after ``now``."""
        return self.filter(status=Article.Status.PUBLISHED, published_at__gt=now)

    def at(self, slug: str) -> Self:
        """The article of an address, also of one that it had before."""
        has = Article.objects.order_by().filter(slug=slug).values("pk")
        had = OldSlug.objects.order_by().filter(slug=slug).values("article")
        # In one set: joined by OR, PostgreSQL would read every article.
        return self.filter(pk__in=has.union(had))

    def newest_first(self) -> Self:
        return self.order_by("-published_at", "-pk")


class Article(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REVIEW = "review", _("In review")
        PUBLISHED = "published", _("Published")
        ARCHIVED = "archived", _("Archived")

    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    summary = models.TextField(
        _("summary"), max_length=400, blank=True,
        help_text=_("One or two sentences, shown in lists."),
    )  # fmt: skip
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.DRAFT
    )
    published_at = models.DateTimeField(
        _("published at"), null=True, blank=True,
        help_text=_("May lie ahead: the article appears by itself."),
    )  # fmt: skip
    # Moved by triggers, too: a section, a topic or a source may change by itself.
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)
    author = models.ForeignKey(
        Author, models.SET_NULL, null=True, blank=True, related_name="articles",
        verbose_name=_("author"), help_text=_("Leave empty and the site itself is the publisher."),
    )  # fmt: skip
    topics = models.ManyToManyField(
        Topic, blank=True, related_name="articles", verbose_name=_("topics")
    )
    language = models.CharField(
        _("language"), max_length=35, default=site_language,
        validators=[validate_language],
        help_text=_("Of the article’s own words: en, de, pt-BR."),
    )  # fmt: skip
    pinned = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="pinned_by",
        verbose_name=_("related articles"),
        help_text=_("These come first; the rest is found by shared topics."),
    )  # fmt: skip
    reviewer = models.ForeignKey(
        Author, models.PROTECT, null=True, blank=True, related_name="reviewed",
        verbose_name=_("reviewer"),
    )  # fmt: skip
    reviewed_on = models.DateField(
        _("reviewed on"), null=True, blank=True,
        help_text=_("Only for a review of the whole page."),
    )  # fmt: skip
    review_due = models.DateField(_("review due"), null=True, blank=True)
    comments_open = models.BooleanField(_("comments are open"), default=True)
    # Empty: as the site has it.
    comments_hold = models.CharField(
        _("comments that wait for an editor"), max_length=10, choices=Hold.choices,
        blank=True,
    )  # fmt: skip
    comments_confirm = models.BooleanField(
        _("comments need a confirmed e-mail"), null=True, blank=True
    )
    comments_close_after = models.PositiveSmallIntegerField(
        _("comments close after so many days"), null=True, blank=True
    )
    comments_count = DatabaseKeptField(_("comments count"))
    # In seconds since 1970: when a visible comment last came, changed or went.
    discussed_at = DatabaseKeptField(_("discussed at"))
    # Moved by triggers (versioning.py, and the comments' own) with all that the page shows.
    version = DatabaseKeptField(_("version"), start=1)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        indexes = [
            models.Index(
                fields=["-published_at", "-id"],
                condition=Q(status="published"),
                name="article_published",
            ),
            models.Index(
                fields=["author", "-published_at", "-id"],
                condition=Q(status="published"),
                name="article_by_author",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "review", "published", "archived"]),
                name="article_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False),
                name="article_published_has_date",
                violation_error_message=_("A published article needs a publication date."),
            ),
            models.CheckConstraint(
                condition=Q(
                    reviewer=None, reviewed_on=None, review_due=None
                )
                | Q(reviewer__isnull=False, reviewed_on__isnull=False)
                & (Q(review_due=None) | Q(review_due__gt=F("reviewed_on"))),
                name="article_review_complete",
                violation_error_message=_(
                    "A review needs the reviewer and the day; the next one is due after it."
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("articles:article", args=[self.slug])

    @property
    def is_review_overdue(self) -> bool:
        return self.review_due is not None and self.review_due < timezone.localdate()

    @property
    def changed_at(self) -> datetime:
        """When its words changed for readers: one that was scheduled came with its date."""
        return max(self.published_at or self.updated_at, self.updated_at)

    @property
    def moved_at(self) -> datetime:
        """When anything changed that its page shows, its comments among it."""
        return max(self.changed_at, datetime.fromtimestamp(self.discussed_at, UTC))


class OldSlug(models.Model):
    """An address that an article had. Written by triggers (addresses.py), so by every way
    of changing a slug; it leads to whatever the article's address is now, so never in a ring.
    """

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    article = models.ForeignKey(
        Article, models.CASCADE, related_name="old_slugs", verbose_name=_("article")
    )

    class Meta:
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")

    def __str__(self) -> str:
        return self.slug


class TopicEntryQuerySet(models.QuerySet["TopicEntry"]):
    def published(self, *, until: Any = None, now: Any = None) -> Self:
        """Those whose time has come; a row stands for a published article in any case."""
        return self.filter(published_at__lte=earlier(until, now))


class TopicEntry(models.Model):
    """A published article in the list of one topic, with the date it is sorted by.

    Written by triggers (entries.py). Its index makes any page of a topic cost the same,
    whether the topic has ten articles in a hundred thousand or all of them.
    """

    # "topic-article": a fixture may hold a row that the triggers have written by then.
    id = models.CharField(max_length=50, primary_key=True)
    topic = models.ForeignKey(
        Topic, models.CASCADE, related_name="entries", verbose_name=_("topic")
    )
    article = models.ForeignKey(
        Article, models.CASCADE, related_name="entries", verbose_name=_("article")
    )
    published_at = models.DateTimeField(_("published at"))

    objects = TopicEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a topic")
        verbose_name_plural = _("entries of topics")
        indexes = [
            models.Index(
                fields=["topic", "-published_at", "-article"], name="topic_entry_newest"
            )
        ]

    def __str__(self) -> str:
        return self.id
