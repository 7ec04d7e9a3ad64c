"""What readers said, as a program that reads feeds gets it."""

import re
from datetime import timedelta

import feedparser
import pytest
from django.utils import timezone

from articles.models import Article
from comments import moderation
from comments.models import Comment
from tests.factories import make_article, make_comment, make_media
from tests.reading import FORMS, HARD_TEXTS, read

SITE = "http://testserver"
ALL = [f"/feeds/comments.{form}" for form in FORMS]
OF_ONE = ["/articles/feet/comments.rss", "/articles/feet/comments.atom"]

every_feed = pytest.mark.parametrize("address", ALL + OF_ONE)


@pytest.fixture
def feet(db):
    return make_article(slug="feet", title="Feet")


@every_feed
def test_a_comment_is_told_in_words_with_its_permanent_address(client, feet, address):
    comment = make_comment(feet, name="Ada", body="One.\nTwo.\n\n<b>Three</b> & four.")

    feed = read(client, address)

    assert feed["self"] == f"{SITE}{address}"
    (entry,) = feed["entries"]
    assert entry["title"] == "Ada on “Feet”"
    assert entry["author"] == "Ada"
    assert entry["url"] == f"{SITE}/articles/feet/#comment-{comment.pk}"
    assert entry["id"] == f"tag:testserver,2026:comments/{comment.pk}"
    paragraphs = re.findall("(?s)<p dir=.auto.>(.*?)</p>", entry["html"])
    assert paragraphs == ["One.<br>\nTwo.", "&lt;b&gt;Three&lt;/b&gt; &amp; four."]


@every_feed
def test_no_feed_has_an_address_of_a_reader(client, feet, address):
    make_comment(feet, email="ada@example.org")

    html = client.get(address).content.decode()

    assert "Lovely" in html
    assert "@" not in html


@every_feed
@pytest.mark.parametrize("status", ["waiting", "hidden", "spam"])
def test_what_readers_do_not_see_is_in_no_feed(client, feet, address, status):
    make_comment(feet, body="Secret", status=status)
    asked = make_comment(feet, name="Secret")
    make_comment(parent=asked, body="An answer.")
    moderation.erase(Comment.objects.filter(pk=asked.pk), by=None)

    entries = read(client, address)["entries"]

    assert ["An answer." in one["html"] for one in entries] == [True]
    assert "Secret" not in client.get(address).content.decode()


@pytest.mark.parametrize("address", ALL)
@pytest.mark.parametrize("values", [{"status": "draft"}, {"status": "archived"}, {"published_at": timezone.now() + timedelta(days=1)}])  # fmt: skip
def test_comments_of_what_is_not_published_are_in_no_feed(
    client, feet, address, values
):
    make_comment(make_article(**values), body="Secret")
    make_comment(feet)

    assert len(read(client, address)["entries"]) == 1
    assert b"Secret" not in client.get(address).content


@every_feed
def test_a_feed_holds_the_newest_fifty_the_last_first(client, feet, address):
    made = [make_comment(feet).pk for _ in range(52)]

    entries = read(client, address)["entries"]

    ids = [int(entry["id"].rpartition("/")[2]) for entry in entries]
    assert ids == made[:1:-1]


def test_an_articles_feed_holds_its_own_comments_those_on_its_items_too(client, feet):
    make_comment()
    item = make_media(feet)
    make_comment(feet, media=item, body="On the film.")

    (entry,) = read(client, "/articles/feet/comments.atom")["entries"]

    assert "On the film." in entry["html"]


def test_atom_tells_what_is_answered(client, feet):
    root = make_comment(feet)
    make_comment(parent=root)

    text = client.get("/feeds/comments.atom").content.decode()

    answers = re.findall('<thr:in-reply-to ref="tag:testserver,2026:(.*?)"', text)
    assert answers == [f"comments/{root.pk}", f"articles/{feet.pk}"]


@every_feed
@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_feed_takes_as_many_queries_however_much_it_holds(
    client, feet, address, count, django_assert_max_num_queries
):
    for _ in range(count):
        root = make_comment(make_article() if "feeds" in address else feet)
        make_comment(parent=root)

    with django_assert_max_num_queries(3):
        assert len(read(client, address)["entries"]) == 2 * count


@every_feed
@pytest.mark.parametrize("text", HARD_TEXTS)
def test_a_feed_can_be_read_whatever_was_typed(client, feet, address, text):
    Article.objects.update(title=text)
    make_comment(feet, name=text[:80], body=text)

    (entry,) = read(client, address)["entries"]

    bare = re.sub('</?p( dir="auto")?>|<br>', "", entry["html"])
    assert "<" not in bare


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_an_old_address_leads_to_the_feed_of_the_article(client, feet, form):
    Article.objects.update(slug="soles")

    response = client.get(f"/articles/feet/comments.{form}")

    assert response.status_code == 301
    assert response.headers["Location"] == f"/articles/soles/comments.{form}"


@pytest.mark.parametrize("address", ["/articles/none/comments.rss", "/articles/feet/comments.xml", "/feeds/comments"])  # fmt: skip
def test_no_feed_stands_where_none_was_promised(client, feet, address):
    assert client.get(address).status_code == 404


def test_a_draft_has_no_feed(client, feet):
    Article.objects.update(status="draft")

    assert client.get("/articles/feet/comments.rss").status_code == 404


@every_feed
@pytest.mark.parametrize(
    "change",
    [
        lambda comment: make_comment(comment.article),
        lambda comment: Comment.objects.filter(pk=comment.pk).update(body="Edited."),
        lambda comment: Comment.objects.filter(status="waiting").update(status="visible"),
        lambda comment: moderation.erase(Comment.objects.filter(pk=comment.pk), by=None),
        lambda comment: Article.objects.update(title="New"),
    ],
)  # fmt: skip
def test_a_feed_tells_when_what_it_shows_has_changed(client, feet, address, change):
    make_comment(feet, status="waiting")
    first, second = make_comment(feet), make_comment(feet)
    ages_ago = timezone.now() - timedelta(days=9)
    Article.objects.update(updated_at=ages_ago, published_at=ages_ago, discussed_at=7)
    date = client.get(address).headers["Last-Modified"]
    asking = {"If-Modified-Since": date}
    assert client.get(address, headers=asking).status_code == 304

    change(first)

    assert client.get(address, headers=asking).status_code == 200
    assert str(second.pk) in client.get(address).content.decode()


def test_an_edited_comment_is_as_new_as_its_edit(client, feet):
    made = timezone.now() - timedelta(days=5)
    comment = make_comment(feet)
    Comment.objects.update(created_at=made, edited_at=made + timedelta(days=2))

    (entry,) = feedparser.parse(client.get("/feeds/comments.atom").content).entries

    assert entry.published_parsed[:6] == made.timetuple()[:6]
    assert entry.updated_parsed[:6] == (made + timedelta(days=2)).timetuple()[:6]
    assert entry.link.endswith(f"#comment-{comment.pk}")
