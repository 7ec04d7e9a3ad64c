"""The queue: what waits for a moderator, a card a comment, with every decision one press away."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from comments import backlog
from comments.admin import cards, deciding
from comments.admin.forms import BanForm, NoteForm
from comments.models import Comment, SavedReply
from footcare.lib import counting
from footcare.lib.text import number_in

A_PAGE = 25
REPLIES = 100
SHOWS = {
    "waiting": _("Waiting"),
    "reported": _("Reported"),
    "spam": _("Spam"),
    "all": _("All"),
}
OLDEST_FIRST = {"waiting", "reported"}
WITH = ("article", "media", "scrutiny", "author", "parent", "reader")


@dataclass(frozen=True)
class Place:
    """Where in the queue somebody is: ``show`` what, beyond comment ``after``.

    With ``way`` it is what the author of comment ``of`` wrote, whatever became of it.
    """

    show: str = "waiting"
    after: int = 0
    way: str = ""
    of: int = 0

    @classmethod
    def of_query(cls, query: Mapping[str, str]) -> "Place":
        show, way = query.get("show", ""), query.get("way", "")
        return cls(
            show if show in SHOWS else "waiting",
            number_in(query.get("after", "")),
            way if way in cards.WAYS else "",
            number_in(query.get("of", "")),
        )

    def address(self, **more: Any) -> str:
        """The page at this place; ``more`` are further names of its query."""
        names = {"after": self.after, "way": self.way, "of": self.of, **more}
        query = {"show": self.show} | {name: one for name, one in names.items() if one}
        return f"{reverse('admin:comments_comment_queue')}?{urlencode(query)}"

    def comments(self) -> QuerySet[Comment]:
        """The comments here and after, in the queue's order."""
        if self.way or self.show not in OLDEST_FIRST:
            found = self._newest()
            if self.after:
                found = found.filter(pk__lt=self.after)
            return found.order_by("-pk")
        if self.show == "waiting":
            return backlog.waiting().filter(pk__gt=self.after).order_by("pk")
        some = backlog.reported().filter(comment__gt=self.after)[: A_PAGE + 1]
        return Comment.objects.filter(pk__in=some).order_by("pk")

    def _newest(self) -> QuerySet[Comment]:
        if self.way:
            one = Comment.objects.select_related("scrutiny").filter(pk=self.of).first()
            key = one and cards.key_of(self.way, one)
            return cards.comments_with(self.way, key) if key else Comment.objects.none()
        if self.show == "spam":
            return Comment.objects.filter(status=Comment.Status.SPAM)
        return Comment.objects.all()


def queue(model_admin: admin.ModelAdmin, request: HttpRequest) -> HttpResponse:
    """Show a page of the queue; on POST do what was pressed, and come back to the same place."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    place = Place.of_query(request.GET)
    if request.method != "POST":
        return _page(model_admin, request, place)
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    done = deciding.decide(request)
    if isinstance(done, deciding.Refused):
        return _page(model_admin, request, place, done)
    if done.words:
        messages.success(request, done.words)
    if done.missed:
        messages.warning(request, done.missed)
    return HttpResponseRedirect(place.address(undo=done.batch))


def _page(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    place: Place,
    refused: deciding.Refused | None = None,
) -> HttpResponse:
    found = list(place.comments().select_related(*WITH)[: A_PAGE + 1])
    comments, is_more = found[:A_PAGE], len(found) > A_PAGE
    if refused and refused.comment not in {one.pk for one in comments}:
        # Dealt with meanwhile, but somebody has written at it: what is typed is not lost.
        again = Comment.objects.select_related(*WITH).filter(pk=refused.comment)
        comments = [*again, *comments]
    user = deciding.editor(request)
    shown = cards.cards_of(comments)
    replies = list(SavedReply.objects.all()[:REPLIES])
    _add_forms(shown, replies, refused)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Comments to look at"),
        "opts": Comment._meta,
        "cards": shown,
        "replies": replies,
        "tabs": _tabs(place),
        "place": place,
        "here": place.address(),
        "first": Place(place.show, 0, place.way, place.of).address()
        if place.after
        else "",
        "next": _following(place, comments) if is_more else "",
        "batch": _batch(request.GET.get("undo", "")),
        "can_change": model_admin.has_change_permission(request),
        "can_erase": model_admin.has_delete_permission(request),
        "can_reply": user.has_perm("comments.add_comment"),
        "can_ban": user.has_perm("comments.add_ban"),
        "sees_email": user.has_perm("comments.view_email"),
    }
    status = refused.status if refused else 200
    return TemplateResponse(
        request, "admin/comments/comment/queue.html", context, status=status
    )


def _add_forms(
    shown: list[cards.Card], replies: list[SavedReply], refused: deciding.Refused | None
) -> None:
    for card in shown:
        pk = card.comment.pk
        card.forms = {
            "note": NoteForm(auto_id=f"note-{pk}-%s"),
            "reply": deciding.reply_form(pk, None, replies),
            "ban": BanForm(kinds=card.ban_kinds, auto_id=f"ban-{pk}-%s"),
        }
        if refused and refused.comment == pk:
            card.forms[refused.name] = refused.form
            card.unfolded = refused.name


def _following(place: Place, comments: list[Comment]) -> str:
    return Place(place.show, comments[-1].pk, place.way, place.of).address()


def _tabs(place: Place) -> list[dict[str, Any]]:
    counts = {"waiting": backlog.waiting(), "reported": backlog.reported()}
    return [
        {
            "label": label,
            "count": counting.in_words(counting.how_many(counts[show]))
            if show in counts
            else "",
            "address": Place(show).address(),
            "is_here": place.show == show and not place.way,
        }
        for show, label in SHOWS.items()
    ]


def _batch(asked: str) -> str:
    """The batch that can be undone, where the address names one."""
    try:
        return str(UUID(asked))
    except ValueError:
        return ""
