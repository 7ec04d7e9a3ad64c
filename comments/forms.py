from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Media, SiteSettings
from comments import letters, moderation, scoring
from comments.models import (
    BODY_LENGTH,
    NAME_LENGTH,
    Comment,
    MailAsked,
    Reader,
    Report,
    Scrutiny,
)
from comments.policy import policy_of, status_for
from comments.readers import is_known
from footcare.lib.forms import LineField, MailField, SummaryMixin, TextField
from footcare.lib.text import number_in

SAME_COMMENT_WITHIN = timedelta(minutes=10)


class WordsForm(SummaryMixin, forms.Form):
    """What readers see of a comment, and its author may change for a while."""

    name = LineField(
        max_length=NAME_LENGTH,
        error_messages={
            "required": _("Write the name to show beside your comment."),
            "max_length": _(
                "Use a name of at most %(limit_value)d characters; this one has %(show_value)d."
            ),
        },
    )
    body = TextField(
        max_length=BODY_LENGTH,
        error_messages={
            "required": _("Write a line or two before you send it."),
            "max_length": _(
                "A comment has at most %(limit_value)d characters; yours has %(show_value)d. "
                "It is kept below, please shorten it."
            ),
        },
    )

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, auto_id="c-%s", **more)


class CommentForm(WordsForm):
    """What a reader writes about one article; knows the article, so nobody can forge it.

    ``user`` is who is logged in: a comment of those who keep the site is visible at once.
    ``reader`` is who has shown to hold the e-mail address; ``network`` is where the form
    came from.
    """

    field_order = ["name", "email", "body", "follows"]

    email = MailField(
        required=False,
        error_messages={
            "invalid": _("Write your e-mail like name@example.org, or leave it empty."),
            "max_length": _(
                "An e-mail has at most %(limit_value)d characters; this one has %(show_value)d."
            ),
        },
    )
    follows = forms.ChoiceField(
        required=False,
        choices=Comment.Follows.choices,
        error_messages={"invalid_choice": _("Choose one of the three.")},
    )
    parent = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # Not Form.media: Django keeps a form's fields and its own attributes apart.
    media = forms.IntegerField(required=False, widget=forms.HiddenInput)  # type: ignore[assignment]
    # Readers never see this field; form-filling robots do.
    website = forms.CharField(required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        article: Article,
        user: User | AnonymousUser | None = None,
        reader: Reader | None = None,
        network: str = "",
    ) -> None:
        super().__init__(data)
        self.article, self.user = article, user
        self.reader, self.network = reader, network
        self.policy = policy_of(article, SiteSettings.load())
        # Whether what is stored is surely theirs who sent it (see `_save`).
        self.is_own = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._ask_for_email(cleaned)
        if not self.policy.is_open:
            raise ValidationError(_("Comments on this article are closed."), "closed")
        if "parent" in self.errors or "media" in self.errors:
            raise ValidationError(
                _("This form has been changed. Please open it anew."), "forged"
            )
        if (pk := cleaned.get("parent")) is not None:
            cleaned["parent"] = (
                Comment.objects.visible().filter(pk=pk, article=self.article).first()
            )
            if not cleaned["parent"]:
                raise ValidationError(
                    _(
                        "The comment you are answering is no longer here. "
                        "Your text is kept: send it again and it becomes a comment of its own."
                    ),
                    "parent_gone",
                )
        if (pk := cleaned.get("media")) is not None:
            cleaned["media"] = self.article.media.filter(pk=pk).first()
            if not cleaned["media"]:
                raise ValidationError(
                    _("That item is no longer in this article."), "media_gone"
                )
        return cleaned

    def _ask_for_email(self, cleaned: dict[str, Any]) -> None:
        """An address is needed for a confirmation, and for mail; a known reader has one."""
        if self.reader or self._editor() or "email" in self.errors or cleaned["email"]:
            return
        if self.policy.needs_confirmation:
            words = _(
                "Write your e-mail. We send a link to it, and your comment can appear "
                "once you have pressed it."
            )
            self.add_error("email", ValidationError(words, "confirm"))
        elif cleaned.get("follows"):
            words = _("Write the e-mail that answers go to, or choose “No mail” below.")
            self.add_error("email", ValidationError(words, "follows"))

    @transaction.atomic
    def save_if_valid(self) -> Comment | None:
        """Store the comment, or return None if it is refused (see ``errors``).

        Sent twice within ten minutes, it is stored once.
        """
        self._lock()
        return self._save() if self.is_valid() else None

    def _lock(self) -> None:
        """Lock what is answered, then the media items, then the article (see `moderation`).

        So what is answered cannot go between the check and the answer, and two presses of
        the button come one after the other.
        """
        parent = number_in(self.data.get("parent", ""))
        roots = Comment.objects.filter(pk=parent).values_list("root", flat=True)
        for rows in (
            Comment.objects.filter(pk__in=[parent, *roots]),
            Media.objects.filter(article=self.article),
            Article.objects.filter(pk=self.article.pk),
        ):
            locked = rows.order_by("pk").select_for_update(no_key=True)
            found = list(locked.values_list("pk"))
        if not found:  # of the articles, which come last
            raise Http404("The article was deleted meanwhile.")

    def _save(self) -> Comment:
        parent = self.cleaned_data["parent"]
        words = {
            "article": self.article,
            "parent": parent,
            "media": parent.media if parent else self.cleaned_data["media"],
            "name": self.cleaned_data["name"],
            "email": self.cleaned_data["email"],
            "body": self.cleaned_data["body"],
            "author": self._editor(),
        }
        twin = self._twin(words)
        if twin is None:
            return self._create(words)
        # Words that stand on the page anybody can send again, so they prove nothing.
        is_shown = twin.status == Comment.Status.VISIBLE
        is_known = self._editor() or (self.reader and twin.reader == self.reader)
        self.is_own = bool(is_known or not is_shown)
        return twin

    def _twin(self, words: dict[str, Any]) -> Comment | None:
        """The same comment, sent a moment ago; looked for by its moment alone, whatever else
        a database would rather look by."""
        since = timezone.now() - SAME_COMMENT_WITHIN
        recent = Comment.objects.filter(article=self.article, created_at__gte=since)
        recent = recent.order_by("created_at")
        same = recent.filter(**{one: words[one] for one in ("name", "email", "body")})
        others = ("parent", "media", "author")
        return next(
            (
                twin
                for twin in same
                if all(getattr(twin, one) == words[one] for one in others)
            ),
            None,
        )

    def _create(self, words: dict[str, Any]) -> Comment:
        editor = self._editor()
        verdict = scoring.judge(
            scoring.Draft(
                **{name: words[name] for name in ("name", "email", "body", "article")},
                network=self.network,
                is_trapped=bool(self.cleaned_data["website"]),
                reader=self.reader,
            )
        )
        comment = Comment.objects.create(
            **words,
            reader=self.reader,
            follows=self.cleaned_data["follows"],
            status=Comment.Status.VISIBLE if editor else self._status(verdict),
        )
        Scrutiny.objects.create(
            comment=comment,
            network=scoring.network_hash(self.network),
            **verdict.columns,
        )
        moderation.written(comment, by=editor)
        if comment.email and not self.reader and comment.status != Comment.Status.SPAM:
            letters.ask(comment.email, MailAsked.Kind.CONFIRM)
        return comment

    def _editor(self) -> User | None:
        return self.user if isinstance(self.user, User) and self.user.is_staff else None

    def _status(self, verdict: scoring.Verdict) -> Comment.Status:
        return status_for(
            self.policy,
            score=verdict.score,
            holds=verdict.holds,
            is_confirmed=self.reader is not None,
            is_known=is_known(self.reader),
        )


class ReportForm(SummaryMixin, forms.Form):
    """What a reader finds wrong with a comment."""

    reason = forms.ChoiceField(
        choices=Report.Reason.choices,
        error_messages={
            "required": _("Choose what is wrong with the comment."),
            "invalid_choice": _("Choose one of the reasons in the list."),
        },
    )
    words = TextField(
        required=False,
        max_length=1000,
        error_messages={
            "max_length": _(
                "Use at most %(limit_value)d characters; yours has %(show_value)d. "
                "Your words are kept below, please shorten them."
            )
        },
    )
    website = forms.CharField(required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="r-%s")

    def clean_website(self) -> str:
        # A browser may have filled it in for an honest person: the form comes back with
        # it empty, and the second press goes through.
        if self.cleaned_data["website"]:
            raise ValidationError(
                _(
                    "Something has filled in a field that people do not see. "
                    "It is empty again: please send the form once more."
                ),
                "trap",
            )
        return ""

    def _is_shown(self, name: str) -> bool:
        return name != "website" and super()._is_shown(name)
