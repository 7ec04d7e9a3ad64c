from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Media
from comments.models.reader import Reader
from footcare.lib.markup import render_small_markdown

NAME_LENGTH = 80
BODY_LENGTH = 20_000
COMMENTS_A_PAGE = 100  # of a thread


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible(self) -> Self:
        """What readers see and what every comments_count counts."""
        return self.filter(status=Comment.Status.VISIBLE)

    def at(self, email: str) -> Self:
        """Those with this address, letter case apart, whoever typed it."""
        return self.alias(address=Lower("email")).filter(address=email.lower())


class Comment(models.Model):
    """What somebody said about an article, or about one media item of it.

    The counts of both are kept by database triggers (triggers.py); nothing here counts.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        VISIBLE = "visible", _("Visible")
        HIDDEN = "hidden", _("Hidden")
        SPAM = "spam", _("Spam")

    class Follows(models.TextChoices):
        """Which answers come to the reader by mail."""

        NOTHING = "", _("No mail")
        REPLIES = "replies", _("Answers to my comment")
        THREAD = "thread", _("Every comment on this article")

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
    # ``body`` as HTML (words.py); empty where it was not written by ``save``.
    html = models.TextField(_("HTML"), blank=True, editable=False, db_default="")
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.WAITING
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True,
        editable=False, related_name="+",
        verbose_name=_("author"), help_text=_("Set for those who keep the site."),
    )  # fmt: skip
    # Who holds the address and has said that the comment is theirs; no typed address says so.
    reader = models.ForeignKey(
        Reader, models.SET_NULL, null=True, blank=True, editable=False,
        related_name="comments", verbose_name=_("reader"),
    )  # fmt: skip
    follows = models.CharField(
        _("answers by mail"), max_length=10, choices=Follows.choices,
        default=Follows.NOTHING, db_default="", blank=True, editable=False,
    )  # fmt: skip
    is_pinned = models.BooleanField(
        _("pinned"), default=False, db_default=False,
        help_text=_("Shown above the conversation, too."),
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
        permissions = [("view_email", "Can see the e-mail addresses of readers")]
        # fmt: off
        indexes = [
            # A page of a thread, in either order. The status is a column of the index, not its
            # condition: SQLite does not see that a parameter fulfils one.
            models.Index(
                F("article"), F("status"), Coalesce("root", "id"), F("id"),
                name="comment_thread",
            ),
            models.Index(
                F("media"), F("status"), Coalesce("root", "id"), F("id"),
                condition=Q(media__isnull=False), name="comment_media_thread",
            ),
            models.Index(fields=["article", "status", "-id"], name="comment_newest"),
            # Which of the last minutes is the same that is sent once more.
            models.Index(fields=["article", "created_at"], name="comment_recent"),
            models.Index(
                fields=["article", "status", "-id"], condition=Q(is_pinned=True),
                name="comment_pinned",
            ),
            models.Index(fields=["status", "-id"], name="comment_queue"),
            models.Index(Lower("email"), name="comment_of_address"),
            # Who is to hear of a new comment on the article.
            models.Index(
                fields=["article", "status", "follows", "reader"],
                condition=Q(reader__isnull=False), name="comment_followers",
            ),
        ]
        # fmt: on
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
        fields = kwargs.get("update_fields")
        if fields is None or "body" in fields:
            self.html = render_small_markdown(self.body)
            if fields is not None:
                kwargs["update_fields"] = {*fields, "html"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        url = self.article.get_absolute_url()
        if self.article.comments_count > COMMENTS_A_PAGE:
            # It may stand on a later page: begin with it, in whichever order.
            url += f"?comments={self.root_id or self.pk}&answers={self.pk}"
        return f"{url}#comment-{self.pk}"

    @property
    def shown_html(self) -> SafeString:
        """The comment as its readers see it."""
        return mark_safe(self.html or render_small_markdown(self.body))  # noqa: S308

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
