"""What the author of a comment sees of it, and does with it. No cookie: a key in the address."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from articles.models import Article, SiteSettings
from comments import own
from comments.forms import WordsForm
from comments.models import Comment
from comments.policy import policy_of
from footcare.lib import throttle
from footcare.lib.caching import public_page, token_page
from footcare.lib.same_origin import same_origin_post

EDITS_A_MINUTE = 20


@require_safe
@csrf_exempt  # a wrong method is told as such
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """What happens now: for who has the key of a comment, and in general."""
    return _shown(request, slug) if "key" in request.GET else _thanks(request, slug)


# It looks at no key, but whoever keeps pages must know that one makes another page.
@public_page("key")
def _thanks(request: HttpRequest, slug: str) -> HttpResponse:
    return _thank(request, get_object_or_404(Article.objects.published().at(slug)))


def _thank(request: HttpRequest, article: Article) -> HttpResponse:
    return render(request, "comments/comment_sent.html", {"article": article})


@token_page
def _shown(request: HttpRequest, slug: str) -> HttpResponse:
    article = get_object_or_404(Article.objects.published().at(slug))
    found = own.find(request.GET["key"], article)
    if found is None:
        return _thank(request, article)
    policy = policy_of(article, SiteSettings.load())
    context = {"policy": policy, **_context(request, article, found)}
    return render(request, "comments/own.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@token_page
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    article, found, comment = _opened(request, slug)
    form = WordsForm(request.POST) if request.method == "POST" else WordsForm(
        initial={"name": comment.name, "body": comment.body}
    )  # fmt: skip
    context = {"form": form, **_context(request, article, found)}
    if not found.may_change:
        return render(request, "comments/own_over.html", context, status=410)
    if request.method != "POST":
        return render(request, "comments/own_edit.html", context)
    network = throttle.client_network(request)
    if wait := throttle.retry_after("comment edit", network, limit=EDITS_A_MINUTE):
        form.add_error(None, gettext("That was a lot at once. Your text is kept; try again in a minute."))  # fmt: skip
        response = render(request, "comments/own_edit.html", context, status=429)
        response.headers["Retry-After"] = str(wait)
        return response
    if not form.is_valid():
        return render(request, "comments/own_edit.html", context, status=422)
    words = {name: form.cleaned_data[name] for name in ("name", "body")}
    own.change(comment, network=network, **words)
    return redirect(context["shown_url"])


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@token_page
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask on GET, act on POST."""
    article, found, comment = _opened(request, slug)
    context = _context(request, article, found)
    if not found.may_change:
        return render(request, "comments/own_over.html", context, status=410)
    if request.method == "POST":
        own.erase(comment)
        return redirect(context["shown_url"])
    return render(request, "comments/own_delete.html", context)


def _opened(request: HttpRequest, slug: str) -> tuple[Article, own.Own, Comment]:
    article = get_object_or_404(Article.objects.published().at(slug))
    found = own.find(request.GET.get("key", ""), article)
    if found is None or found.comment is None:
        raise Http404("No comment has this key.")
    return article, found, found.comment


def _context(request: HttpRequest, article: Article, found: own.Own) -> dict[str, Any]:
    def address(name: str) -> str:
        query = {"key": request.GET["key"]}
        return reverse(f"comments:{name}", args=[article.slug], query=query)

    return {
        "article": article, "own": found, "comment": found.comment,
        "shown_url": address("sent"), "edit_url": address("own_edit"),
        "delete_url": address("own_delete"),
    }  # fmt: skip
