"""Answers by mail: to whom, once, gathered, and never to anybody else."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from articles.models import Article
from comments import answers, moderation
from comments.models import Comment, Event, News, Notice, Reader
from outbox.models import Message
from tests.comments.mailing import confirmed, quiet
from tests.factories import make_article, make_comment

Follows = Comment.Follows


@pytest.fixture
def article(db):
    return make_article()


def follower(article, follows=Follows.THREAD, email="ada@example.org", **values):
    comment = confirmed(email, article, **values)
    Comment.objects.filter(pk=comment.pk).update(follows=follows)
    comment.refresh_from_db()
    News.objects.all().delete()
    return comment


def appear(article=None, **values):
    """A comment that an editor approves."""
    comment = make_comment(article, **{"status": "waiting"} | values)
    show(comment)
    return comment


def show(*comments):
    chosen = Comment.objects.filter(pk__in=[comment.pk for comment in comments])
    moderation.set_status(chosen, Comment.Status.VISIBLE, by=None)


def hide(*comments):
    chosen = Comment.objects.filter(pk__in=[comment.pk for comment in comments])
    moderation.set_status(chosen, Comment.Status.HIDDEN, by=None)


def tell():
    while answers.tell_followers(quiet):
        pass


def minutes_pass(minutes=6):
    then = timedelta(minutes=minutes)
    for notice in Notice.objects.all():
        Notice.objects.filter(pk=notice.pk).update(created_at=notice.created_at - then)
    for reader in Reader.objects.exclude(noticed_at=None):
        Reader.objects.filter(pk=reader.pk).update(noticed_at=reader.noticed_at - then)


def work():
    tell()
    minutes_pass()
    while answers.mail_answers(quiet):
        pass


def told():
    """Who has been mailed, in order."""
    return list(Message.objects.order_by("pk").values_list("to", flat=True))


def test_who_follows_the_thread_hears_of_every_comment(article):
    follower(article)
    new = appear(article)

    work()

    message = Message.objects.get()
    assert message.to == "ada@example.org"
    assert message.subject == "1 new comment on Footcare"
    for part in (message.text, message.html):
        assert new.body in part
        assert f"http://testserver{new.get_absolute_url()}" in part
    assert not News.objects.exists()


def test_who_follows_a_comment_hears_of_its_answers_alone(article):
    mine = follower(article, Follows.REPLIES)
    appear(article)
    other = make_comment(article)
    appear(parent=other)
    work()
    assert told() == []

    answer = appear(parent=mine)
    appear(parent=answer)
    work()

    assert told() == ["ada@example.org"]
    assert Notice.objects.get().comment == answer


@pytest.mark.parametrize("follows", [Follows.NOTHING, Follows.REPLIES])
def test_who_does_not_follow_the_thread_hears_nothing_of_it(article, follows):
    follower(article, follows)
    appear(article)
    work()

    assert told() == []


def test_nobody_hears_under_an_address_that_was_only_typed(article):
    comment = make_comment(article, email="ada@example.org", follows="thread")
    make_comment(article, email="ada@example.org", follows="replies")
    appear(parent=comment)
    work()

    assert told() == []
    assert not Notice.objects.exists()


@pytest.mark.parametrize("status", ["waiting", "hidden", "spam"])
def test_nobody_hears_for_a_comment_that_is_not_on_the_page(article, status):
    mine = follower(article)
    Comment.objects.filter(pk=mine.pk).update(status=status)
    appear(article)
    work()

    assert told() == []


def test_nobody_hears_of_another_article(article):
    follower(article)
    appear(make_article())
    work()

    assert told() == []


@pytest.mark.parametrize("status", ["waiting", "hidden", "spam"])
def test_nobody_hears_before_a_comment_is_approved(article, status):
    follower(article)
    comment = make_comment(article, status=status)
    moderation.written(comment, by=None)
    work()

    assert told() == []


def test_nobody_hears_of_their_own(article):
    mine = follower(article)
    appear(article, reader=mine.reader, email=mine.email)
    appear(article, email="ADA@example.org")  # not confirmed
    appear(parent=mine, reader=mine.reader, email="changed@example.org")
    tell()
    assert not Notice.objects.exists()
    work()

    assert told() == []


def test_an_editor_hears_not_of_their_own(article, admin_user):
    follower(article, email=admin_user.email)
    appear(article, author=admin_user)
    work()

    assert told() == []


def test_everybody_who_follows_hears_and_nobody_else(article):
    root = follower(article, Follows.REPLIES)
    for n in range(4):
        follower(article, email=f"thread{n}@example.org")
    follower(article, Follows.NOTHING, email="quiet@example.org")
    follower(make_article(), email="elsewhere@example.org")
    make_comment(article, email="typed@example.org", follows="thread")
    appear(parent=root, email="thread3@example.org")
    work()

    assert sorted(told()) == [
        "ada@example.org",
        *(f"thread{n}@example.org" for n in range(3)),
    ]


def test_nobody_hears_twice_for_many_reasons_or_a_second_approval(article):
    mine = follower(article)
    follower(article, email="ada@example.org")
    follower(article, Follows.REPLIES, parent=mine)
    new = appear(parent=mine)
    work()
    hide(new)
    show(new)
    minutes_pass(61)
    work()

    assert told() == ["ada@example.org"]
    assert Notice.objects.count() == 1


def test_what_was_hidden_in_time_is_told_when_it_comes_back(article):
    follower(article)
    new = appear(article)
    tell()
    hide(new)
    work()
    assert told() == []

    show(new)
    work()

    assert told() == ["ada@example.org"]


def test_a_burst_is_one_mail_and_the_next_comes_an_hour_later(article):
    follower(article)
    for _ in range(3):
        appear(article)
    tell()
    answers.mail_answers(quiet)
    assert told() == []  # not before five minutes are over

    work()
    assert Message.objects.get().subject == "3 new comments on Footcare"

    appear(article)
    work()
    minutes_pass(40)
    work()
    assert Message.objects.count() == 1
    minutes_pass(20)
    work()
    assert Message.objects.count() == 2


def test_a_clock_that_was_set_back_keeps_nobody_waiting(article):
    mine = follower(article)
    Reader.objects.filter(pk=mine.reader_id).update(
        noticed_at=timezone.now() + timedelta(days=1)
    )
    appear(article)
    work()

    assert told() == ["ada@example.org"]


def test_twenty_are_shown_and_the_others_counted(article):
    follower(article)
    new = [appear(article) for _ in range(23)]
    work()

    message = Message.objects.get()
    for part in (message.text, message.html):
        assert [c.pk for c in new if f"#comment-{c.pk}" in part] == [
            c.pk for c in new[:20]
        ]
        assert "And 3 more." in part
    minutes_pass(61)
    work()
    assert Message.objects.count() == 1


def test_only_what_is_still_followed_and_there_is_mailed(article):
    mine, other = follower(article), make_article()
    follower(other)
    kept, gone, muted = appear(article), appear(article), appear(other)
    erased = appear(article)
    tell()
    hide(gone)
    moderation.erase(Comment.objects.filter(pk=erased.pk), by=None)
    answers.mute(mine.reader, [other.pk])
    work()

    text = Message.objects.get().text
    assert f"#comment-{kept.pk}" in text
    assert f"#comment-{gone.pk}" not in text
    assert f"#comment-{muted.pk}" not in text
    assert Notice.objects.get().comment == kept


def test_nothing_is_mailed_about_an_article_that_is_not_there(article):
    follower(article)
    appear(article)
    tell()
    Article.objects.update(status="archived")
    work()

    assert told() == []


def test_a_comment_that_is_approved_after_a_month_is_no_news(article):
    follower(article)
    new = make_comment(article, status="waiting")
    long_ago = timezone.now() - timedelta(days=31)
    Comment.objects.filter(pk=new.pk).update(created_at=long_ago)
    show(new)
    work()

    assert told() == []
    assert not News.objects.exists()


def test_notices_are_forgotten_when_nothing_can_repeat_them(article):
    follower(article)
    appear(article)
    fresh = appear(article)
    work()
    long_ago = timezone.now() - timedelta(days=31)
    Notice.objects.exclude(comment=fresh).update(created_at=long_ago)

    answers.forget_old(quiet)

    assert Notice.objects.get().comment == fresh


def test_news_for_moderators_is_left_alone(article):
    waiting = make_comment(article, status="waiting")
    moderation.written(waiting, by=None)
    News.objects.create(comment=waiting, kind=News.Kind.REPORTED)
    work()

    assert News.objects.count() == 2


LOUD = [
    "https://evil.example/x",
    "HTTP://EVIL.EXAMPLE",
    "www.evil.example",
    "evil.example/path",
    "[here](https://evil.example)",
    "<https://evil.example>",
    "mallory@evil.example",
    "mailto:mallory@evil.example",
    "ftp://evil.example",
    "evil。example",
    "xn--vil-boa.example",
]


@pytest.mark.parametrize("loud", LOUD)
def test_other_peoples_links_are_dead_in_both_parts(article, loud):
    follower(article)
    appear(article, body=f"See {loud} now.", name=f"Me {loud}"[:80])
    work()

    message = Message.objects.get()
    links = set(re.findall(r'href="([^"]*)"', message.html))
    assert {link.split("/")[2] for link in links} == {"testserver"}
    for part in (message.text, message.html):
        assert not re.search(r"(?i)evil[.。]example|\w@\w+\.\w|://(?!testserver)", part)
        assert not re.search(r"(?i)vil-boa\.example", part)


def test_other_peoples_words_are_words_in_both_parts(article):
    follower(article)
    body = "<b>bold</b>\n--\nNo more of them: here\n\u202eback"
    appear(article, name="<i>Eve</i>\u202e", body=body)
    work()

    message = Message.objects.get()
    assert "<b>" not in message.html.split("<h1")[1].replace("<b><bdi>", "")
    assert "&lt;b&gt;bold&lt;/b&gt;" in message.html
    assert "\u202e" not in message.text + message.html
    assert "> --\n> No more of them: here\n> back\n" in message.text
    assert message.text.count("\n--\n") == 1


def test_no_name_and_no_title_gets_into_a_header(article):
    Article.objects.update(title="Feet\nBcc: all@example.org")
    follower(article)
    appear(article, name="Eve\r\nBcc: all@example.org")
    work()

    message = Message.objects.get()
    assert message.subject == "1 new comment on Footcare"
    assert "Bcc" not in f"{message.headers}"


def test_a_long_comment_is_clipped(article):
    follower(article)
    appear(article, body="foot " * 4000)
    work()

    message = Message.objects.get()
    assert len(message.text) < 1500
    assert "foot …" in message.text


def test_the_mail_can_be_left_with_one_click_and_is_answered_by_no_robot(article):
    follower(article)
    appear(article)
    work()

    message = Message.objects.get()
    headers = message.headers
    link = headers["List-Unsubscribe"].strip("<>")
    assert link.startswith("http://testserver/comments/mute/")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert link in message.text
    assert link in message.html
    assert "ada@example.org" not in message.text + message.html + link
    assert "{{" not in message.text + message.html
    assert "None" not in message.text + message.html


def mute_path():
    link = Message.objects.latest("pk").headers["List-Unsubscribe"].strip("<>")
    return link.removeprefix("http://testserver")


@pytest.fixture
def two(article):
    """A reader who follows two articles and has had a mail about the first."""
    mine, other = follower(article), follower(make_article())
    appear(article)
    work()
    return mine, other


def follows(*comments):
    return [Comment.objects.get(pk=comment.pk).follows for comment in comments]


def test_one_click_mutes_the_article_from_anywhere(client, two):
    response = client.post(
        mute_path(),
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
        headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
    )

    assert response.status_code == 200
    assert not response.cookies
    assert follows(*two) == ["", "thread"]


def test_the_page_asks_and_offers_everything(client, two):
    page = client.get(mute_path()).content.decode()
    client.head(mute_path())
    assert "Do you want no more of them?" in page
    assert two[0].article.title in page
    assert two[1].article.title not in page
    assert follows(*two) == ["thread", "thread"]

    pages = [client.post(mute_path(), {"which": "all"}).content for _ in range(2)]

    assert follows(*two) == ["", ""]
    assert pages[0] == pages[1]


def test_muting_touches_nobody_else(client, two):
    other = follower(two[0].article, email="bob@example.org")
    client.post(mute_path(), {"which": "all"})

    assert follows(other) == ["thread"]


def test_who_is_gone_gets_the_answer_of_who_mutes(client, two):
    here = client.post(mute_path()).content
    Reader.objects.all().delete()

    assert client.post(mute_path()).content == here
    assert client.get(mute_path()).status_code == 200


def test_a_mute_link_of_an_old_key_changes_nothing(client, two):
    Reader.objects.update(key="1" * 32)
    client.post(mute_path(), {"which": "all"})

    assert follows(*two) == ["thread", "thread"]


@pytest.mark.parametrize(
    "token", ["x", "a:b:c", "%0a", "☃", "a" * 3000, "WzFd:abcdef:abcdef"]
)
def test_a_mute_link_that_we_did_not_sign_changes_nothing(client, two, token):
    for response in (
        client.get(f"/comments/mute/{token}/"),
        client.post(f"/comments/mute/{token}/"),
    ):
        assert response.status_code == 404
    assert follows(*two) == ["thread", "thread"]


def test_a_mute_link_is_kept_by_nobody(client, two):
    response = client.get(mute_path())

    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_muting_is_no_moderators_business(two):
    before = Event.objects.count()
    assert answers.mute(two[0].reader, None) == 2
    assert Event.objects.count() == before


class WriteFailedError(Exception):
    pass


class FailOnce:
    """Of all that is written the ``n``-th write fails."""

    def __init__(self, n):
        self.left = n

    def __call__(self, execute, statement, *arguments):
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            self.left -= 1
            if self.left == 0:
                raise WriteFailedError
        return execute(statement, *arguments)


def test_whichever_write_fails_everybody_hears_exactly_once(article, monkeypatch):
    monkeypatch.setattr(answers, "GATHERED", timedelta(0))
    monkeypatch.setattr(answers, "PAUSE", timedelta(0))
    emails = [f"reader{n}@example.org" for n in range(3)]
    for email in emails:
        follower(article, email=email)
    failed = 0
    for n in range(1, 100):
        Message.objects.all().delete()
        appear(article)
        fault = FailOnce(n)
        with suppress(WriteFailedError), connection.execute_wrapper(fault):
            tell()
            while answers.mail_answers(quiet):
                pass
        work()
        assert sorted(told()) == emails, n
        assert not News.objects.exists()
        if fault.left > 0:
            break
        failed += 1
    # The word that is taken away, the notices, and three steps for each reader.
    assert failed == 2 + 3 * 3


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_tell_and_mail_once():
    article = make_article()
    emails = [f"reader{n}@example.org" for n in range(5)]
    for email in emails:
        follower(article, email=email)
    for _ in range(5):
        appear(article)

    def at_once(job):
        start = threading.Barrier(3)

        def run():
            start.wait(timeout=30)
            try:
                while job(quiet):
                    pass
            finally:
                connection.close()

        with ThreadPoolExecutor(max_workers=3) as workers:
            for done in [workers.submit(run) for _ in range(3)]:
                done.result()

    at_once(answers.tell_followers)
    assert Notice.objects.count() == 25
    minutes_pass()
    at_once(answers.mail_answers)

    assert sorted(told()) == emails
    assert {m.subject for m in Message.objects.all()} == {"5 new comments on Footcare"}


def test_the_work_does_not_grow_with_those_who_follow_nothing(
    article, django_assert_max_num_queries
):
    follower(article)
    for _ in range(3):
        appear(article)
    tell()
    minutes_pass()

    with django_assert_max_num_queries(20):
        answers.mail_answers(quiet)
