from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Hold, Media, SiteSettings
from comments import moderation, scoring
from comments.models import (
    BODY_LENGTH,
    NAME_LENGTH,
    Comment,
    ModerationSettings,
    Reader,
    Scrutiny,
)
from comments.policy import policy_of
from footcare.lib.forms import LineField, MailField, SummaryMixin, TextField
from footcare.lib.text import number_in

SAME_COMMENT_WITHIN = timedelta(minutes=10)


class CommentForm(SummaryMixin, forms.Form):
    """What a reader writes about one article; knows the article, so nobody can forge it.

    ``user`` is who is logged in: a comment of those who keep the site is visible at once.
    ``reader`` is who has shown to hold the e-mail address; ``network`` is where the form
    came from.
    """

    name = LineField(
        max_length=NAME_LENGTH,
        error_messages={
            "required": _("Write the name to show beside your comment."),
            "max_length": _(
                "Use a name of at most %(limit_value)d characters; this one has %(show_value)d."
            ),
        },
    )
    email = MailField(
        required=False,
        error_messages={
            "invalid": _("Write your e-mail like name@example.org, or leave it empty."),
            "max_length": _(
                "An e-mail has at most %(limit_value)d characters; this one has %(show_value)d."
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
        super().__init__(data, auto_id="c-%s")
        self.article, self.user = article, user
        self.reader, self.network = reader, network

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not policy_of(self.article, SiteSettings.load()).is_open:
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
        roots = Comment.objects.filter(pk=parent).values("root")
        for rows in (
            Comment.objects.filter(Q(pk=parent) | Q(pk__in=roots)),
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
        since = timezone.now() - SAME_COMMENT_WITHIN
        twin = Comment.objects.filter(created_at__gte=since, **words).first()
        return twin or self._create(words)

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
            status=Comment.Status.VISIBLE if editor else self._status(verdict),
        )
        Scrutiny.objects.create(
            comment=comment,
            score=verdict.score,
            reasons=verdict.reasons,
            network=scoring.network_hash(self.network),
            words_one=verdict.fingerprint[0],
            words_two=verdict.fingerprint[1],
        )
        moderation.written(comment, by=editor)
        return comment

    def _editor(self) -> User | None:
        return self.user if isinstance(self.user, User) and self.user.is_staff else None

    def _status(self, verdict: scoring.Verdict) -> Comment.Status:
        lines = ModerationSettings.load()
        if verdict.score >= lines.spam_at:
            return Comment.Status.SPAM
        policy = policy_of(self.article, SiteSettings.load())
        waits = (
            verdict.holds
            or verdict.score >= lines.waits_at
            or policy.hold == Hold.ALL
            or (policy.hold == Hold.STRANGERS and not self._is_known())
            or (policy.needs_confirmation and self.reader is None)
        )
        return Comment.Status.WAITING if waits else Comment.Status.VISIBLE

    def _is_known(self) -> bool:
        """Whether the writer has shown who they are, and an editor approved them before."""
        return self.reader is not None and self.reader.comments.visible().exists()
