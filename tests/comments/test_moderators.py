"""The mail to moderators: who gets it, when, and what stands in it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.utils import timezone

from comments import moderation, moderators
from comments.models import Comment, ModerationSettings, News, Report
from footcare.lib import throttle
from outbox.models import Message
from tests.comments.desk import make_moderator, make_suspect
from tests.factories import make_article, make_comment, make_media
from tests.hostile.payloads import PAYLOADS

Status, Kind = Comment.Status, News.Kind


def say(*comments, kind=Kind.WAITING, ago=timedelta(minutes=3)):
    for one in comments:
        News.objects.create(comment=one, kind=kind, created_at=timezone.now() - ago)


def work():
    return moderators.mail_moderators(lambda line: None)


@pytest.fixture
def moderator(db):
    return make_moderator()


def test_a_burst_is_one_mail_to_each_moderator(moderator):
    other = make_moderator("other")
    say(*[make_suspect(name=f"Reader {n}") for n in range(3)])

    assert work() == 2

    assert {one.to for one in Message.objects.all()} == {moderator.email, other.email}
    letter = Message.objects.first()
    assert letter.subject == "3 comments to look at on Footcare"
    for part in (letter.text, letter.html):
        assert [f"Reader {n}" in part for n in range(3)] == [True] * 3
    assert not News.objects.exists()
    assert work() == 0


def test_what_has_just_come_waits_for_more(moderator):
    say(make_suspect(), ago=timedelta(minutes=1))

    assert work() == 0
    assert News.objects.count() == 1


def test_from_one_mail_to_the_next_a_quarter_of_an_hour_goes_by(moderator, monkeypatch):
    say(make_suspect())
    assert work() == 1

    say(make_suspect())
    assert work() == 0
    begin = throttle.time()
    monkeypatch.setattr(throttle, "time", lambda: begin + 14 * 60)
    assert work() == 0
    monkeypatch.setattr(throttle, "time", lambda: begin + 15 * 60 + 1)

    assert work() == 1


def test_twenty_comments_are_shown_and_the_others_counted(moderator):
    article = make_article()
    say(*[make_suspect(article, name=f"Reader {n}") for n in range(23)])

    work()

    letter = Message.objects.get()
    assert letter.subject.startswith("23 comments")
    assert letter.text.count("?do=approve") == 20
    for part in (letter.text, letter.html):
        assert "And 3 more." in part


def test_what_was_dealt_with_meanwhile_is_left_out(moderator, admin_user):
    left, done, erased = (
        make_suspect(name="Left"),
        make_suspect(name="Done"),
        make_suspect(),
    )
    say(left, done, erased)
    moderation.set_status(
        Comment.objects.filter(pk=done.pk), Status.SPAM, by=admin_user
    )
    moderation.erase(Comment.objects.filter(pk=erased.pk), by=admin_user)

    work()

    text = Message.objects.filter(to=moderator.email).get().text
    assert "Left" in text
    assert "Done" not in text
    assert "1 comment to look at" in text


def test_when_nothing_is_left_nobody_is_written_to_and_the_next_mail_is_not_put_off(
    moderator,
):
    done = make_suspect()
    say(done)
    moderation.set_status(Comment.objects.all(), Status.SPAM, by=None)

    assert work() == 0
    assert not News.objects.exists()
    say(make_suspect())
    assert work() == 1


def test_a_report_is_told_with_its_reasons(moderator):
    comment = make_comment()
    for n in range(2):
        moderation.report(
            comment, Report.Reason.HEALTH, "Secret words", f"203.0.113.{n}/32"
        )
    News.objects.update(created_at=timezone.now() - timedelta(minutes=3))

    work()

    letter = Message.objects.get()
    for part in (letter.text, letter.html):
        assert "Its advice may harm somebody (2)" in part
    assert letter.text.count("?do=approve") == 1


def test_the_news_of_readers_are_left_alone(moderator):
    say(make_comment(), kind=Kind.VISIBLE)

    assert work() == 0
    assert News.objects.count() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"is_active": False},
        {"is_staff": False},
        {"email": ""},
        {"may": ["view_comment"]},
    ],
)
def test_who_may_not_moderate_or_has_no_address_is_not_written_to(db, values):
    make_moderator(**values)
    say(make_suspect())

    assert work() == 0
    assert not Message.objects.exists()
    assert not News.objects.exists()


def test_a_superuser_is_written_to_and_an_address_of_two_accounts_once(admin_user):
    make_moderator(email=admin_user.email.upper())
    say(make_suspect())

    assert work() == 1


def test_the_owner_can_do_without_the_mail(moderator):
    ModerationSettings.objects.create(mails_moderators=False)
    say(make_suspect())

    assert work() == 0
    assert not News.objects.exists()


def test_the_mail_holds_the_words_and_reasons_and_no_address_of_the_writer(moderator):
    item = make_media(make_article(title="On feet"), title="A film")
    comment = make_suspect(
        item.article, media=item, name="Ada", body="Take *ten*.\n\nEach day.",
        email="secret@elsewhere.example",
    )  # fmt: skip
    say(comment)

    work()

    letter = Message.objects.get()
    for part in (letter.text, unescape(letter.html)):
        for words in ("Ada", "On feet", "A film", "Take *ten*.", "names a dose (40)"):
            assert words in part
        assert "elsewhere" not in part


def test_a_long_comment_is_cut(moderator):
    say(make_suspect(body="word " * 4000))

    work()

    letter = Message.objects.get()
    assert len(letter.text) < 3000
    assert "…" in letter.text


def test_no_link_of_a_stranger_lives_in_either_part(moderator):
    texts = ["https://evil.example/a", "www.evil.example", "evil.example/path", "a@evil.example", "mailto:a@evil.example", "HTTP://EVIL.EXAMPLE", "evil。example", "javascript:alert(1)", "[x](http://evil.example)", "s3://evil.example", "//evil.example"]  # fmt: skip
    comments = [make_suspect(name=one, body=one, reasons=[[one, 5]]) for one in texts]
    say(*comments)

    work()

    letter = Message.objects.get()
    for part in (letter.text, letter.html):
        assert not re.search(r"evil[.。]example", part, re.IGNORECASE)
        found = set(re.findall(r"\b[a-z0-9]+://[^/\s\"]+", part, re.IGNORECASE))
        assert found == {"http://testserver"}
        assert "javascript:" not in part
        assert not re.search(r"\S@\S", part)


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), 20))
def test_the_collection_is_words_in_the_mail(moderator, start):
    some = PAYLOADS[start : start + 20]
    article = make_article()
    shown = [
        text.replace("\0", "").encode("utf-8", "replace").decode() for text in some
    ]
    comments = [
        make_suspect(article, name=one[:80] or "-", body=f"x{one}") for one in shown
    ]
    say(*comments)

    work()

    letter = Message.objects.get()
    clean = re.compile(r"</?(?:html|head|meta|title|style|body|div|p|h1|b|bdi|br|a)\b[^<>]*>|<!doctype html>")  # fmt: skip
    assert "<" not in clean.sub("", letter.html)
    links = re.findall(r'href="([^"]*)"', letter.html)
    assert all(one.startswith("http://testserver/") for one in links)
    assert "\n" not in letter.subject


def test_a_worker_that_dies_in_the_middle_loses_nothing_and_mails_nobody_twice(
    moderator, monkeypatch
):
    make_moderator("other")
    say(make_suspect())
    inserted = []

    def dies(execute, sql, *args):
        if sql.startswith('INSERT INTO "outbox_message"'):
            inserted.append(sql)
            if len(inserted) == 2:
                raise OperationalError("killed")
        return execute(sql, *args)

    with connection.execute_wrapper(dies), pytest.raises(OperationalError):
        work()
    assert (Message.objects.count(), News.objects.count()) == (0, 1)

    assert work() == 2
    assert Message.objects.count() == 2


def test_how_many_queries_a_mail_takes_is_not_up_to_how_many_comments(
    moderator, django_assert_max_num_queries
):
    for count in (1, 3):
        say(*[make_suspect() for _ in range(count)])
        throttle_free()
        with django_assert_max_num_queries(24):
            assert work() == 1


def throttle_free():
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {throttle.TABLE}")


def test_a_clock_set_back_does_not_silence_the_mail(moderator):
    say(make_suspect(), ago=-timedelta(days=1))

    assert work() == 1
    assert User.objects.count() == 1
