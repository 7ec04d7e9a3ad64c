"""Reading and writing comments. Only a POST looks at who is logged in."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from articles.models import Article, Media, SiteSettings
from comments import own
from comments.forms import CommentForm
from comments.models import Comment
from comments.policy import policy_of
from comments.readers import reader_of
from comments.thread import thread_page
from footcare.lib import throttle
from footcare.lib.caching import dated, private_page, public_page
from footcare.lib.same_origin import same_origin_post
from footcare.lib.text import number_in

COMMENTS_A_MINUTE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
def comments(request: HttpRequest, slug: str) -> HttpResponse:
    article = get_object_or_404(Article.objects.published().at(slug))
    if request.method == "POST":
        return _add(request, article)
    return _form_page(request, article)


@private_page
def _add(request: HttpRequest, article: Article) -> HttpResponse:
    network = throttle.client_network(request)
    form = CommentForm(
        request.POST,
        article=article,
        user=request.user,
        reader=reader_of(request, request.POST.get("email", "")),
        network=network,
    )
    if wait := throttle.retry_after("comment", network, limit=COMMENTS_A_MINUTE):
        form.add_error(
            None,
            gettext(
                "That was a lot at once. Your text is kept; try again in a minute."
            ),
        )
        response = _form_again(request, form, status=429)
        response.headers["Retry-After"] = str(wait)
        return response
    if "preview" in request.POST:
        return _preview(request, form)
    comment = form.save_if_valid()
    if comment is None:
        return _form_again(request, form, status=422)
    query = {"key": own.key_for(comment, is_author=form.is_own)}
    return redirect(reverse("comments:sent", args=[article.slug], query=query))


def _preview(request: HttpRequest, form: CommentForm) -> HttpResponse:
    """The comment as it will look. Nothing is stored."""
    if not form.is_valid():
        return _form_again(request, form, status=422)
    words = {name: form.cleaned_data[name] for name in ("name", "body")}
    return _form_again(request, form, status=200, preview=Comment(html="", **words))


def _form_again(
    request: HttpRequest, form: CommentForm, *, status: int, **more: Any
) -> HttpResponse:
    """The form with all that was typed."""
    context = {
        "article": form.article, "policy": form.policy, "form": form,
        **_answering(form), **more,
    }  # fmt: skip
    return render(request, "comments/comment_form.html", context, status=status)


def _answering(form: CommentForm) -> dict[str, Any]:
    """What a refused form was about; a comment that is gone is answered no more."""
    parent = number_in(form.data.get("parent", ""))
    media = number_in(form.data.get("media", ""))
    visible = Comment.objects.visible().filter(article=form.article)
    return {
        "parent": visible.filter(pk=parent).first() if parent else None,
        "media": form.article.media.filter(pk=media).first() if media else None,
    }


@public_page("parent", "media")
def _form_page(request: HttpRequest, article: Article) -> HttpResponse:
    visible = Comment.objects.visible().filter(article=article)
    policy = policy_of(article, SiteSettings.load())
    context: dict[str, Any] = {"article": article, "policy": policy}
    if pk := request.GET.get("parent"):
        context["parent"] = get_object_or_404(visible, pk=number_in(pk))
    if pk := request.GET.get("media"):
        context["media"] = get_object_or_404(article.media, pk=number_in(pk))
    return render(request, "comments/comment_form.html", context)


@require_safe
@public_page("comments", "answers")
def media(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    items = Media.objects.filter(article__in=Article.objects.published().at(slug))
    item = get_object_or_404(items.select_related("article"), pk=pk)
    if item.article.slug != slug:
        return redirect(item, permanent=True)
    return render(
        request, "comments/media.html", {"media": item, "article": item.article}
    )


@require_safe
@public_page()
def comments_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The count and the first page of the thread, for programs."""
    article = get_object_or_404(Article.objects.published().at(slug))
    policy = policy_of(article, SiteSettings.load())
    page = thread_page(article, newest_first=policy.newest_first)
    following = f"{article.get_absolute_url()}{page.next}#comments"
    response = JsonResponse(
        {
            "article": article.slug,
            "comments_count": article.comments_count,
            "comments": [
                {
                    "id": one.pk,
                    "parent": one.parent,
                    "removed": one.is_removed,
                    "name": one.name,
                    "editor": one.is_staff,
                    "created_at": one.iso,
                    "html": one.html,
                }
                for one in page.comments
            ],
            "next": following if page.next else None,
        }
    )
    return dated(request, response, article.moved_at)
