"""Lists page by page, and what stands beside an article."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from articles import neighbours
from articles.models import Article, Author, Topic
from articles.neighbours import RELATED, neighbours_of
from articles.paging import PAGE_SIZE
from tests.factories import make_article

pytestmark = pytest.mark.django_db


@pytest.fixture
def rest():
    return Topic.objects.create(name="Rest", slug="rest")


def make_many(count, *, topic=None, **values):
    """Articles an hour apart, the first one the newest; every third at the same moment."""
    now = timezone.now()
    made = []
    for n in range(count):
        at = now - timedelta(hours=n - n % 3)
        made.append(make_article(title=f"Number {n}.", published_at=at, **values))
        if topic:
            made[-1].topics.add(topic)
    return sorted(made, key=lambda one: (one.published_at, one.pk), reverse=True)


def link(html, rel):
    found = re.search(rf'<a [^>]*href="([^"]*)" rel="{rel}"', html)
    return found and found[1]


def walk(client, path, rel):
    """The titles of each page from ``path`` on, by its links of ``rel``."""
    pages = []
    while path:
        html = client.get(path).content.decode()
        pages.append(re.findall(r"Number \d+\.", html.split('class="pager"')[0]))
        following = link(html, rel)
        base = path.split("?")[0]
        previous, path = (
            path,
            following and (following if following[0] == "/" else base + following),
        )
    return pages, previous


@pytest.mark.parametrize("path", ["/articles/", "/topics/rest/", "/authors/ada/"])
@pytest.mark.parametrize("count", [1, PAGE_SIZE, PAGE_SIZE + 1, 3 * PAGE_SIZE + 4])
def test_every_article_stands_on_one_page_there_and_back(client, rest, path, count):
    ada = Author.objects.create(name="Ada", slug="ada")
    titles = [one.title for one in make_many(count, topic=rest, author=ada)]
    expected = [titles[n : n + PAGE_SIZE] for n in range(0, count, PAGE_SIZE)]

    there, last = walk(client, path, "next")
    back, first = walk(client, last, "prev")

    assert there == expected
    assert back == expected[::-1]
    assert first == path


def test_machines_are_told_the_pages_beside_this_one(client):
    make_many(2 * PAGE_SIZE + 1)
    html = client.get("/articles/").content.decode()
    second = link(html, "next")
    assert f'<link rel="next" href="{second}">' in html
    assert '<link rel="prev"' not in html

    html = client.get(f"/articles/{second}").content.decode()

    assert '<link rel="prev" href="/articles/">' in html
    assert '<link rel="next" href="?page=' in html


def test_a_page_goes_on_being_there_when_the_article_before_it_is_archived(client):
    articles = make_many(PAGE_SIZE + 2)
    second = link(client.get("/articles/").content.decode(), "next")
    Article.objects.filter(pk=articles[PAGE_SIZE - 1].pk).update(status="archived")

    html = client.get(f"/articles/{second}").content.decode()

    assert articles[PAGE_SIZE].title in html
    assert link(html, "prev") == "/articles/"


def test_a_page_shows_nothing_that_is_still_to_come(client, rest):
    make_many(PAGE_SIZE + 1, topic=rest)
    for days in (1, 2):
        make_article(
            title="Tomorrow", published_at=timezone.now() + timedelta(days=days)
        ).topics.add(rest)

    for path in ["/articles/", "/topics/rest/"]:
        pages, last = walk(client, path, "next")
        assert len(pages) == 2
        for page in (path, last):
            assert "Tomorrow" not in client.get(page).content.decode()


def test_who_has_written_nothing_that_is_published_has_no_page(client):
    ada = Author.objects.create(name="Ada", slug="ada")
    make_article(author=ada, status="draft")
    assert client.get("/authors/ada/").status_code == 404

    make_article(title="By Ada", author=ada)

    html = client.get("/authors/ada/").content.decode()
    assert "By Ada" in html


def test_a_reviewers_page_shows_what_was_reviewed(client):
    ada = Author.objects.create(
        name="Ada", slug="ada", credentials="Podiatrist", text="Has *warm* hands."
    )
    make_article(title="Looked at", reviewer=ada, reviewed_on=timezone.localdate())

    html = client.get("/authors/ada/").content.decode()

    assert "Looked at" in html
    assert "Podiatrist" in html
    assert "<em>warm</em>" in html


def test_the_neighbours_are_the_nearest_in_time():
    articles = make_many(7)

    for n, article in enumerate(articles):
        found = neighbours_of(article)
        assert found.newer == (articles[n - 1] if n else None)
        assert found.older == (articles[n + 1] if n < 6 else None)


def test_related_are_the_pinned_then_those_that_share_most_topics(
    rest, django_assert_num_queries
):
    care = Topic.objects.create(name="Care", slug="care")
    pinned, shares_one, shares_two, draft, other = make_many(5)
    article = make_article()
    for one, topics in [
        (article, [rest, care]),
        (shares_one, [rest]),
        (shares_two, [rest, care]),
        (draft, [rest, care]),
    ]:
        one.topics.set(topics)
    article.pinned.set([pinned, draft])
    Article.objects.filter(pk=draft.pk).update(status="draft")
    list(article.topics.all())
    article = Article.objects.prefetch_related("topics").get(pk=article.pk)

    with django_assert_num_queries(1):
        found = neighbours_of(article)

    assert found.related == [pinned, shares_two, shares_one]
    assert other not in found.related
    assert len(found.related) <= RELATED


def sharing(topics, **values):
    article = make_article(**values)
    article.topics.set(topics)
    return article


def test_of_those_that_share_as_much_the_newest_three_are_related(rest):
    now = timezone.now()
    article = sharing([rest], published_at=now - timedelta(days=9))
    shared = [
        sharing([rest], published_at=now - timedelta(days=n)) for n in (3, 1, 4, 2)
    ]

    found = neighbours_of(article).related

    assert found == [shared[1], shared[3], shared[0]]


def test_only_the_newest_published_ones_of_a_topic_are_looked_at(rest, monkeypatch):
    monkeypatch.setattr(neighbours, "CANDIDATES", 1)
    monkeypatch.setattr(neighbours, "_neighbours", neighbours._neighbours.__wrapped__)
    article = sharing([rest])
    now = timezone.now()
    sharing([rest], published_at=now - timedelta(days=2))
    newest = sharing([rest], published_at=now - timedelta(days=1))
    sharing([rest], published_at=now + timedelta(days=1))

    assert neighbours_of(article).related == [newest]


def test_however_many_topics_an_article_has_only_some_are_looked_at():
    topics = [
        Topic.objects.create(name=f"Topic {n}", slug=f"topic-{n}")
        for n in range(neighbours.TOPICS + 1)
    ]
    article = sharing(topics)
    sharing(topics[-1:])
    by_the_last_but_one = sharing(topics[-2:-1])

    assert neighbours_of(article).related == [by_the_last_but_one]


def test_an_article_alone_has_nobody_beside_it(client):
    article = make_article()

    found = neighbours_of(article)

    assert (found.newer, found.older, found.related) == (None, None, [])
    html = client.get(article.get_absolute_url()).content.decode()
    assert "Related" not in html
    assert 'class="pager"' not in html


def test_an_article_pinned_to_itself_is_not_related_to_itself():
    article = make_article()
    article.pinned.add(article)

    assert neighbours_of(article).related == []
