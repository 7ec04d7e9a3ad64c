import pytest

from articles.models import SiteSettings
from comments import thread
from comments.models import Comment
from comments.models import comment as comment_module
from comments.thread import Cursor, thread_page
from tests.factories import make_article, make_comment, make_media

Status = Comment.Status


def shape(page):
    return [(shown.pk, shown.level, shown.is_removed) for shown in page.comments]


def test_answers_stand_below_what_they_answer_at_most_two_levels_deep(db):
    one, two = make_comment(), None
    two = make_comment(one.article)
    reply = make_comment(parent=one)
    deep = make_comment(parent=reply)
    deeper = make_comment(parent=deep)
    late = make_comment(parent=reply)

    page = thread_page(one.article)

    assert shape(page) == [
        (one.pk, 0, False), (reply.pk, 1, False), (deep.pk, 2, False), (deeper.pk, 2, False),
        (late.pk, 2, False), (two.pk, 0, False),
    ]  # fmt: skip


def test_a_removed_comment_with_answers_is_a_placeholder_and_shows_no_word(client, db):
    root = make_comment(name="Gone Person", body="Gone words")
    reply = make_comment(parent=root)
    Comment.objects.filter(pk=root.pk).update(status=Status.HIDDEN)

    html = client.get(root.article.get_absolute_url()).content.decode()

    assert "This comment was removed." in html
    assert "Gone" not in html
    assert f'id="comment-{reply.pk}"' in html
    assert 'data-comments-count="1">1 comment<' in html


@pytest.mark.parametrize("status", [Status.WAITING, Status.HIDDEN, Status.SPAM])
def test_what_is_not_visible_is_not_there(client, db, status):
    root = make_comment()
    make_comment(root.article, status=status, body="Not for readers")
    make_comment(parent=root, status=status, body="Not for readers")

    html = client.get(root.article.get_absolute_url()).content.decode()

    assert "Not for readers" not in html
    assert "This comment was removed." not in html


def test_the_list_in_the_page_nests_and_closes_every_element(client, db):
    one = make_comment()
    make_comment(parent=make_comment(parent=one))
    make_comment(one.article)

    html = client.get(one.article.get_absolute_url()).content.decode()
    part = html[html.index('<ol class="thread">') : html.index('id="add-comment"')]

    assert part.count("<ol") == part.count("</ol>") == 3
    assert part.count("<li>") == part.count("</li>") == 4
    assert "".join(part.split()).count("</article></li></ol></li></ol></li>") == 1


def test_a_conversation_a_thousand_answers_deep_is_read(client, db):
    last = make_comment()
    for _ in range(1100):
        last = make_comment(parent=last)

    last.article.refresh_from_db()
    response = client.get(last.get_absolute_url())

    assert response.status_code == 200
    assert f'id="comment-{last.pk}"' in response.content.decode()


@pytest.fixture
def _small_pages(monkeypatch):
    for module in (thread, comment_module):
        monkeypatch.setattr(module, "COMMENTS_A_PAGE", 3)
    # The size stands in the query, which is written once.
    thread._query.cache_clear()
    yield
    thread._query.cache_clear()


def pages(article, **how):
    """What each page shows: numbers of its own comments, and of those that stand elsewhere."""
    found, start = [], thread.BEGINNING
    while start is not None:
        page = thread_page(article, start, **how)
        elsewhere = {one.pk for one in page.comments if one.is_elsewhere}
        found.append(
            ([one.pk for one in page.comments if one.pk not in elsewhere], elsewhere)
        )
        start = page.next
    return found


@pytest.mark.usefixtures("_small_pages")
def test_a_long_thread_is_paged_without_gap_or_repeat(client, db):
    article = make_article()
    one, two, three = [make_comment(article) for _ in range(3)]
    answers = [make_comment(parent=two) for _ in range(4)]

    assert pages(article) == [
        ([one.pk, two.pk, answers[0].pk], set()),
        ([answers[1].pk, answers[2].pk, answers[3].pk], {two.pk}),
        ([three.pk], set()),
    ]
    html = client.get(
        f"{article.get_absolute_url()}?comments={three.pk}"
    ).content.decode()
    assert f'id="comment-{three.pk}"' in html
    assert f'id="comment-{two.pk}"' not in html
    html = client.get(article.get_absolute_url()).content.decode()
    assert f'href="?comments={two.pk}&amp;answers={answers[1].pk}#comments"' in html


@pytest.mark.usefixtures("_small_pages")
def test_the_newest_conversations_come_first_if_the_owner_wishes_so(client, db):
    article = make_article()
    one, two, three = [make_comment(article) for _ in range(3)]
    answers = [make_comment(parent=two) for _ in range(4)]

    assert pages(article, newest_first=True) == [
        ([three.pk, answers[2].pk, answers[3].pk], {two.pk}),
        ([two.pk, answers[0].pk, answers[1].pk], set()),
        ([one.pk], set()),
    ]
    SiteSettings.objects.update_or_create(
        pk=1, defaults={"comments_newest_first": True}
    )
    html = client.get(article.get_absolute_url()).content.decode()
    assert html.index(f'id="comment-{three.pk}"') < html.index(
        f'id="comment-{answers[2].pk}"'
    )


@pytest.mark.usefixtures("_small_pages")
@pytest.mark.parametrize("newest_first", [False, True])
def test_a_comment_that_goes_leaves_no_gap_behind_its_cursor(db, newest_first):
    article = make_article()
    root = make_comment(article)
    for _ in range(6):
        make_comment(parent=root)
    page = thread_page(article, newest_first=newest_first)
    Comment.objects.get(pk=page.next.answers).delete()

    seen, start = {one.pk for one in page.comments}, page.next
    while start:
        page = thread_page(article, start, newest_first=newest_first)
        seen |= {one.pk for one in page.comments}
        start = page.next
    assert seen == set(article.comments.values_list("pk", flat=True))
    assert len(seen) == 6


def test_what_waits_above_a_visible_answer_is_a_placeholder_and_no_more(db):
    root = make_comment(status=Status.HIDDEN)
    middle = make_comment(parent=root, status=Status.SPAM)
    answer = make_comment(parent=middle)
    make_comment(parent=root, status=Status.WAITING)

    assert shape(thread_page(root.article)) == [
        (root.pk, 0, True), (middle.pk, 1, True), (answer.pk, 2, False),
    ]  # fmt: skip


def test_pinned_comments_stand_above_the_first_page_only(db):
    article = make_article()
    item = make_media(article)
    pinned = [make_comment(article, is_pinned=True) for _ in range(4)]
    of_item = make_comment(article, media=item, is_pinned=True)
    make_comment(article, is_pinned=True, status=Status.HIDDEN)

    page = thread_page(article)

    assert [one.pk for one in page.pinned] == [of_item.pk, pinned[3].pk, pinned[2].pk]
    assert [one.pk for one in thread_page(article, media=item).pinned] == [of_item.pk]
    assert thread_page(article, Cursor(pinned[0].pk)).pinned == []


@pytest.mark.parametrize("cursor", ["x", "-1", "", "1" * 40, "²"])
def test_a_cursor_that_is_no_number_means_the_beginning(client, db, cursor):
    comment = make_comment()

    html = client.get(
        comment.article.get_absolute_url(), {"comments": cursor}
    ).content.decode()

    assert f'id="comment-{comment.pk}"' in html


def test_a_comment_on_a_media_item_stands_on_both_pages_and_counts_on_both(client, db):
    item = make_media(make_article(), title="The film")
    comment = make_comment(item.article, media=item)
    make_comment(item.article)

    article = client.get(item.article.get_absolute_url()).content.decode()
    media = client.get(item.get_absolute_url()).content.decode()

    assert 'data-comments-count="2">2 comments<' in article
    assert "about “The film”" in article
    assert 'data-comments-count="1">1 comment<' in media
    assert f'id="comment-{comment.pk}"' in media


def test_the_json_holds_the_count_and_the_first_page(client, db):
    root = make_comment(name="A & B", body="<b>x</b>")
    reply = make_comment(parent=root)

    answer = client.get(f"{root.article.get_absolute_url()}comments.json").json()

    assert answer["comments_count"] == 2
    assert [one["id"] for one in answer["comments"]] == [root.pk, reply.pk]
    assert answer["comments"][0]["name"] == "A & B"
    assert "<b>" not in answer["comments"][0]["html"]
    assert answer["comments"][1]["parent"] == root.pk
    assert answer["next"] is None


@pytest.mark.parametrize("status", [Status.WAITING, Status.HIDDEN, Status.SPAM])
def test_the_json_of_a_removed_comment_holds_no_word_of_it(client, db, status):
    item = make_media(make_article(), title="Gone film")
    root = make_comment(item.article, media=item, name="Gone Name", body="Gone words")
    make_comment(parent=root)
    Comment.objects.filter(pk=root.pk).update(status=status)

    answer = client.get(f"{root.article.get_absolute_url()}comments.json")

    shown = answer.json()["comments"][0]
    assert (shown["id"], shown["removed"]) == (root.pk, True)
    assert (shown["name"], shown["html"]) == ("", "")
    assert "Gone" not in answer.content.decode()


def test_what_a_comment_says_is_a_little_markdown(db):
    comment = make_comment(body="One\n*line* & <b>\n\n\n\n# [Two](https://example.org)")

    assert (
        comment.html
        == comment.shown_html
        == (
            '<p dir="auto">One<br>\n<em>line</em> &amp; &lt;b&gt;</p>\n'
            '<p dir="auto"># <a href="https://example.org" rel="nofollow ugc noopener">Two</a></p>\n'
        )
    )


def test_a_comment_that_was_written_past_the_model_is_shown_all_the_same(client, db):
    article = make_article()
    Comment.objects.bulk_create(
        [Comment(article=article, name="n", body="*b*", status=Status.VISIBLE)]
    )

    html = client.get(article.get_absolute_url()).content.decode()

    assert '<p dir="auto"><em>b</em></p>' in html


def test_comments_that_wait_are_not_even_read(db):
    root = make_comment()
    for status in (Status.WAITING, Status.SPAM, Status.HIDDEN):
        make_comment(parent=root, status=status)

    rows = thread._rows(root.article, thread.BEGINNING, None, newest_first=False)

    assert [row.pk for row in rows] == [root.pk]


@pytest.mark.usefixtures("_small_pages")
@pytest.mark.parametrize("newest_first", [False, True])
def test_the_link_of_each_comment_leads_to_a_page_that_has_it(client, db, newest_first):
    SiteSettings.objects.update_or_create(
        pk=1, defaults={"comments_newest_first": newest_first}
    )
    article = make_article()
    roots = [make_comment(article) for _ in range(5)]
    for root in (roots[1], roots[4]):
        for _ in range(4):
            make_comment(parent=root)

    for comment in Comment.objects.select_related("article"):
        url, _, fragment = comment.get_absolute_url().partition("#")
        assert f'id="{fragment}"' in client.get(url).content.decode()
