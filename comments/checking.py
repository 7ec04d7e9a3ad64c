"""The page behind a link in a moderator's mail: GET shows the comment, POST decides."""

from uuid import UUID

from django.contrib.auth.models import User
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from comments import desk, moderators
from comments.models import Comment, Event
from comments.seen import mark_of, number_of
from footcare.lib.caching import token_page
from footcare.lib.same_origin import same_origin_post

OFFERED = ("approve", "spam", "hide")


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@token_page
def check(request: HttpRequest, token: str) -> HttpResponse:
    """Ask on GET, act on POST: mail scanners open every link."""
    try:
        found = moderators.find(token)
    except signing.SignatureExpired:
        return _bad_link(request, 410)
    except signing.BadSignature:
        return _bad_link(request, 404)
    if found is None:
        return _bad_link(request, 410)
    comment, moderator = found
    done = None
    if request.method == "POST":
        done = _decide(request, comment, moderator)
        comment.refresh_from_db(fields=["status", "edited_at"])
    context = {
        "comment": comment,
        "done": done,
        "mark": mark_of(comment),
        "is_open": moderators.to_look_at().filter(pk=comment.pk).exists(),
        "wished": request.GET.get("do", ""),
    }
    return render(request, "comments/check.html", context)


def _decide(request: HttpRequest, comment: Comment, moderator: User) -> desk.Done:
    name = request.POST.get("do", "")
    if name == "undo":
        return desk.undo(_batch(request, comment, moderator), by=moderator)
    mark = request.POST.get("chosen", "")
    if name not in OFFERED or number_of(mark) != comment.pk:
        raise Http404("No such button.")
    return desk.decide([mark], desk.STATUSES[name], by=moderator)


def _batch(request: HttpRequest, comment: Comment, moderator: User) -> UUID:
    """What this moderator did with this comment; a link undoes nothing else."""
    try:
        batch = UUID(request.POST.get("batch", ""))
    except ValueError as error:
        raise Http404("No such batch.") from error
    own = Event.objects.filter(batch=batch, comment=comment, by=moderator)
    if (
        not own.exists()
        or Event.objects.filter(batch=batch).exclude(comment=comment).exists()
    ):
        raise Http404("No such batch.")
    return batch


def _bad_link(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, "comments/bad_link.html", status=status)
