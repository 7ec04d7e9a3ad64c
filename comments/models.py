from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Media

NAME_LENGTH = 80
BODY_LENGTH = 20_000
ROOTS_A_PAGE = 100  # conversations on one page of a thread


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible(self) -> Self:
        """What readers see and what every comments_count counts."""
        return self.filter(status=Comment.Status.VISIBLE)


class Comment(models.Model):
    """What somebody said about an article, or about one media item of it.

    The counts of both are kept by database triggers (triggers.py); nothing here counts.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        VISIBLE = "visible", _("Visible")
        HIDDEN = "hidden", _("Hidden")
        SPAM = "spam", _("Spam")

    article = models.ForeignKey(
        Article, models.CASCADE, related_name="comments", verbose_name=_("article")
    )
    media = models.ForeignKey(
        Media, models.SET_NULL, null=True, blank=True, related_name="comments",
        verbose_name=_("media item"),
    )  # fmt: skip
    # RESTRICT: a comment goes with its article, but never takes its answers along.
    parent = models.ForeignKey(
        "self", models.RESTRICT, null=True, blank=True, related_name="replies",
        verbose_name=_("parent"),
    )  # fmt: skip
    # The first comment of the conversation; empty for that one itself.
    root = models.ForeignKey(
        "self", models.RESTRICT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("root"),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    email = models.EmailField(_("e-mail"), blank=True)
    body = models.TextField(_("comment"), max_length=BODY_LENGTH, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.WAITING
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True,
        editable=False, related_name="+",
        verbose_name=_("author"), help_text=_("Set for those who keep the site."),
    )  # fmt: skip
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    edited_at = models.DateTimeField(
        _("edited at"), null=True, blank=True, editable=False
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["article", "root", "id"], name="comment_thread"),
            models.Index(fields=["media", "root", "id"], name="comment_media_thread"),
            models.Index(fields=["status", "-id"], name="comment_queue"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "visible", "hidden", "spam"]),
                name="comment_status_known",
            ),
            models.CheckConstraint(
                condition=Q(parent=None, root=None)
                | Q(parent__isnull=False, root__isnull=False),
                name="comment_reply_has_root",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")) & ~Q(root=F("id")),
                name="comment_not_its_own_parent",
            ),
            models.CheckConstraint(
                condition=~Q(body="") | Q(status="hidden"),
                name="comment_says_something",
                violation_error_message=_("Only a removed comment may be empty."),
            ),
        ]

    def __str__(self) -> str:
        # No words and no name: this goes into logs, which outlive an erasure.
        return gettext("Comment %(number)s") % {"number": self.pk}

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.parent and not self.root_id:
            self.root_id = self.parent.root_id or self.parent.pk
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        url = self.article.get_absolute_url()
        if self.article.comments_count > ROOTS_A_PAGE:
            # It may stand on a later page: begin with its own conversation.
            url += f"?comments={(self.root_id or self.pk) - 1}"
        return f"{url}#comment-{self.pk}"

    def clean(self) -> None:
        if self.media and self.media.article_id != self.article_id:
            raise ValidationError(_("That item is in another article."), "media")
        if self.parent and (
            self.parent.article_id != self.article_id
            or self.parent.media_id != self.media_id
        ):
            raise ValidationError(
                _("An answer stays beside what it answers."), "parent"
            )
