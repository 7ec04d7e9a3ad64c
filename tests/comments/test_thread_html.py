"""How the conversation looks: who, when, about what, and what may be done with it."""

import re

import pytest
from django.utils import timezone

from articles.models import Article
from comments import thread
from comments.initials import initials
from comments.models import Comment
from comments.models import comment as comment_module
from tests.factories import make_article, make_comment, make_media


def thread_of(client, article, query=""):
    html = client.get(f"{article.get_absolute_url()}{query}").content.decode()
    return html[html.index('id="comments"') : html.index('id="add-comment"')]


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada", "A"),
        ("ada lovelace", "AL"),
        ("Ada Maria van der Berg", "AB"),
        ("Øyvind Åse", "ØÅ"),
        ("ليلى", "ل"),
        ("שלום עולם", "שע"),
        ("李 小龍", "李小"),
        ("김 철수", "김철"),
        ("ß", "ß"),  # two letters as a capital
        ("ǆ", "Ǆ"),
        ("E\u0308\u0301va", "E\u0308\u0301"),
        ("नि शा", "निशा"),
        ("क्षमा", "क्ष"),
        ("👩🏽‍⚕️ Doc", "👩🏽‍⚕️D"),
        ("🇩🇪🇫🇷", "🇩🇪"),
        ("“Ada” (Berlin)", "AB"),
        ("42 feet", "4F"),
        ("???", ""),
        ("", ""),
        ("\u200d", ""),
        ("<b>", "B"),
    ],
)
def test_initials_are_whole_letters_of_any_script(name, letters):
    assert initials(name) == letters


def test_initials_are_not_read_out_and_are_escaped(client, db):
    comment = make_comment(name="Ada & <i>Bob")

    html = thread_of(client, comment.article)

    assert '<bdi class="who">Ada &amp; &lt;i&gt;Bob</bdi>' in html
    assert '<span class="initials" aria-hidden="true">AI</span>' in html
    assert "gravatar" not in html


def test_each_comment_has_a_heading_and_is_named_by_it(client, db):
    one = make_comment(name="Ada")
    make_comment(parent=one, name="Bob")

    html = thread_of(client, one.article)

    named = re.findall(r'<article class="comment" id="[^"]+" aria-labelledby="([^"]+)"', html)  # fmt: skip
    headings = re.findall(r'<h3 id="([^"]+)"><bdi class="who">([^<]+)</bdi></h3>', html)
    assert named == [id_ for id_, _ in headings]
    assert [name for _, name in headings] == ["Ada", "Bob"]


def test_what_may_be_done_with_a_comment_says_with_whose(client, db):
    comment = make_comment(name='A" onclick="x')
    base = f"{comment.article.get_absolute_url()}comments/"

    html = thread_of(client, comment.article)

    name = "A&quot; onclick=&quot;x"
    assert f'href="{base}?parent={comment.pk}" aria-label="Reply to {name}"' in html
    assert (
        f'href="{base}{comment.pk}/report/" aria-label="Report the comment by {name}"'
        in html
    )


def test_an_edit_is_marked_with_its_day_in_words(client, db):
    comment = make_comment(edited_at=timezone.now())

    day = thread._day(timezone.localdate(), "en")
    assert f"edited on {day}</span>" in thread_of(client, comment.article)


def test_a_comment_about_an_item_leads_to_it_from_the_article_alone(client, db):
    item = make_media(make_article(), title="A <film>")
    make_comment(item.article, media=item)

    url = item.get_absolute_url()
    html = thread_of(client, item.article)
    assert f'href="{url}"><bdi>about “A &lt;film&gt;”</bdi></a>' in html
    page = client.get(url).content.decode()
    assert "about “" not in page


@pytest.fixture
def _small_pages(monkeypatch):
    for module in (thread, comment_module):
        monkeypatch.setattr(module, "COMMENTS_A_PAGE", 3)
    thread._query.cache_clear()
    yield
    thread._query.cache_clear()


@pytest.mark.usefixtures("_small_pages")
def test_a_conversation_that_goes_on_says_where_it_began(client, db):
    root = make_comment(name="Ada")
    answers = [make_comment(parent=root) for _ in range(4)]
    article = Article.objects.get()

    html = thread_of(client, article, f"?comments={root.pk}&answers={answers[2].pk}")

    place = f"?comments={root.pk}&amp;answers={root.pk}#comment-{root.pk}"
    label = "continued from another page: comment by Ada"
    assert f'<a class="badge" href="{place}" aria-label="{label}">' in html
    assert f'id="comment-{root.pk}"' not in html
    assert "Back to the first comments" in html
    there = client.get(article.get_absolute_url() + place.replace("&amp;", "&"))
    assert f'id="comment-{root.pk}"' in there.content.decode()


def pin(comment):
    Comment.objects.filter(pk=comment.pk).update(is_pinned=True)


@pytest.mark.usefixtures("_small_pages")
def test_pinned_comments_are_named_above_the_first_page_and_stand_in_their_place(
    client, db
):
    article = make_article()
    here, *_, away = [make_comment(article, body="*See* <this>") for _ in range(5)]
    pin(here)
    pin(away)
    article = Article.objects.get()

    html = thread_of(client, article)

    assert f'<a href="#comment-{here.pk}">Comment by {here.name}</a>' in html
    place = f"?comments={away.pk}&amp;answers={away.pk}#comment-{away.pk}"
    assert f'<a href="{place}">Comment by {away.name}</a>' in html
    assert html.count('<p dir="auto">See &lt;this&gt;</p>') == 2
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert 'data-comments-count="5"' in html
    later = thread_of(client, article, f"?comments={away.pk}")
    assert "Pinned" not in later


def test_a_long_pinned_comment_is_cut_between_characters(client, db):
    comment = make_comment(body="a & b < " * 100, is_pinned=True)

    html = thread_of(client, comment.article)

    assert "…</p></li>" in html
    assert not re.search("&(?!amp;|lt;|gt;|quot;|#x27;)", html[: html.index("<ol")])


@pytest.mark.parametrize("count", [1, 3])
def test_pinned_edited_and_linked_comments_ask_nothing_more(
    client, db, count, django_assert_num_queries
):
    item = make_media(make_article())
    for _ in range(count):
        make_comment(item.article, media=item, is_pinned=True, edited_at=timezone.now())
    client.get(item.article.get_absolute_url())

    with django_assert_num_queries(8):
        client.get(item.article.get_absolute_url())
