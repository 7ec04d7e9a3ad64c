"""A reader reports a comment: the page, what it refuses, and what it leaves behind."""

import pytest

from articles.models import Article, SiteSettings
from comments.models import Comment, Report
from tests.comments.steps import errors
from tests.factories import make_article, make_comment

SAID = {"reason": "rude", "words": "It shouts at Ada."}


@pytest.fixture
def comment(site):
    return make_comment(Article.objects.get())


@pytest.fixture
def url(comment):
    return f"/articles/foot-massage/comments/{comment.pk}/report/"


def test_a_report_is_kept_and_thanked_for(client, url, comment):
    assert comment.body in client.get(url).content.decode()
    assert not Report.objects.exists()

    response = client.post(url, SAID, follow=True)

    report = Report.objects.get()
    assert (report.comment, report.reason, report.words) == (
        comment,
        "rude",
        "It shouts at Ada.",
    )
    assert response.redirect_chain == [("/articles/foot-massage/comments/reported/", 302)]  # fmt: skip
    assert 'role="status"' in response.content.decode()
    assert not client.cookies


def test_a_second_report_of_the_same_reader_is_thanked_for_and_counts_once(client, url):
    answers = [client.post(url, SAID) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"reason": ""}, {"reason": ["required"]}),
        ({"reason": "x"}, {"reason": ["invalid_choice"]}),
        ({"reason": "\x00"}, {"reason": ["invalid_choice"]}),
        ({"words": "w" * 1001}, {"words": ["max_length"]}),
        ({"words": "w" * 50_000}, {"words": ["max_length"]}),
        ({"website": "https://x.example"}, {"website": ["trap"]}),
    ],
)
def test_a_refused_report_says_why_and_keeps_the_words(client, url, values, wrong):
    response = client.post(url, SAID | values)

    assert errors(response) == wrong
    html = response.content.decode()
    assert (SAID | values)["words"] in html
    assert html.index("There is a problem") < html.index("<h1")
    assert "x.example" not in html
    assert not Report.objects.exists()


def test_words_are_cleaned_and_may_be_left_out(client, url):
    client.post(url, {"reason": "spam", "words": " \x00 "})

    assert Report.objects.get().words == ""


@pytest.mark.parametrize("status", ["waiting", "hidden", "spam"])
def test_what_nobody_sees_cannot_be_reported(client, url, status):
    Comment.objects.update(status=status)

    assert client.get(url).status_code == 404
    assert client.post(url, SAID).status_code == 404


@pytest.mark.parametrize("pk", ["0", "999", "9" * 60])
def test_a_comment_that_is_none_has_no_report(client, site, pk):
    assert client.get(f"/articles/foot-massage/comments/{pk}/report/").status_code == 404  # fmt: skip


def test_a_comment_of_another_article_or_of_a_draft_has_no_report(client, url, comment):
    other = make_article()
    wrong = f"{other.get_absolute_url()}comments/{comment.pk}/report/"
    assert client.get(wrong).status_code == 404

    Article.objects.update(status="draft")

    assert client.get(url).status_code == 404


def test_whom_to_call_is_told_where_health_is_at_stake(client, url):
    SiteSettings.objects.update(emergency_number="112")

    page = client.post(url, SAID | {"reason": "health"}, follow=True)
    assert "call 112" in page.content.decode()
    page = client.post(url, SAID, follow=True)
    assert "call 112" not in page.content.decode()


def test_too_many_reports_are_asked_to_wait_and_keep_their_words(client, url):
    for _ in range(10):
        client.post(url, SAID)

    response = client.post(url, SAID)

    assert response.status_code == 429
    assert response.headers["Retry-After"] == "60"
    assert SAID["words"] in response.content.decode()


def test_nobody_elses_page_can_send_a_report(client, url):
    response = client.post(url, SAID, headers={"Sec-Fetch-Site": "cross-site"})

    assert response.status_code == 403
    assert not Report.objects.exists()
