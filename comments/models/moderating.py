"""What only those see who keep the site: why a comment waits, and what was done about it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments.models.comment import Comment


class Scrutiny(models.Model):
    """What the rules found in one comment, and where it came from."""

    comment = models.OneToOneField(
        Comment, models.CASCADE, primary_key=True, related_name="scrutiny",
        verbose_name=_("comment"),
    )  # fmt: skip
    score = models.IntegerField(_("score"), default=0)
    # [[words for a moderator, points], ...]
    reasons = models.JSONField(_("reasons"), default=list)
    # A human must look, whatever the score.
    holds = models.BooleanField(_("always to a human"), default=False, db_default=False)
    # The writer's network as a keyed hash; emptied after so many days.
    network = models.CharField(_("network"), max_length=64, blank=True)
    # By which nearly the same words are known again (scoring/fingerprint.py).
    words_one = models.BigIntegerField(_("words, one"), null=True, editable=False)
    words_two = models.BigIntegerField(_("words, two"), null=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        verbose_name = _("scrutiny")
        verbose_name_plural = _("scrutinies")
        indexes = [
            models.Index(fields=["network", "created_at"], name="scrutiny_network"),
            models.Index(
                fields=["created_at"], condition=Q(network__gt=""),
                name="scrutiny_with_network",
            ),
            models.Index(fields=["words_one", "created_at"], name="scrutiny_words_one"),
            models.Index(fields=["words_two", "created_at"], name="scrutiny_words_two"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.score}"


class Event(models.Model):
    """One change of a comment, or a note about it. It outlives the comment, without words."""

    class What(models.TextChoices):
        WRITTEN = "written", _("Written")
        STATUS = "status", _("Status")
        EDITED = "edited", _("Edited")
        ERASED = "erased", _("Erased")
        MOVED = "moved", _("Moved")
        PINNED = "pinned", _("Pinned")
        UNPINNED = "unpinned", _("No longer pinned")
        CONFIRMED = "confirmed", _("Confirmed by its author")
        REPORTED = "reported", _("Reported")
        NOTE = "note", _("Note")
        BANNED = "banned", _("Author banned")

    class Who(models.TextChoices):
        EDITOR = "editor", _("Editor")
        AUTHOR = "author", _("Author")
        READER = "reader", _("Another reader")
        SITE = "site", _("The site")

    # No constraint and no cascade: that a comment was erased is told when it is gone.
    comment = models.ForeignKey(
        Comment, models.DO_NOTHING, db_constraint=False, related_name="events",
        verbose_name=_("comment"),
    )  # fmt: skip
    what = models.CharField(_("what"), max_length=10, choices=What.choices)
    who = models.CharField(_("who"), max_length=10, choices=Who.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True,
        related_name="+", verbose_name=_("by"),
    )  # fmt: skip
    before = models.CharField(_("before"), max_length=10, blank=True)
    after = models.CharField(_("after"), max_length=10, blank=True)
    # A note, the words before an edit, where from and to: gone with the comment's own.
    words = models.TextField(_("words"), blank=True)
    # One number for all that one press of a button changed, so that it can be undone.
    batch = models.UUIDField(_("batch"), null=True, blank=True, editable=False)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["batch"], condition=Q(batch__isnull=False), name="event_batch"
            )
        ]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.get_what_display()}"

    @property
    def change(self) -> str:
        """“Waiting → Visible”; "" where the status stayed."""
        labels = dict(Comment.Status.choices)
        statuses = [one for one in (self.before, self.after) if one]
        return " → ".join(str(labels.get(one, one)) for one in statuses)


class News(models.Model):
    """A comment that somebody is to be told of: moderators, or the readers who follow.

    Written with the change, deleted when the worker has dealt with it.
    """

    class Kind(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        REPORTED = "reported", _("Reported")
        VISIBLE = "visible", _("Visible")

    comment = models.ForeignKey(
        Comment, models.CASCADE, related_name="+", verbose_name=_("comment")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        verbose_name = _("news")
        verbose_name_plural = _("news")
        indexes = [models.Index(fields=["kind", "id"], name="news_kind")]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.kind}"


class Report(models.Model):
    """A reader says that something is wrong with a comment."""

    class Reason(models.TextChoices):
        HEALTH = "health", _("Its advice may harm somebody")
        SPAM = "spam", _("It advertises something")
        RUDE = "rude", _("It hurts or insults")
        PRIVATE = "private", _("It tells something private")
        OTHER = "other", _("Something else")

    comment = models.ForeignKey(
        Comment, models.CASCADE, related_name="reports", verbose_name=_("comment")
    )
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    words = models.TextField(_("in the reader’s words"), max_length=1000, blank=True)
    network = models.CharField(_("network"), max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["comment"], condition=Q(closed_at=None), name="report_open"
            ),
            models.Index(
                fields=["created_at"],
                condition=Q(network__gt=""),
                name="report_with_network",
            ),
        ]
        constraints = [
            # One reader counts once for one comment, for as long as the network is kept.
            models.UniqueConstraint(
                fields=["comment", "network"], condition=~Q(network=""),
                name="report_once",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.get_reason_display()}"
