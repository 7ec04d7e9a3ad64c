from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from comments.models.comment import Comment  # noqa: F401  (for the relation's type)


def new_key() -> str:
    return get_random_string(32)


class ReaderQuerySet(models.QuerySet["Reader"]):
    def at(self, email: str) -> Self:
        """The reader of this address, letter case apart."""
        return self.alias(address=Lower("email")).filter(address=email.lower())


class Reader(models.Model):
    """An address that its holder has confirmed, so that what is written under it can be trusted.

    Made by the press of a button that only a mail to the address leads to, never by
    what somebody types.
    """

    email = models.EmailField(_("e-mail"))
    # In every link and cookie of this reader: with a new one all of them end.
    key = models.CharField(_("key"), max_length=32, default=new_key, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), default=timezone.now)
    # When the last mail about answers was made: bursts are gathered.
    noticed_at = models.DateTimeField(_("noticed at"), null=True, blank=True)

    objects = ReaderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reader")
        verbose_name_plural = _("readers")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="reader_email_once")
        ]

    def __str__(self) -> str:
        # No address: this goes into logs, which outlive an erasure.
        return f"{self._meta.verbose_name} {self.pk}"


class MailAskedQuerySet(models.QuerySet["MailAsked"]):
    def at(self, email: str) -> Self:
        """What was asked for this address, letter case apart."""
        return self.alias(address=Lower("email")).filter(address=email.lower())


class MailAsked(models.Model):
    """A mail that somebody's address is to get: a link to confirm, or to their comments.

    One row for every address, known or not, written with the request. The worker looks the
    address up and answers.
    """

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("Link to confirm")
        YOURS = "yours", _("Link to one’s comments")

    email = models.EmailField(_("e-mail"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    # False: there had been enough mails to this address.
    is_mailed = models.BooleanField(_("mailed"), default=False)

    objects = MailAskedQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail asked for")
        verbose_name_plural = _("mails asked for")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(answered_at=None),
                name="mail_asked_unanswered",
            ),
            models.Index(Lower("email"), "answered_at", name="mail_asked_of_address"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.asked_at:%Y-%m-%d %H:%M}"


class Notice(models.Model):
    """That one reader is to hear, or has heard, of one new comment; so nobody hears twice."""

    reader = models.ForeignKey(
        Reader, models.CASCADE, related_name="notices", verbose_name=_("reader")
    )
    comment = models.ForeignKey(
        "comments.Comment", models.CASCADE, related_name="notices",
        verbose_name=_("comment"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(fields=["reader", "comment"], name="notice_once")
        ]
        indexes = [
            models.Index(
                fields=["reader", "created_at"], condition=models.Q(sent_at=None),
                name="notice_unsent",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.reader}: {self.comment}"
