"""The desk of a letter: one page with how it looks, what speaks against it and how far it is."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Article
from footcare.lib import csp
from footcare.lib.logs import without_people
from outbox.models import Heartbeat
from subscriptions.admin.addresses import desk_url, ledger_url, send_url
from subscriptions.admin.deciding import (
    Done,
    Refused,
    ScheduleForm,
    decide,
    editor,
    missed,
)
from subscriptions.admin.deciding import send as decide_to_send
from subscriptions.admin.delivery import sees_readers
from subscriptions.letters import preflight, seen
from subscriptions.letters.drafting import draft_of
from subscriptions.letters.preview import parts_for_nobody
from subscriptions.letters.progress import progress_of, time_in_words
from subscriptions.letters.recipients import recipients_of
from subscriptions.models import Delivery, Letter

REFRESH = 10  # seconds, while it is being sent
FAILURES = 10  # are shown; the rest is in the list

State = Letter.State

_POLICY = csp.header(settings.SECURE_CSP | {"frame-src": ["'self'"]})


def desk(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Show letter ``pk``; on POST do what was pressed."""
    letter = _letter(model_admin, request, pk)
    if request.method != "POST":
        return _desk_page(model_admin, request, letter)
    done = decide(request, letter)
    if isinstance(done, Refused):
        return _desk_page(model_admin, request, letter, done)
    return _back(model_admin, request, letter, done)


def send(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once more, with the number of readers; on POST send the letter."""
    letter = _letter(model_admin, request, pk)
    if letter.is_frozen or letter.state == State.CANCELLED:
        return _back(model_admin, request, letter, missed(letter))
    if request.method != "POST":
        return _send_page(model_admin, request, letter)
    done = decide_to_send(request, letter)
    if isinstance(done, Refused):
        return _send_page(model_admin, request, letter, done)
    return _back(model_admin, request, letter, done)


def of_article(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Make a letter of article ``pk``, or find the one there is."""
    if not may_send_article(request):
        raise PermissionDenied
    article = get_object_or_404(Article, pk=pk, status=Article.Status.PUBLISHED)
    return HttpResponseRedirect(desk_url(draft_of(article, editor(request))))


def may_send_article(request: HttpRequest) -> bool:
    return editor(request).has_perms(
        ["subscriptions.add_letter", "subscriptions.change_letter"]
    )


def _letter(model_admin: Any, request: HttpRequest, pk: int) -> Letter:
    """The letter, for those who may see it; a POST is for those who may change it."""
    asks = model_admin.has_view_permission
    if request.method == "POST":
        asks = model_admin.has_change_permission
    if not asks(request):
        raise PermissionDenied
    return get_object_or_404(
        Letter.objects.select_related("article", "created_by"), pk=pk
    )


def _back(
    model_admin: Any, request: HttpRequest, letter: Letter, done: Done
) -> HttpResponse:
    if done.words:
        model_admin.log_change(request, letter, done.words)
        messages.success(request, done.words)
    if done.missed:
        messages.warning(request, done.missed)
    return HttpResponseRedirect(desk_url(letter))


def _desk_page(
    model_admin: Any,
    request: HttpRequest,
    letter: Letter,
    refused: Refused | None = None,
) -> HttpResponse:
    context = _context(model_admin, request, letter, refused)
    if not preflight.is_lost(letter):
        context["parts"] = parts_for_nobody(letter)
    if letter.is_frozen:
        context |= _ledger(request, letter)
    elif letter.state != State.CANCELLED:
        context |= _before(letter, refused)
    response = TemplateResponse(
        request, "admin/subscriptions/letter/desk.html", context
    )
    response.headers["Content-Security-Policy"] = _POLICY
    refreshes = context["is_sending"] and "still" not in request.GET
    if refused:
        response.status_code = refused.status
    elif refreshes:
        response.headers["Refresh"] = str(REFRESH)
    context["refreshes"] = refreshes and not refused
    return response


def _send_page(
    model_admin: Any,
    request: HttpRequest,
    letter: Letter,
    refused: Refused | None = None,
) -> HttpResponse:
    context = _context(model_admin, request, letter, refused) | _before(letter)
    return TemplateResponse(
        request,
        "admin/subscriptions/letter/send.html",
        context,
        status=refused.status if refused else 200,
    )


def _context(
    model_admin: Any, request: HttpRequest, letter: Letter, refused: Refused | None
) -> dict[str, Any]:
    waits_for_worker = letter.state in {State.SENDING, State.SCHEDULED}
    return {
        **model_admin.admin_site.each_context(request),
        "title": letter.subject or _("Letter"),
        "opts": Letter._meta,
        "letter": letter,
        "topics": list(letter.topics.all()),
        "refused": refused.words if refused else [],
        "can_change": model_admin.has_change_permission(request),
        "can_delete": model_admin.has_delete_permission(request, letter),
        "is_sending": letter.state == State.SENDING,
        "asks_again": letter.pause == Letter.Pause.STALE,
        "why": _words(request, letter.pause_words),
        "here": desk_url(letter),
        "send_url": send_url(letter),
        "my_email": editor(request).email,
        "worker_is_silent": waits_for_worker and Heartbeat.objects.is_silent(),
        "zone": settings.TIME_ZONE,
    }


def _before(letter: Letter, refused: Refused | None = None) -> dict[str, Any]:
    """What is decided by, as long as the letter has not been queued."""
    readers = recipients_of(letter).count()
    is_scheduled = letter.state == State.SCHEDULED
    at = letter.scheduled_at if is_scheduled else None
    findings = preflight.look_at(letter, readers, at)
    return {
        "is_before": True,
        "readers": readers,
        "findings": findings,
        "is_stopped": bool(preflight.what_stops(findings)),
        "seen": "" if preflight.is_lost(letter) else seen.mark_of(letter),
        "form": (refused and refused.form) or ScheduleForm(initial=_moment(letter)),
    }


def _moment(letter: Letter) -> dict[str, Any]:
    """An article that is still to appear is told of when it does."""
    article = letter.article
    if letter.scheduled_at:
        return {"at": letter.scheduled_at}
    if article and article.published_at and article.published_at > timezone.now():
        return {"at": article.published_at}
    return {}


def _ledger(request: HttpRequest, letter: Letter) -> dict[str, Any]:
    """How far a letter is that has been queued."""
    progress = progress_of(letter)
    states = Delivery.State
    rows = Delivery.objects.filter(letter=letter, state=states.FAILED)
    failures = rows.select_related("subscriber").order_by("-pk")[:FAILURES]
    left = progress.left_seconds if letter.state == State.SENDING else None
    return {
        "progress": progress,
        "time_left": time_in_words(left) if left else "",
        "failures": [_failure(request, one) for one in failures],
        "all_url": ledger_url(letter),
        "failed_url": ledger_url(letter, states.FAILED),
        "uncertain_url": ledger_url(letter, states.UNCERTAIN),
    }


def _failure(request: HttpRequest, delivery: Delivery) -> tuple[str, str]:
    reader = delivery.subscriber
    name = reader.email if reader and sees_readers(request) else str(reader or "–")
    return name, _words(request, delivery.error)


def _words(request: HttpRequest, words: str) -> str:
    """What a mail server said; it names in its words whom it refused."""
    return words if sees_readers(request) else without_people(words)
