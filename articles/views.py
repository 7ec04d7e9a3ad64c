"""The reading pages. None of them knows a session, so one copy serves every reader."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from articles.facts import fill
from articles.models import Article, Page, SiteSettings, Topic
from articles.paging import page_of
from articles.reading import lay_out, with_parts
from footcare.lib.caching import public_page

HOME_SIZE = 5


@require_safe
@public_page
def home(request: HttpRequest) -> HttpResponse:
    newest = Article.objects.published().newest_first().prefetch_related("topics")
    articles = list(newest[:HOME_SIZE])
    context = {"latest": articles[0] if articles else None, "more": articles[1:]}
    return render(request, "articles/home.html", context)


@require_safe
@public_page
def article_list(request: HttpRequest) -> HttpResponse:
    articles = Article.objects.published().newest_first().prefetch_related("topics")
    page = page_of(articles, request.GET.get("page", ""))
    return render(request, "articles/article_list.html", {"page": page})


@require_safe
@public_page
def article(request: HttpRequest, slug: str) -> HttpResponse:
    shown = get_object_or_404(with_parts(Article.objects.published().at(slug)))
    if shown.slug != slug:
        return redirect(shown, permanent=True)
    site = SiteSettings.load()
    context = {"article": shown, "layout": lay_out(shown, site), "site": site}
    return render(request, "articles/article.html", context)


@require_safe
@public_page
def topic_list(request: HttpRequest) -> HttpResponse:
    topics = Topic.objects.filter(articles__in=Article.objects.published()).distinct()
    return render(request, "articles/topic_list.html", {"topics": topics})


@require_safe
@public_page
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    topics = list(Topic.objects.all())
    shown = next((one for one in topics if one.slug == slug), None)
    if shown is None:
        raise Http404
    articles = Article.objects.published().newest_first().filter(topics=shown)
    page = page_of(articles, request.GET.get("page", ""))
    context = {"topic": shown, "topics": topics, "page": page}
    return render(request, "articles/topic.html", context)


@require_safe
@public_page
def page(request: HttpRequest, path: str) -> HttpResponse:
    shown = get_object_or_404(Page, path=path)
    site = SiteSettings.load()
    # Safe: the Markdown renderer made it, and facts are escaped as they are filled in.
    text = mark_safe(fill(shown.html, site))  # noqa: S308
    context = {"page": shown, "text": text, "site": site}
    return render(request, "articles/page.html", context)
