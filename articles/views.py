"""The reading pages. None of them knows a session, so one copy serves every reader."""

from django.db.models import DateTimeField, Q, SlugField, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from articles.article_page import article_page
from articles.facts import fill
from articles.forms import SearchForm
from articles.models import Article, Author, Page, SiteSettings, Topic, TopicEntry
from articles.paging import page_of
from articles.reading import reading_minutes
from articles.search import nearest, search
from footcare.lib import throttle
from footcare.lib.caching import public_page
from footcare.lib.prepared import Prepared
from footcare.lib.text import number_in

HOME_SIZE = 5
SEARCHES_A_MINUTE = 60

_at = Prepared(
    lambda slug, now: (
        Article.objects.published(now=now).at(slug).select_related("author", "reviewer")
    ),
    slug=SlugField(),
    now=DateTimeField(),
)


@require_safe
@public_page()
def home(request: HttpRequest) -> HttpResponse:
    newest = Article.objects.published().newest_first().prefetch_related("topics")
    articles = list(newest[:HOME_SIZE])
    context = {
        "latest": articles[0] if articles else None,
        "minutes": reading_minutes(articles[0]) if articles else 0,
        "more": articles[1:],
    }
    return render(request, "articles/home.html", context)


@require_safe
@public_page("page")
def article_list(request: HttpRequest) -> HttpResponse:
    page = page_of(Article.objects.all(), request.GET.get("page", ""))
    prefetch_related_objects(page.rows, "topics")
    return render(request, "articles/article_list.html", {"page": page})


@require_safe
@public_page("comments", "answers")
def article(request: HttpRequest, slug: str) -> HttpResponse:
    found = _at(slug=slug, now=timezone.now())
    if not found:
        raise Http404
    (shown,) = found
    if shown.slug != slug:
        return redirect(shown, permanent=True)
    return HttpResponse(article_page(request, shown))


@require_safe
@public_page()
def topic_list(request: HttpRequest) -> HttpResponse:
    topics = Topic.objects.written()
    return render(request, "articles/topic_list.html", {"topics": topics})


@require_safe
@public_page("page")
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    topics = list(Topic.objects.all())
    shown = next((one for one in topics if one.slug == slug), None)
    if shown is None:
        raise Http404
    entries = TopicEntry.objects.filter(topic=shown)
    page = page_of(entries, request.GET.get("page", ""), key="article")
    context = {"topic": shown, "topics": topics, "page": page}
    return render(request, "articles/topic.html", context)


@require_safe
@public_page("page")
def author(request: HttpRequest, slug: str) -> HttpResponse:
    """What somebody has written or reviewed; who has done neither has no page."""
    shown = get_object_or_404(Author, slug=slug)
    theirs = Article.objects.filter(Q(author=shown) | Q(reviewer=shown))
    page = page_of(theirs, request.GET.get("page", ""))
    if not page.rows:
        raise Http404
    return render(request, "articles/author.html", {"author": shown, "page": page})


@require_safe
@public_page("q", "page", keep=False)
def search_page(request: HttpRequest) -> HttpResponse:
    form = SearchForm({"q": request.GET.get("q", "")}, auto_id="%s")
    asked = form.cleaned_data["q"] if form.is_valid() else ""
    if asked and (wait := _wait_for_search(request)):
        return HttpResponse(status=429, headers={"Retry-After": str(wait)})
    found = search(asked, number_in(request.GET.get("page") or "1"))
    context = {"form": form, "asked": asked or form.data["q"], "found": found}
    if not found.rows:
        if found.number != 1:
            raise Http404
        context |= {"topics": Topic.objects.written(), "nearest": nearest(asked)}
    status = 200 if form.is_valid() else 422
    response = render(request, "articles/search.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _wait_for_search(request: HttpRequest) -> int:
    network = throttle.client_network(request)
    return throttle.retry_after(
        "search", network, limit=SEARCHES_A_MINUTE, reading=True
    )


@require_safe
@public_page()
def page(request: HttpRequest, path: str) -> HttpResponse:
    shown = get_object_or_404(Page, path=path)
    site = SiteSettings.load()
    # Safe: the Markdown renderer made it, and facts are escaped as they are filled in.
    text = mark_safe(fill(shown.html, site))  # noqa: S308
    context = {"page": shown, "text": text, "site": site}
    return render(request, "articles/page.html", context)
