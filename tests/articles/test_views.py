from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article, Author, Section, SiteSettings, Topic
from tests.factories import make_article, make_comment, make_media, make_section


def make_full_articles(count):
    topic = Topic.objects.create(name="Rest", slug="rest")
    articles = [make_article() for _ in range(count)]
    for article in articles:
        article.topics.add(topic)
    return articles


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [("/", 4), ("/articles/", 3), ("/topics/rest/", 3), ("/authors/ada/", 3)],
)
def test_a_list_takes_as_many_queries_however_long(
    client, db, path, queries, count, django_assert_num_queries
):
    ada = Author.objects.create(name="Ada", slug="ada")
    articles = make_full_articles(count)
    Article.objects.update(author=ada)

    with django_assert_num_queries(queries):
        html = client.get(path).content.decode()

    assert all(article.title in html for article in articles)


@pytest.mark.parametrize("count", [1, 3])
def test_the_topic_list_takes_two_queries(client, db, count, django_assert_num_queries):
    for article, n in zip(make_full_articles(count), range(count), strict=True):
        article.topics.add(Topic.objects.create(name=f"T{n}", slug=f"t{n}"))

    with django_assert_num_queries(2):
        client.get("/topics/")


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_article_takes_eight_queries_however_much_it_holds(
    client, site, count, django_assert_num_queries
):
    article = Article.objects.get()
    for _ in range(count):
        root = make_comment(article)
        make_comment(parent=root)
        make_section(article)
        make_media(article)
        article.topics.add(Topic.objects.create(name=f"t{root.pk}", slug=f"t{root.pk}"))

    with django_assert_num_queries(8):
        response = client.get("/articles/foot-massage/")

    assert response.status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_a_media_page_takes_as_many_queries_however_many_comments(
    client, db, count, django_assert_num_queries
):
    item = make_media(make_article())
    for _ in range(count):
        make_comment(item.article, media=item)

    with django_assert_num_queries(3):
        client.get(item.get_absolute_url())


@pytest.mark.parametrize(
    "values",
    [
        {"status": "draft"},
        {"status": "review"},
        {"status": "archived"},
        {"published_at": timezone.now() + timedelta(days=1)},
    ],
)
def test_what_is_not_published_is_nowhere(client, db, values):
    article = make_article(title="Secret", **values)
    topic = Topic.objects.create(name="Hidden topic", slug="hidden")
    article.topics.add(topic)

    for path in ["/", "/articles/", "/topics/hidden/"]:
        assert "Secret" not in client.get(path).content.decode()
    assert "Hidden topic" not in client.get("/topics/").content.decode()
    url = article.get_absolute_url()
    for path in [url, f"{url}comments/", f"{url}comments/sent/", f"{url}comments.json"]:
        assert client.get(path).status_code == 404


def test_a_scheduled_article_appears_at_its_minute_without_any_job(client, db):
    article = make_article(published_at=timezone.now() + timedelta(days=1))
    assert client.get(article.get_absolute_url()).status_code == 404

    Article.objects.update(published_at=timezone.now() - timedelta(seconds=1))

    assert client.get(article.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "page", ["0", "-1", "x", "3", "1e3", "٣", "9" * 30, "1 OR 1=1"]
)
def test_a_page_that_is_not_there_is_not_found(client, db, page):
    make_article()

    assert client.get("/articles/", {"page": page}).status_code == 404


@pytest.mark.parametrize("path", ["/articles/none/", "/topics/none/", "/none/", "/articles/foot-massage/media/999/"])  # fmt: skip
def test_an_unknown_address_gets_the_page_of_the_design(client, site, path):
    response = client.get(path)

    assert response.status_code == 404
    assert "This page has walked off" in response.content.decode()


def test_the_page_follows_when_a_section_a_point_or_the_site_is_edited(client, site):
    section = Section.objects.get(anchor="benefits")
    section.heading = "What it is good for"
    section.save()
    point = section.article.sections.get(kind="contraindications").points.first()
    point.text = "a fresh burn;"
    point.save()
    SiteSettings.objects.update(name="Sole care", emergency_number="123")

    html = client.get("/articles/foot-massage/").content.decode()

    assert "What it is good for" in html
    assert "a fresh burn;" in html
    assert "Sole care" in html
    assert "Call 123 now if:" in html


def test_a_review_shows_both_dates_and_that_it_is_overdue(client, site):
    reviewer = Author.objects.create(name="Dr. Sample", slug="dr-sample")
    day = timezone.localdate()
    Article.objects.update(
        reviewer=reviewer,
        reviewed_on=day - timedelta(days=400),
        review_due=day - timedelta(days=1),
    )

    html = client.get("/articles/foot-massage/").content.decode()

    assert 'by <a href="/authors/dr-sample/">Dr. Sample</a>' in html
    assert "That review is overdue" in html
    assert "No health professional" not in html


def test_unset_facts_are_said_and_set_ones_are_escaped(client, site):
    assert (
        "The publisher’s name is not set yet." in client.get("/about/").content.decode()
    )

    SiteSettings.objects.update(publisher="<b>Me</b>", contact_email="me@example.org")

    html = client.get("/about/").content.decode()
    assert "&lt;b&gt;Me&lt;/b&gt;" in html
    assert "me@example.org" in html


def test_an_empty_site_has_pages_all_the_same(client, db):
    for path in ["/", "/articles/", "/topics/", "/subscribe/"]:
        assert client.get(path).status_code == 200


def test_every_section_kind_has_its_template(client, db):
    article = make_article()
    for kind in Section.Kind.values:
        make_section(article, kind=kind, heading=f"About {kind}", anchor=f"a-{kind}")

    html = client.get(article.get_absolute_url()).content.decode()

    assert all(f"About {kind}" in html for kind in Section.Kind.values)


def test_markdown_is_safe_in_the_page(client, db):
    article = make_article()
    make_section(
        article,
        text="<script>alert(1)</script> [x](javascript:alert(1)) ![i](http://e.example/i.png) *so*",
    )

    html = client.get(article.get_absolute_url()).content.decode()

    assert "<script>alert" not in html
    assert 'href="javascript' not in html
    assert "<img" not in html
    assert "<em>so</em>" in html


def test_an_article_of_the_owners_own_says_that_nobody_reviewed_it(client, db):
    article = make_article(summary="")

    html = client.get(article.get_absolute_url()).content.decode()

    assert "No health professional has reviewed it yet." in html
    assert "standfirst" not in html
    assert f'<meta name="description" content="{article.title}">' in html


def test_a_media_item_is_shown_also_where_no_section_was_made_for_it(client, db):
    item = make_media(make_article(), title="The film")

    assert "The film" in client.get(item.article.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "rename",
    [
        lambda article, slug: (setattr(article, "slug", slug), article.save()),
        lambda article, slug: Article.objects.filter(pk=article.pk).update(slug=slug),
    ],
)
def test_an_old_address_leads_to_the_new_one_however_it_was_changed(client, db, rename):
    article = make_article(slug="first")
    rename(article, "second")
    rename(article, "third")

    for old in ["first", "second"]:
        response = client.get(f"/articles/{old}/")
        assert (response.status_code, response.url) == (301, "/articles/third/")
    assert client.get("/articles/third/").status_code == 200


def test_an_old_address_of_a_media_item_leads_to_the_new_one(client, db):
    item = make_media(make_article(slug="first"))
    Article.objects.update(slug="second")

    response = client.get(f"/articles/first/media/{item.pk}/")

    assert (response.status_code, response.url) == (301, f"/articles/second/media/{item.pk}/")  # fmt: skip
    assert client.get(response.url).status_code == 200


def test_an_address_taken_back_or_over_never_goes_round_in_a_ring(client, db):
    article = make_article(slug="first")
    for slug in ["second", "first", "third"]:
        Article.objects.filter(pk=article.pk).update(slug=slug)
    other = make_article(slug="first")

    assert client.get("/articles/second/").url == "/articles/third/"
    assert other.title in client.get("/articles/first/").content.decode()
    Article.objects.filter(pk=other.pk).update(slug="second")
    assert other.title in client.get("/articles/second/").content.decode()
    assert client.get("/articles/first/").url == "/articles/second/"


def test_an_old_address_of_a_draft_is_not_found(client, db):
    article = make_article(slug="first", status="draft")
    Article.objects.filter(pk=article.pk).update(slug="second")

    assert client.get("/articles/first/").status_code == 404
