from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Topic
from subscriptions.models.subscriber import new_key


class Digest(models.Model):
    """One week's letters to those who want all in one: made once, however many workers."""

    # The moment up to which its articles were published.
    until = models.DateTimeField(_("until"), unique=True)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        ordering = ["-until"]

    def __str__(self) -> str:
        return self.until.isoformat(sep=" ", timespec="minutes")


class LetterQuerySet(models.QuerySet["Letter"]):
    def due(self, now: datetime) -> Self:
        """Scheduled ones whose moment has come."""
        return self.filter(state=Letter.State.SCHEDULED, scheduled_at__lte=now)

    def sending(self) -> Self:
        """Those that the worker is at."""
        return self.filter(state=Letter.State.SENDING)


class Letter(models.Model):
    """What is sent to many: an article, the owner's own words, or a week's articles."""

    class Kind(models.TextChoices):
        ARTICLE = "article", _("Article")
        NOTE = "note", _("Own words")
        DIGEST = "digest", _("Weekly digest")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        SENDING = "sending", _("Being sent")
        PAUSED = "paused", _("Paused")
        SENT = "sent", _("Sent")
        CANCELLED = "cancelled", _("Cancelled")

    class Pause(models.TextChoices):
        OWNER = "owner", _("Paused by an editor")
        FAILURES = "failures", _("Too many failures in a row")
        STALE = "stale", _("Its time has passed; somebody has to decide")
        OBSTACLE = "obstacle", _("Something stands against sending it")

    kind = models.CharField(
        _("kind"), max_length=10, choices=Kind.choices, default=Kind.NOTE
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.DRAFT
    )
    article = models.ForeignKey(
        Article, models.SET_NULL, null=True, blank=True, related_name="letters",
        verbose_name=_("article"),
    )  # fmt: skip
    digest = models.ForeignKey(
        Digest, models.SET_NULL, null=True, blank=True, related_name="letters",
        verbose_name=_("digest"),
    )  # fmt: skip
    # Those of a digest.
    articles = models.ManyToManyField(
        Article, blank=True, related_name="digested", verbose_name=_("articles")
    )
    subject = models.CharField(_("subject"), max_length=150)
    preview = models.CharField(
        _("preview line"), max_length=200, blank=True,
        help_text=_("What mail programs show beside the subject."),
    )  # fmt: skip
    body = models.TextField(
        _("text"), blank=True,
        help_text=_("Markdown: paragraphs, lists, quotes, emphasis, links, headings."),
    )  # fmt: skip
    topics = models.ManyToManyField(
        Topic, blank=True, verbose_name=_("to readers of"),
        help_text=_("None chosen means everybody on the list."),
    )  # fmt: skip
    at_most_once = models.BooleanField(
        _("at most once"), default=False,
        help_text=_(
            "Whoever may or may not have got the letter when a worker was killed does not "
            "get it again. Else they may, once, and nobody is left out."
        ),
    )  # fmt: skip
    is_automatic = models.BooleanField(_("automatic"), default=False, editable=False)
    # Frozen when it is queued. `mark` stands in them, and in the preview, where each
    # reader's own links go (letters/mime.py).
    frozen_subject = models.CharField(
        _("frozen subject"), max_length=150, blank=True, editable=False
    )
    html = models.TextField(_("HTML"), blank=True, editable=False)
    text = models.TextField(_("plain text"), blank=True, editable=False)
    mark = models.CharField(_("mark"), max_length=32, default=new_key, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True,
        related_name="+", editable=False, verbose_name=_("by"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    scheduled_at = models.DateTimeField(_("scheduled at"), null=True, blank=True)
    queued_at = models.DateTimeField(_("queued at"), null=True, blank=True)
    # When a worker was last at it.
    worked_at = models.DateTimeField(
        _("worked at"), null=True, blank=True, editable=False
    )
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    pause = models.CharField(
        _("why it is paused"), max_length=10, choices=Pause.choices, blank=True
    )
    pause_words = models.CharField(_("what happened"), max_length=300, blank=True)
    failures_in_row = models.PositiveIntegerField(
        _("failures in a row"), default=0, editable=False
    )

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "scheduled_at"], name="letter_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["article", "note", "digest"]),
                name="letter_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "draft", "scheduled", "sending", "paused", "sent", "cancelled",
                    ]
                ),
                name="letter_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sending", "sent"])
                | Q(queued_at__isnull=False) & ~Q(html="") & ~Q(text=""),
                name="letter_sent_is_frozen",
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(scheduled_at__isnull=False),
                name="letter_scheduled_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="paused") & ~Q(pause="")
                | ~Q(state="paused") & Q(pause=""),
                name="letter_paused_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", finished_at__isnull=False)
                | ~Q(state="sent") & Q(finished_at=None),
                name="letter_sent_has_time",
            ),
            # An article goes to the readers once; a cancelled letter may be made anew.
            models.UniqueConstraint(
                fields=["article"],
                condition=Q(kind="article") & ~Q(state="cancelled"),
                name="letter_of_article_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.subject

    @property
    def is_frozen(self) -> bool:
        """Whether its words and its readers are fixed: it has been queued once."""
        return self.queued_at is not None

    @property
    def is_editable(self) -> bool:
        """Whether its words may still change; one that is scheduled goes as it was seen."""
        return not self.is_frozen and self.state in {
            Letter.State.DRAFT,
            Letter.State.PAUSED,
        }

    @property
    def is_removable(self) -> bool:
        """Whether nobody can have got it, and nobody will.

        That of an article is cancelled instead: without it the article would look as if
        nobody had decided, and might be sent by itself.
        """
        over = {Letter.State.DRAFT, Letter.State.CANCELLED}
        return not self.is_frozen and self.state in over and self.article_id is None
