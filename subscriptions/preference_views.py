"""A reader's own page: choices, another address, what is stored. Its link stands in letters."""

from typing import Any
from urllib.parse import urlsplit

from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from footcare.lib.caching import public_page, token_page
from footcare.lib.same_origin import same_origin_post
from subscriptions import joining, limits, moving, own_data, tokens
from subscriptions import preferences as choices
from subscriptions.forms import MoveForm, PreferencesForm
from subscriptions.models import LINK_DAYS, Subscriber
from subscriptions.views import bad_link

_DONE = {"saved", "asked"}


@require_safe
@public_page()
def ask(request: HttpRequest) -> HttpResponse:
    """Where somebody without a letter at hand asks for the link, by the form to subscribe."""
    return render(request, "subscriptions/preferences_ask.html")


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@token_page
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    subscriber = joining.holder_of(token, "preferences")
    if subscriber is None:
        return _no_such_link(request, token)
    if request.method != "POST":
        return _page(request, token, subscriber)
    form = PreferencesForm(request.POST, subscriber=subscriber)
    if not form.is_valid():
        return _page(request, token, subscriber, 422, form=form)
    is_saved = choices.save(subscriber, **form.cleaned_data)
    return _done(token, "saved" if is_saved else "")


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@token_page
def move(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for another address: a link goes there, and nothing is changed yet."""
    subscriber = joining.holder_of(token, "preferences")
    if subscriber is None:
        return _no_such_link(request, token)
    if request.method != "POST" or not moving.may_move(subscriber):
        return redirect("subscriptions:preferences", token)
    form = MoveForm(request.POST, subscriber=subscriber)
    wait, why = limits.refusal_of(request)
    if wait:
        form.add_error(None, why)
        response = _page(request, token, subscriber, 429, move_form=form)
        response.headers["Retry-After"] = str(wait)
        return response
    if form.is_valid() and not limits.take_move(subscriber):
        form.add_error(
            "email", _("You have asked for many changes today. Please wait a day.")
        )
    if not form.is_valid():
        return _page(request, token, subscriber, 422, move_form=form)
    moving.ask(subscriber, form.cleaned_data["email"])
    return _done(token, "asked")


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@token_page
def address(request: HttpRequest, token: str) -> HttpResponse:
    """The link that went to the new address: ask on GET, move on POST."""
    try:
        asked = moving.asked_by(token)
    except signing.SignatureExpired:
        return bad_link(request, 410)
    except signing.BadSignature:
        return bad_link(request, 404)
    if asked is None:
        return bad_link(request, 410)
    if moving.is_done(asked):
        return render(request, "subscriptions/moved.html", {"email": asked.email})
    if request.method != "POST":
        return render(request, "subscriptions/move.html", {"email": asked.email})
    if not moving.move(asked):
        return render(request, "subscriptions/not_moved.html", status=409)
    return render(request, "subscriptions/moved.html", {"email": asked.email})


@require_safe
@token_page
def export(request: HttpRequest, token: str) -> HttpResponse:
    subscriber = joining.holder_of(token, "preferences")
    if subscriber is None:
        return _no_such_link(request, token)
    found = own_data.everything(subscriber)
    response = JsonResponse(found, json_dumps_params={"indent": 2})
    response.headers["Content-Disposition"] = 'attachment; filename="subscription.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@token_page
def erase(request: HttpRequest, token: str) -> HttpResponse:
    """Ask on GET, erase on POST."""
    subscriber = joining.holder_of(token, "preferences")
    if subscriber is None:
        return _no_such_link(request, token)
    if request.method == "POST":
        own_data.erase(subscriber)
        return render(request, "subscriptions/erased.html")
    context = {"token": token, "email": subscriber.email}
    return render(request, "subscriptions/erase.html", context)


def _page(
    request: HttpRequest,
    token: str,
    subscriber: Subscriber,
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    done = request.GET.get("done", "")
    context = {
        "token": token,
        "subscriber": subscriber,
        "leave_path": urlsplit(subscriber.leave_url).path,
        "is_member": subscriber.state == Subscriber.State.CONFIRMED,
        "may_move": moving.may_move(subscriber),
        "form": PreferencesForm(subscriber=subscriber),
        "done": done if done in _DONE else "",
        "link_days": LINK_DAYS,
        **forms,
    }
    return render(request, "subscriptions/preferences.html", context, status=status)


def _done(token: str, what: str) -> HttpResponse:
    page = reverse("subscriptions:preferences", args=[token])
    return redirect(f"{page}?done={what}" if what else page)


def _no_such_link(request: HttpRequest, token: str) -> HttpResponse:
    """One of a reader who is gone is answered like one that never was."""
    return bad_link(request, 404 if tokens.pk_of(token) is None else 410)
