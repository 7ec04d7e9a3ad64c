"""What the holder of an address does, by links that were mailed there.

GET asks and POST acts: mail scanners open every link.
"""

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.models import Article
from comments import answers, letters, moderation, readers, tokens
from comments.models import MailAsked, Reader
from footcare.lib.caching import token_page
from footcare.lib.same_origin import same_origin_post
from footcare.lib.text import number_in

Kind = MailAsked.Kind
SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@token_page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Comments that were written with an address: its holder says which are theirs."""
    try:
        asked = letters.find(token, Kind.CONFIRM)
    except signing.SignatureExpired:
        return _bad_link(request, 410)
    except signing.BadSignature:
        return _bad_link(request, 404)
    if asked is None:
        return _bad_link(request, 410)
    if request.method == "POST" and (answer := request.POST.get("answer")) in _ANSWERS:
        return _ANSWERS[answer](request, asked.email)
    comments = readers.unconfirmed(asked.email).select_related("article")[:SHOWN]
    if not comments and not Reader.objects.at(asked.email).exists():
        return _bad_link(request, 410)
    return render(request, "comments/confirm.html", {"comments": comments})


# Exempt from every guard: mail programs post here in one click (RFC 8058), from anywhere and
# without a cookie; the signed token is the permission.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@token_page
def mute(request: HttpRequest, token: str) -> HttpResponse:
    """No more answers by mail. Who is gone hears nothing already: the same answer."""
    try:
        pk, key, *articles = tokens.read(token, "mute")
    except signing.BadSignature:
        return _bad_link(request, 404)
    if request.method == "POST":
        if reader := Reader.objects.filter(pk=pk, key=key).first():
            is_all = request.POST.get("which") == "all"
            answers.mute(reader, None if is_all else articles)
        return render(request, "comments/muted.html")
    named = Article.objects.published().filter(pk__in=articles)
    return render(request, "comments/mute.html", {"articles": named.order_by("title")})


def _are_mine(request: HttpRequest, email: str) -> HttpResponse:
    chosen = _chosen(request)
    reader = readers.confirm(email, chosen)
    comments = reader.comments.filter(pk__in=chosen).select_related("article")
    context = {"comments": comments.order_by("-pk")}
    response = render(request, "comments/confirmed.html", context)
    readers.remember(response, reader)
    return response


def _are_not_mine(request: HttpRequest, email: str) -> HttpResponse:
    moderation.disown(readers.unconfirmed(email).filter(pk__in=_chosen(request)))
    return render(request, "comments/disowned.html")


_ANSWERS = {"mine": _are_mine, "not-mine": _are_not_mine}


def _chosen(request: HttpRequest) -> list[int]:
    return [number_in(pk) for pk in request.POST.getlist("comment")[:SHOWN]]


def _bad_link(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, "comments/bad_link.html", status=status)
