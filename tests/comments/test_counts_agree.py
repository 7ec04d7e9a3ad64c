"""The one count, wherever it is shown."""

import re

import pytest

from articles.models import Article, Media, Topic
from comments import moderation
from comments.models import Comment
from tests.factories import make_article, make_comment, make_media
from tests.reading import nodes_of, only_entry

pytestmark = pytest.mark.django_db

Status = Comment.Status


def in_words(count):
    return "1 comment" if count == 1 else f"{count} comments"


def counts_shown(client, admin_client, article):
    """The count of ``article`` as each place tells it."""
    path = article.get_absolute_url()
    page = client.get(path).content.decode()
    answer = client.get(f"{path}comments.json").json()
    nodes = nodes_of(client, path)["Article"]
    shown = {
        "heading": int(re.search(r'data-comments-count="(\d+)">\1 comments?<', page)[1]),
        "comments on the page": len(re.findall(r'id="comment-\d+"', page)) - page.count("is-gone"),
        "JSON": answer["comments_count"],
        "comments in the JSON": sum(not one["removed"] for one in answer["comments"]),
        "JSON-LD": nodes["commentCount"],
        "JSON-LD, interactions": nodes["interactionStatistic"]["userInteractionCount"],
    }  # fmt: skip
    for link in re.findall(r'href="#comments"[^>]*>(\d+) comments?<', page):
        shown["link to the comments"] = int(link)
    for form in ("rss", "atom", "json"):
        shown[form] = only_entry(client, f"/feeds/articles.{form}")["count"]
        shown[f"topic, {form}"] = only_entry(client, f"/feeds/topics/feet.{form}")[
            "count"
        ]
    for place in ("/", "/articles/", "/topics/feet/", "/search/?q=soles"):
        html = client.get(place).content.decode()
        shown[place] = int(re.search(r">(\d+) comments?<", html)[1])
    admin = admin_client.get("/admin/articles/article/").content.decode()
    shown["admin"] = int(re.search(r'field-comments_count">(\d+)<', admin)[1])
    return shown


def media_counts_shown(client, item):
    own = client.get(item.get_absolute_url()).content.decode()
    card = client.get(item.article.get_absolute_url()).content.decode()
    link = re.escape(f'href="{item.get_absolute_url()}#comments"')
    return {
        "heading": int(re.search(r'data-comments-count="(\d+)"', own)[1]),
        "comments on its page": len(re.findall(r'id="comment-\d+"', own)) - own.count("is-gone"),
        "card on its page": int(re.search(rf"{link}[^>]*>(\d+) comments?<", own)[1]),
        "card in the article": int(re.search(rf"{link}[^>]*>(\d+) comments?<", card)[1]),
    }  # fmt: skip


def newest(**which):
    return Comment.objects.filter(pk=Comment.objects.filter(**which).latest("pk").pk)


def approve(article):
    moderation.set_status(newest(status="waiting"), Status.VISIBLE, by=None)
    return 1


def to(status):
    def change(article):
        return -moderation.set_status(article.comments.visible(), status, by=None)

    return change


def erase_all(article):
    return -moderation.erase(article.comments.visible(), by=None)


def erase_what_was_answered(article):
    root = make_comment(article)
    make_comment(parent=root)
    moderation.erase(Comment.objects.filter(pk=root.pk), by=None)
    return 1


def answer(article):
    make_comment(parent=make_comment(article))
    return 2


def nothing(article):
    return 0


CHANGES = [nothing, approve, to(Status.HIDDEN), to(Status.SPAM), to(Status.WAITING), erase_all, erase_what_was_answered, answer]  # fmt: skip
NAMES = ["nothing", "approved", "hidden", "spam", "waiting", "erased", "placeholder", "answered"]  # fmt: skip


@pytest.mark.parametrize("count", [0, 1, 2, 50])
@pytest.mark.parametrize("change", CHANGES, ids=NAMES)
def test_every_place_tells_the_same_count(client, admin_client, count, change):
    article = make_article(summary="For your soles.")
    article.topics.add(Topic.objects.create(name="Feet", slug="feet"))
    item = make_media(article)
    for n in range(count):
        make_comment(article, media=item if n % 2 else None)
    make_comment(article, media=item, status=Status.WAITING)

    now = count + change(article)

    article.refresh_from_db()
    shown = counts_shown(client, admin_client, article)
    assert shown == dict.fromkeys(shown, now)
    assert len(shown) == 18
    of_item = Comment.objects.visible().filter(media=item).count()
    shown = media_counts_shown(client, Media.objects.get())
    assert shown == dict.fromkeys(shown, of_item)


def test_counts_are_said_in_words_that_fit(client):
    for count in range(3):
        article = make_article(slug=f"article-{count}")
        for _ in range(count):
            make_comment(article)
    for count in range(3):
        html = client.get(f"/articles/article-{count}/").content.decode()
        assert f">{in_words(count)}</h2>" in html


def test_the_counts_of_two_articles_are_their_own(client):
    one, two = make_article(), make_article()
    make_comment(one)

    moderation.move(one.comments.get(), two, None, by=None)

    counts = dict(Article.objects.values_list("pk", "comments_count"))
    assert counts == {one.pk: 0, two.pk: 1}
