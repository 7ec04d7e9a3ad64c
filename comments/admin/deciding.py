"""What a press of a button in the queue does. Every change goes through `moderation`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext

from comments import desk, moderation, wording
from comments.admin.forms import BanForm, NoteForm, ReplyForm
from comments.desk import Done
from comments.models import Comment, SavedReply
from comments.seen import number_of, still

Status = Comment.Status

# What is needed beside the right to change comments.
NEEDED = {
    "erase": "comments.delete_comment",
    "ban": "comments.add_ban",
    "reply": "comments.add_comment",
    "fill": "comments.add_comment",
}


def editor(request: HttpRequest) -> User:
    """Who moderates; the admin lets nobody in who is not logged in."""
    return cast(User, request.user)


@dataclass
class Refused:
    """The form ``name`` at a comment is shown again with what was typed, under ``status``."""

    comment: int
    name: str
    form: forms.Form
    status: int = 422


def decide(request: HttpRequest) -> Done | Refused:
    """Do what was pressed."""
    posted, by = request.POST, editor(request)
    name = posted.get("do", "")
    if name in NEEDED and not by.has_perm(NEEDED[name]):
        raise PermissionDenied
    if name == "undo":
        return _undo(posted, by)
    marks = list(dict.fromkeys(posted.getlist("chosen")))[:100]
    if not marks:
        return Done(missed=gettext("Choose at least one comment first."))
    if name in desk.STATUSES:
        return desk.decide(marks, desk.STATUSES[name], by=by)
    if name in MANY:
        return MANY[name](marks, by)
    if name in ONE:
        comments = Comment.objects.select_related("scrutiny")
        comment = comments.filter(pk=number_of(marks[0])).first()
        if comment is None:
            return Done(missed=wording.dealt_with(1))
        return ONE[name](comment, posted, by)
    raise Http404("No such button.")


def _undo(posted: QueryDict, by: User) -> Done:
    try:
        batch = UUID(posted.get("batch", ""))
    except ValueError as error:
        raise Http404("No such batch.") from error
    return desk.undo(batch, by=by)


def _erase(marks: list[str], by: User) -> Done:
    erased = moderation.erase(still(marks), by=by)
    left = len(marks) - erased
    return Done(
        wording.erased(erased) if erased else "",
        wording.dealt_with(left) if left else "",
    )


def _nothing_wrong(marks: list[str], by: User) -> Done:
    if desk.nothing_wrong(still(marks), by=by):
        return Done(gettext("The reports are closed; the comment stays as it is."))
    return Done(missed=wording.dealt_with(len(marks)))


def _pin(is_pinned: bool) -> Callable[[list[str], User], Done]:
    def pin(marks: list[str], by: User) -> Done:
        if not moderation.pin(still(marks), is_pinned, by=by):
            return Done(missed=wording.dealt_with(len(marks)))
        if is_pinned:
            return Done(gettext("The comment is pinned above the conversation."))
        return Done(gettext("The comment is no longer pinned."))

    return pin


def _note(comment: Comment, posted: QueryDict, by: User) -> Done | Refused:
    form = NoteForm(posted, auto_id=f"note-{comment.pk}-%s")
    if not form.is_valid():
        return Refused(comment.pk, "note", form)
    desk.note(comment, form.cleaned_data["words"], by=by)
    return Done(gettext("The note is kept."))


def reply_form(comment: int, data: Any, replies: list[SavedReply]) -> ReplyForm:
    return ReplyForm(data, replies=replies, auto_id=f"reply-{comment}-%s")


def _fill(comment: Comment, posted: QueryDict, by: User) -> Done | Refused:
    """Put the chosen saved reply into the text; nothing is sent."""
    form = reply_form(comment.pk, posted, list(SavedReply.objects.all()))
    chosen = form.replies.get(posted.get("saved", ""))
    texts = [posted.get("words", ""), chosen.text if chosen else ""]
    words = "\n\n".join(filter(None, texts))
    filled = ReplyForm(
        initial={"words": words}, replies=list(form.replies.values()),
        auto_id=f"reply-{comment.pk}-%s",
    )  # fmt: skip
    return Refused(comment.pk, "reply", filled, status=200)


def _reply(comment: Comment, posted: QueryDict, by: User) -> Done | Refused:
    form = reply_form(comment.pk, posted, list(SavedReply.objects.all()))
    if not form.is_valid():
        return Refused(comment.pk, "reply", form)
    batch = uuid4()
    marks = posted.getlist("chosen")[:1]
    if desk.answer(still(marks), form.cleaned_data["words"], by=by, batch=batch):
        return Done(gettext("Your answer is on the page, and so is the comment."))
    words = gettext(
        "Somebody has dealt with it already, or its author has changed it. Your text is kept."
    )
    form.add_error(None, forms.ValidationError(words, "dealt_with"))
    return Refused(comment.pk, "reply", form, status=409)


def _ban(comment: Comment, posted: QueryDict, by: User) -> Done | Refused:
    kinds = list(desk.banned_values(comment))
    form = BanForm(posted, kinds=kinds, auto_id=f"ban-{comment.pk}-%s")
    if not form.is_valid():
        return Refused(comment.pk, "ban", form)
    chosen = form.cleaned_data
    desk.ban(comment, chosen["kind"], chosen["until"], by=by)
    banned = gettext("The author is banned: further comments go to spam.")
    if not chosen["is_spam"]:
        return Done(banned)
    done = desk.decide(posted.getlist("chosen")[:1], Status.SPAM, by=by)
    return Done(f"{banned} {done.words}".strip(), done.missed, done.batch)


MANY: dict[str, Callable[[list[str], User], Done]] = {
    "erase": _erase,
    "fine": _nothing_wrong,
    "pin": _pin(True),
    "unpin": _pin(False),
}
ONE: dict[str, Callable[[Comment, QueryDict, User], Done | Refused]] = {
    "note": _note,
    "fill": _fill,
    "reply": _reply,
    "ban": _ban,
}
