"""“Your comments”: what is stored under an address, by a link that is mailed there."""

from typing import Any

from django import forms
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from comments import letters, moderation, own_data, readers
from comments.models import Comment, MailAsked
from footcare.lib import throttle
from footcare.lib.caching import private_page, public_page, token_page
from footcare.lib.forms import MailField, SummaryMixin
from footcare.lib.same_origin import same_origin_post
from footcare.lib.text import number_in

YOURS = MailAsked.Kind.YOURS
ASKS_A_MINUTE = 20
SHOWN = 50


class AskForm(SummaryMixin, forms.Form):
    """One address; whether anything is stored under it is told by mail alone."""

    email = MailField(
        error_messages={
            "required": _("Write your e-mail, as in name@example.org."),
            "invalid": _("Write your e-mail like name@example.org."),
            "max_length": _(
                "An e-mail has at most %(limit_value)d characters; this one has %(show_value)d."
            ),
        },
    )
    # Readers never see this field; form-filling robots do.
    website = forms.CharField(required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="y-%s")

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(
                _("Leave this field empty; it is there to stop robots."), "robot"
            )
        return ""


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
def ask(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _asked(request)
    return _form_page(request)


@public_page()
def _form_page(request: HttpRequest) -> HttpResponse:
    return render(request, "comments/yours_ask.html", {"form": AskForm()})


@private_page
def _asked(request: HttpRequest) -> HttpResponse:
    form = AskForm(request.POST)
    network = throttle.client_network(request)
    status = 422
    if wait := throttle.retry_after("yours", network, limit=ASKS_A_MINUTE):
        words = gettext("That was a lot at once. Please try again in a minute.")
        form.add_error(None, words)
        status = 429
    elif form.is_valid():
        letters.ask(form.cleaned_data["email"], YOURS)
        return redirect("comments:yours_asked")
    response = render(request, "comments/yours_ask.html", {"form": form}, status=status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


@require_safe
@public_page()
def asked(request: HttpRequest) -> HttpResponse:
    return render(request, "comments/yours_asked.html")


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@token_page
def yours(request: HttpRequest, token: str) -> HttpResponse:
    """Show on GET; on POST do one thing. What cannot be taken back asks once more."""
    email = _address_of(token)
    if isinstance(email, int):
        return render(request, "comments/bad_link.html", status=email)
    if request.method == "POST":
        return _act(request, token, email)
    comments = own_data.comments_of(email)
    if before := number_in(request.GET.get("before", "")):
        comments = comments.filter(pk__lt=before)
    some = list(comments.select_related("article")[: SHOWN + 1])
    context = {
        "token": token,
        "email": email,
        "comments": some[:SHOWN],
        "following": some[SHOWN - 1].pk if len(some) > SHOWN else None,
        "choices": Comment.Follows.choices,
    }
    return render(request, "comments/yours.html", context)


@require_safe
@token_page
def yours_json(request: HttpRequest, token: str) -> HttpResponse:
    email = _address_of(token)
    if isinstance(email, int):
        return render(request, "comments/bad_link.html", status=email)
    response = JsonResponse(own_data.everything(email), json_dumps_params={"indent": 2})
    response.headers["Content-Disposition"] = 'attachment; filename="comments.json"'
    return response


def _address_of(token: str) -> str | int:
    """The address that a link was mailed to, or the status of a link that does not work."""
    try:
        found = letters.find(token, YOURS)
    except signing.SignatureExpired:
        return 410
    except signing.BadSignature:
        return 404
    return found.email if found else 410


def _act(request: HttpRequest, token: str, email: str) -> HttpResponse:
    act, pk = request.POST.get("act", ""), request.POST.get("comment", "")
    comments = own_data.comments_of(email)
    if pk:
        comments = comments.filter(pk=get_object_or_404(comments, pk=number_in(pk)).pk)
    if act == "follow" and pk:
        if (follows := request.POST.get("follows")) in Comment.Follows.values:
            # Only what was confirmed is ever written to about.
            confirmed = comments.filter(reader__isnull=False)
            moderation.follow(confirmed, Comment.Follows(follows))
    elif act in {"anonymous", "erase", "forget"}:
        if request.POST.get("sure") != "yes":
            context = {"act": act, "comment": pk and comments.get(), "token": token, "count": comments.count()}  # fmt: skip
            return render(request, "comments/yours_sure.html", context)
        return _take_away(request, token, email, act, comments)
    return redirect("comments:yours", token)


def _take_away(
    request: HttpRequest, token: str, email: str, act: str, comments: QuerySet[Comment]
) -> HttpResponse:
    if act == "anonymous":
        own_data.make_anonymous(comments)
    elif act == "erase":
        moderation.erase(comments, by=None, who=moderation.Who.AUTHOR)
    else:
        own_data.forget(email)
        response = render(request, "comments/forgotten.html")
        readers.forget_browser(response)
        return response
    return redirect("comments:yours", token)
