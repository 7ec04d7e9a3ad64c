"""A reader says that something is wrong with a comment."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from articles.models import Article
from comments import moderation
from comments.forms import ReportForm
from comments.models import Comment, Report
from footcare.lib import throttle
from footcare.lib.caching import private_page, public_page
from footcare.lib.same_origin import same_origin_post

REPORTS_A_MINUTE = 10


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
def report(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    article = get_object_or_404(Article.objects.published().at(slug))
    visible = Comment.objects.visible().filter(article=article)
    comment = get_object_or_404(visible.select_related("article"), pk=pk)
    send = _send if request.method == "POST" else _ask
    return send(request, comment)


@public_page()
def _ask(request: HttpRequest, comment: Comment) -> HttpResponse:
    return _form_page(request, comment, ReportForm(), status=200)


@private_page
def _send(request: HttpRequest, comment: Comment) -> HttpResponse:
    form = ReportForm(request.POST)
    network = throttle.client_network(request)
    if wait := throttle.retry_after("report", network, limit=REPORTS_A_MINUTE):
        form.add_error(
            None,
            gettext(
                "That was a lot at once. Your text is kept; try again in a minute."
            ),
        )
        response = _form_page(request, comment, form, status=429)
        response.headers["Retry-After"] = str(wait)
        return response
    if not form.is_valid():
        return _form_page(request, comment, form, status=422)
    reason, words = form.cleaned_data["reason"], form.cleaned_data["words"]
    moderation.report(comment, Report.Reason(reason), words, network)
    query = {"reason": reason} if reason == Report.Reason.HEALTH else {}
    return redirect(
        reverse("comments:reported", args=[comment.article.slug], query=query)
    )


def _form_page(
    request: HttpRequest, comment: Comment, form: ReportForm, *, status: int
) -> HttpResponse:
    context = {"article": comment.article, "comment": comment, "form": form}
    return render(request, "comments/report.html", context, status=status)


@require_safe
@public_page("reason")
def reported(request: HttpRequest, slug: str) -> HttpResponse:
    article = get_object_or_404(Article.objects.published().at(slug))
    is_health = request.GET.get("reason") == Report.Reason.HEALTH
    context = {"article": article, "is_health": is_health}
    return render(request, "comments/reported.html", context)
