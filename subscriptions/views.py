"""Joining and leaving. A page with a token is kept by no cache and no search engine."""

from urllib.parse import urlsplit

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from footcare.lib.caching import private_page, public_page, token_page
from footcare.lib.logs import without_people
from footcare.lib.same_origin import same_origin_post
from subscriptions import joining, limits, tokens
from subscriptions.forms import SubscribeForm
from subscriptions.models import LINK_DAYS, Subscriber


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
def subscribe(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _join(request)
    return _form_page(request)


@public_page()
def _form_page(request: HttpRequest) -> HttpResponse:
    return _shown(request, SubscribeForm(), 200)


@private_page
def _join(request: HttpRequest) -> HttpResponse:
    form = SubscribeForm(request.POST)
    wait, why = limits.refusal_of(request)
    if wait:
        form.add_error(None, why)
        response = _shown(request, form, 429)
        response.headers["Retry-After"] = str(wait)
        return response
    if not form.is_valid():
        return _shown(request, form, 422)
    form.save(page=_page_of_form(request))
    return redirect("subscriptions:check")


def _shown(request: HttpRequest, form: SubscribeForm, status: int) -> HttpResponse:
    context = {"form": form, "boxes": form.boxes()}
    return render(request, "subscriptions/subscribe.html", context, status=status)


def _page_of_form(request: HttpRequest) -> str:
    """The path of the page that the form stood on; "" if the browser does not say."""
    try:
        # The form also stands on the page of a link that does not work any more.
        return without_people(urlsplit(request.headers.get("Referer", "")).path)
    except ValueError:
        return ""


@require_safe
@public_page()
def check(request: HttpRequest) -> HttpResponse:
    return render(request, "subscriptions/check.html", {"link_days": LINK_DAYS})


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@token_page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Ask on GET, act on POST: mail scanners open every link."""
    try:
        subscriber = joining.to_confirm(token)
        if subscriber and request.method == "POST":
            joining.confirm(subscriber)
            # They may have left, or gone, in this very moment.
            subscriber = joining.to_confirm(token)
    except signing.SignatureExpired:
        return bad_link(request, 410)
    except signing.BadSignature:
        return bad_link(request, 404)
    if subscriber is None:
        return bad_link(request, 410)
    is_member = subscriber.state == Subscriber.State.CONFIRMED
    template = "confirmed" if is_member else "confirm"
    return render(request, f"subscriptions/{template}.html", {"subscriber": subscriber})


# Exempt from every guard: mail programs post here in one click (RFC 8058), from anywhere and
# without a cookie; the signed token is the permission.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@token_page
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Ask on GET, act on POST. Who is gone already has left: the same answer."""
    if tokens.pk_of(token) is None:
        return bad_link(request, 404)
    # A link to nobody is answered like any other: who is gone has left.
    subscriber = joining.holder_of(token, "leave")
    if request.method == "POST":
        if subscriber:
            joining.leave(subscriber)
        return render(request, "subscriptions/left.html")
    return render(request, "subscriptions/leave.html")


def bad_link(request: HttpRequest, status: int) -> HttpResponse:
    """For a link that was never ours (404), or that has ended (410)."""
    context = {"form": SubscribeForm(), "link_days": LINK_DAYS}
    return render(request, "subscriptions/bad_link.html", context, status=status)
