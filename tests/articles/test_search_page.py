"""The page of a search."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Article, Topic
from tests.factories import make_article, make_comment, make_section


def page(client, text=None, **more):
    asked = {} if text is None else {"q": text}
    response = client.get("/search/", asked | more)
    return response, response.content.decode()


def make_articles(count, **values):
    topic = Topic.objects.create(name="Rest", slug="rest")
    for n in range(count):
        published_at = timezone.now() - timedelta(minutes=n)
        article = make_article(title=f"Heel {n}.", published_at=published_at, **values)
        article.topics.add(topic)
        make_section(article, text="Walking barefoot.")


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_takes_four_queries_and_a_count_however_many_it_finds(
    client, db, settings, count, django_assert_num_queries
):
    settings.CACHE_IS_SHARED = False
    make_articles(count)

    with django_assert_num_queries(4 + 1):
        html = page(client, "walk")[1]

    assert html.count('<li class="entry">') == count


@pytest.mark.parametrize(
    ("text", "queries"), [("zzz", 5), ("", 2), ("?!", 3), (None, 2)]
)
def test_a_search_that_finds_nothing_takes_no_more(
    client, db, settings, text, queries, django_assert_num_queries
):
    settings.CACHE_IS_SHARED = False
    make_articles(3)

    with django_assert_num_queries(queries):
        page(client, text)


def test_what_was_found_looks_like_a_list_with_its_words_marked(client, site):
    make_comment(Article.objects.get())

    html = page(client, "Massages")[1]

    assert "<title>“Massages” · Footcare</title>" in html
    assert '<h1 class="display display-2">“<bdi>Massages</bdi>”</h1>' in html
    assert re.search(r'role="status">\s*1 article\s*</p>', html)
    assert (
        '<h2><a href="/articles/foot-massage/">Foot <mark>massage</mark></a></h2>'
        in html
    )
    assert "<mark>Massage</mark> allows" in html
    assert "<li>1 comment</li>" in html
    assert 'name="q" type="search" value="Massages"' in html


def test_without_words_there_is_a_form_and_the_topics(client, site):
    Topic.objects.create(name="Unwritten", slug="unwritten")

    response, html = page(client)

    assert response.status_code == 200
    assert "<title>Search · Footcare</title>" in html
    assert 'role="search"' in html
    assert '<label for="q">Search the articles</label>' in html
    assert 'href="/topics/massage/"' in html
    assert "Unwritten" not in html
    assert "0 articles" not in html


def test_where_nothing_is_found_the_page_helps_on(client, site):
    response, html = page(client, "foot masage")

    assert response.status_code == 200
    assert "<title>Nothing found for “foot masage” · Footcare</title>" in html
    assert re.search(r'role="status">\s*0 articles\s*</p>', html)
    assert "Nothing here has all of these words in it." in html
    assert 'href="/topics/massage/"' in html
    assert '<li><a href="/articles/foot-massage/">Foot massage</a></li>' in html


def test_pages_follow_and_end(client, db):
    make_articles(11)

    first, second = page(client, "heel")[1], page(client, "heel", page="2")[1]

    assert re.search(r'role="status">\s*11 articles\s*</p>', first)
    assert "Heel</mark> 9." in first
    assert "Heel</mark> 10." not in first
    assert '<a class="go" href="?q=heel&amp;page=2" rel="next">' in first
    assert "<title>“heel”, page 2 · Footcare</title>" in second
    assert "Heel</mark> 10." in second
    assert '<a href="?q=heel&amp;page=1" rel="prev">' in second
    assert 'rel="next"' not in second


def test_a_page_keeps_odd_words(client, db):
    make_articles(11)

    html = page(client, "walk/ & barefoot?")[1]

    assert "?q=walk%2F%20%26%20barefoot%3F&amp;page=2" in html


def test_more_than_a_hundred_are_said_to_be_more(client, db):
    Article.objects.bulk_create(
        Article(title=f"Heel {n}", slug=f"n{n}", status="published", published_at=timezone.now())
        for n in range(101)
    )  # fmt: skip

    assert re.search(r"\sMore than 100 articles\s", page(client, "heel")[1])
    last = page(client, "heel", page="10")[1]
    assert "There are more. Add a word to find them." in last
    assert page(client, "heel", page="11")[0].status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "x", "2", "1e3", "٣", "9" * 30])
@pytest.mark.parametrize("text", ["heel", "zzz", ""])
def test_a_page_that_is_not_there_is_not_found(client, db, text, number):
    make_articles(1)

    assert page(client, text, page=number)[0].status_code == 404


@pytest.mark.parametrize("text", ["heel", "zzz", "", None, "x" * 300])
def test_no_robot_keeps_a_search(client, db, text):
    response, html = page(client, text)

    assert response.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in html


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * 201, "Search for at most 200 characters; these are 201."),
        ("x" * 10_000, "Search for at most 200 characters; these are 10000."),
        ("a b c d e f g h i j k", "Search for at most 10 words; these are 11."),
        ("a-b " * 50, "Search for at most 10 words; these are 100."),
    ],
)
def test_too_much_is_refused_in_a_sentence_and_kept(client, site, text, words):
    response, html = page(client, text)

    assert response.status_code == 422
    assert "<title>Error: Search · Footcare</title>" in html
    assert html.count(words) == 2
    assert f'<a href="#q">{words}</a>' in html
    assert f'value="{text}" aria-invalid="true"' in html


@pytest.mark.parametrize(
    "query",
    [
        "q=%FF%FE",
        "q=%ED%A0%80",
        "q=%E2%80%AEx",
        "q=a&q=b",
        "q[]=a",
        "q=%0A%0D",
        "q=%F0%9F%91%A3",
        "q=+",
        "page=1",
    ],
)
def test_a_question_in_any_bytes_has_an_answer(site, query):
    response = Client(raise_request_exception=False).get(f"/search/?{query}")

    assert response.status_code == 200
    assert "<h1" in response.content.decode()


def test_a_word_of_markup_is_shown_as_it_is(client, site):
    html = page(client, '"><script>x</script>')[1]

    assert "<script>x" not in html
    assert "&quot;&gt;&lt;script&gt;x&lt;/script&gt;" in html


@pytest.mark.parametrize("path", ["/search/", "/search/?q=massage"])
def test_the_head_of_the_page_says_where_one_is(client, site, path):
    assert (
        '<a href="/search/" aria-current="page">Search</a>'
        in client.get(path).content.decode()
    )
    assert '<a href="/search/">Search</a>' in client.get("/").content.decode()
