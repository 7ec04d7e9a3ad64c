import pytest

from comments import models, thread
from comments.models import Comment
from comments.thread import paragraphs, thread_page
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
    assert "".join(part.split()).count("</div></li></ol></li></ol></li>") == 1


def test_a_conversation_a_thousand_answers_deep_is_read(client, db):
    last = make_comment()
    for _ in range(1100):
        last = make_comment(parent=last)

    response = client.get(last.article.get_absolute_url())

    assert response.status_code == 200
    assert f'id="comment-{last.pk}"' in response.content.decode()


def test_a_long_thread_is_paged_by_cursor_without_gap_or_repeat(
    client, db, monkeypatch
):
    monkeypatch.setattr(thread, "ROOTS_A_PAGE", 2)
    article = make_article()
    roots = [make_comment(article) for _ in range(5)]
    replies = [make_comment(parent=root) for root in roots]

    seen, cursor = [], 0
    for _ in range(3):
        page = thread_page(article, after=cursor)
        seen += [shown.pk for shown in page.comments]
        cursor = page.next_cursor

    assert cursor is None
    assert sorted(seen) == [comment.pk for comment in roots + replies]
    html = client.get(
        f"{article.get_absolute_url()}?comments={roots[1].pk}"
    ).content.decode()
    assert f'id="comment-{roots[2].pk}"' in html
    assert f'id="comment-{roots[1].pk}"' not in html
    assert f'href="?comments={roots[3].pk}#comments"' in html


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


@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_the_count_is_the_same_wherever_it_is_shown(client, db, count):
    article = make_article()
    for _ in range(count):
        make_comment(article)
    make_comment(article, status=Status.WAITING)
    words = "1 comment" if count == 1 else f"{count} comments"

    page = client.get(article.get_absolute_url()).content.decode()

    assert page.count('<div class="comment"') == count
    assert f'data-comments-count="{count}">{words}</h2>' in page
    assert page.count(f">{words}</a>") == 2
    for path in ["/", "/articles/"]:
        assert f"{words}<" in client.get(path).content.decode()
    answer = client.get(f"{article.get_absolute_url()}comments.json").json()
    assert answer["comments_count"] == len(answer["comments"]) == count


def test_text_becomes_paragraphs_and_nothing_else():
    html = paragraphs("One\nline & <b>\n\n\n\nTwo")

    assert html == '<p dir="auto">One<br>line &amp; &lt;b&gt;</p><p dir="auto">Two</p>'


def test_answers_that_wait_are_not_even_read(db, django_assert_num_queries):
    root = make_comment()
    for status in (Status.WAITING, Status.SPAM, Status.HIDDEN):
        make_comment(parent=root, status=status)

    rows = thread._rows(root.article, 0, None)

    assert [row.pk for row in rows] == [root.pk]


def test_the_link_of_a_comment_on_a_later_page_begins_with_its_conversation(
    client, db, monkeypatch
):
    for module in (thread, models):
        monkeypatch.setattr(module, "ROOTS_A_PAGE", 2)
    article = make_article()
    roots = [make_comment(article) for _ in range(5)]
    reply = make_comment(parent=roots[4])
    reply.refresh_from_db()

    html = client.get(reply.get_absolute_url()).content.decode()

    assert f'id="comment-{reply.pk}"' in html
    assert reply.get_absolute_url().endswith(
        f"?comments={roots[4].pk - 1}#comment-{reply.pk}"
    )
