"""What the owner decides about comments beforehand: rules, bans, saved replies, the lines."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from footcare.lib.prepared import Prepared


class Ban(models.Model):
    """Whose comments go to spam, until a day or for good."""

    class Kind(models.TextChoices):
        ADDRESS = "address", _("E-mail address")
        NETWORK = "network", _("Network")
        WORD = "word", _("Word")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    value = models.CharField(
        _("value"), max_length=254,
        help_text=_(
            "An address, a network such as 203.0.113.0/24, or a word. Banned from a "
            "comment, a network is kept as the hash that the comment has."
        ),
    )  # fmt: skip
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("Leave empty for no end.")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True,
        editable=False, related_name="+", verbose_name=_("by"),
    )  # fmt: skip
    created_at = models.DateTimeField(
        _("created at"), default=timezone.now, editable=False
    )

    class Meta:
        verbose_name = _("ban")
        verbose_name_plural = _("bans")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "value"], name="ban_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.value}"


class Rule(models.Model):
    """One word, phrase or domain, and what it says about a comment that has it."""

    class Kind(models.TextChoices):
        WORD = "word", _("Word or phrase")
        DOMAIN = "domain", _("Domain")
        PATTERN = "pattern", _("Pattern")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    value = models.CharField(_("value"), max_length=300)
    # What the moderator reads: "names a dose".
    reason = models.CharField(_("reason"), max_length=100)
    points = models.IntegerField(
        _("points"), default=0,
        validators=[MinValueValidator(-1000), MaxValueValidator(1000)],
        help_text=_("Added to the score; below 0 where it speaks for the comment."),
    )  # fmt: skip
    holds = models.BooleanField(
        _("always to a human"), default=False,
        help_text=_("The comment waits for an editor, whoever wrote it."),
    )  # fmt: skip
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["reason", "value"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "value"], name="rule_once")
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.value}"


class SavedReply(models.Model):
    """An answer that moderators give again and again."""

    title = models.CharField(_("title"), max_length=80, unique=True)
    text = models.TextField(_("text"), max_length=5000)

    class Meta:
        verbose_name = _("saved reply")
        verbose_name_plural = _("saved replies")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class ModerationSettings(models.Model):
    """How comments are looked at: one row. What readers see of it is in the site settings."""

    waits_at = models.IntegerField(
        _("waits from this score on"), default=30,
        help_text=_("Whoever wrote it; a stranger’s comment may wait without."),
    )  # fmt: skip
    spam_at = models.IntegerField(_("spam from this score on"), default=100)
    most_links = models.PositiveSmallIntegerField(
        _("links that are no reason"), default=1
    )
    keep_network_days = models.PositiveSmallIntegerField(
        _("days for which a writer’s network is kept"), default=30,
        validators=[MinValueValidator(1)],
    )  # fmt: skip
    mails_moderators = models.BooleanField(
        _("mail to moderators about what waits"), default=True
    )

    class Meta:
        verbose_name = _("moderation settings")
        verbose_name_plural = _("moderation settings")
        constraints = [
            models.CheckConstraint(
                condition=Q(pk=1), name="moderation_settings_one_row"
            ),
            models.CheckConstraint(
                condition=Q(spam_at__gt=F("waits_at")),
                name="moderation_spam_above_waiting",
                violation_error_message=_("Spam must begin above what waits."),
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def load(cls) -> "ModerationSettings":
        """The stored row, or the defaults where none was saved."""
        return next(iter(_stored()), None) or cls(pk=1)


_stored = Prepared(lambda: ModerationSettings.objects.filter(pk=1))
