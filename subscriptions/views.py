"""Joining and leaving. A page with a token is kept by no cache and no search engine."""

from urllib.parse import urlsplit

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from footcare.lib import throttle
from footcare.lib.caching import private_page, public_page, token_page
from footcare.lib.same_origin import same_origin_post
from subscriptions import joining, tokens
from subscriptions.forms import SubscribeForm
from subscriptions.models import LINK_DAYS, Subscriber

SIGN_UPS_A_MINUTE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
def subscribe(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _join(request)
    return _form_page(request)


@public_page()
def _form_page(request: HttpRequest) -> HttpResponse:
    return render(request, "subscriptions/subscribe.html", {"form": SubscribeForm()})


@private_page
def _join(request: HttpRequest) -> HttpResponse:
    form = SubscribeForm(request.POST)
    network = throttle.client_network(request)
    if wait := throttle.retry_after("subscribe", network, limit=SIGN_UPS_A_MINUTE):
        form.add_error(
            None, gettext("That was a lot at once. Please try again in a minute.")
        )
        response = render(
            request, "subscriptions/subscribe.html", {"form": form}, status=429
        )
        response.headers["Retry-After"] = str(wait)
        return response
    if not form.is_valid():
        return render(
            request, "subscriptions/subscribe.html", {"form": form}, status=422
        )
    form.save(page=_page_of_form(request))
    return redirect("subscriptions:check")


def _page_of_form(request: HttpRequest) -> str:
    """The path of the page that the form stood on; "" if the browser does not say."""
    try:
        return urlsplit(request.headers.get("Referer", "")).path
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
    except signing.SignatureExpired:
        return _bad_link(request, 410)
    except signing.BadSignature:
        return _bad_link(request, 404)
    if subscriber is None:
        return _bad_link(request, 410)
    if request.method == "POST":
        joining.confirm(subscriber)
        subscriber.state = Subscriber.State.CONFIRMED
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
        return _bad_link(request, 404)
    # A link to nobody is answered like any other: who is gone has left.
    subscriber = joining.holder_of(token, "leave")
    if request.method == "POST":
        if subscriber:
            joining.leave(subscriber)
        return render(request, "subscriptions/left.html")
    return render(request, "subscriptions/leave.html")


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@token_page
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Settings of one reader."""
    if joining.holder_of(token, "preferences") is None:
        return _bad_link(request, 404)
    return render(request, "subscriptions/preferences.html")


def _bad_link(request: HttpRequest, status: int) -> HttpResponse:
    context = {"form": SubscribeForm(), "link_days": LINK_DAYS}
    return render(request, "subscriptions/bad_link.html", context, status=status)
