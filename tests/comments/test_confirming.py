"""An address is trusted by the press of a link that was mailed there, and by nothing else."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Hold
from comments import letters, moderation, readers, tokens
from comments.models import Comment, Event, MailAsked, Reader, Scrutiny
from comments.policy import Policy, status_for
from outbox.models import Message
from tests.comments.mailing import (
    CONFIRM_TITLE,
    EMAIL,
    a_while_later,
    confirm_link,
    confirmed,
    press,
    quiet,
    say,
    work,
)
from tests.comments.steps import GOOD, URL
from tests.factories import make_comment


@pytest.fixture(autouse=True)
def _seeded(site):
    pass


def test_a_comment_with_an_address_asks_its_holder_once(client):
    say(client)

    asked = MailAsked.objects.get()
    assert (asked.email, asked.kind, asked.answered_at) == (EMAIL, "confirm", None)
    assert not Message.objects.exists()
    assert not Reader.objects.exists()


@pytest.mark.parametrize("values", [{"email": ""}, {"website": "https://spam.example"}])
def test_nobody_is_asked_without_an_address_or_about_spam(client, values):
    say(client, **values)

    assert not MailAsked.objects.exists()


def test_the_work_is_the_same_for_a_known_and_an_unknown_address(client):
    confirmed()
    say(client, email="somebody@example.org")

    with CaptureQueriesContext(connection) as for_unknown:
        say(client, email="nobody@example.org")
    with CaptureQueriesContext(connection) as for_known:
        say(client)

    assert len(for_known) == len(for_unknown)
    assert [_shape(one) for one in for_known] == [_shape(one) for one in for_unknown]
    assert MailAsked.objects.at(EMAIL).count() == 1


def _shape(query):
    """Which statement on which table."""
    return re.findall(r'^\w+|(?:FROM|INTO|UPDATE) "?\w+', query["sql"])


def test_the_mail_says_what_happened_in_no_strangers_words(client):
    Article.objects.update(title="BUY PILLS")
    say(client, name="BUY PILLS", body="BUY PILLS")
    work()

    message = Message.objects.get()
    assert (message.to, message.subject) == (EMAIL, CONFIRM_TITLE)
    assert message.headers == {"Auto-Submitted": "auto-generated"}
    for part in (message.text, message.html):
        assert "/comments/confirm/" in part
        assert "The link works for 3 days." in part
        assert "PILLS" not in part
        assert EMAIL not in part
        assert "{{" not in part
        assert "None" not in part
    link = message.text.split("/comments/confirm/")[1].split("/")[0]
    assert f"/comments/confirm/{link}/" in message.html


def test_one_address_gets_three_mails_an_hour_whatever_for(client):
    for n in range(4):
        letters.ask(["ada@example.org", "ADA@example.org"][n % 2], "confirm")
        letters.ask("ada@example.org", "yours")
        work()
        a_while_later()
    assert Message.objects.count() == 3

    MailAsked.objects.update(answered_at=timezone.now() - timedelta(hours=2))
    letters.ask("ada@example.org", "confirm")
    work()

    assert Message.objects.count() == 4


def test_a_double_press_brings_one_mail():
    for _ in range(2):
        letters.ask(EMAIL, "confirm")
    work()

    assert Message.objects.count() == 1
    assert not MailAsked.objects.filter(answered_at=None).exists()


def test_what_another_worker_has_answered_gets_no_second_mail():
    letters.ask(EMAIL, "confirm")
    pk = MailAsked.objects.get().pk
    work()
    a_while_later()

    assert not letters._answer(pk)

    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_workers_that_answer_for_one_address_at_once_send_none_too_many():
    for _ in range(2):
        letters.ask(EMAIL, "confirm")
        work()
        a_while_later()
    for _ in range(4):
        letters.ask(EMAIL, "confirm")
    waiting = MailAsked.objects.filter(answered_at=None).values_list("pk", flat=True)
    start = threading.Barrier(4)

    def answer(pk):
        start.wait(timeout=30)
        try:
            return letters._answer(pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as workers:
        assert all(workers.map(answer, list(waiting)))

    assert Message.objects.count() == 3


def test_looking_at_the_link_changes_nothing(client):
    comment = say(client)
    link = confirm_link()
    before = list(Comment.objects.values()), Event.objects.count()

    for method in (client.get, client.head):
        response = method(link)
        assert response.status_code == 200
        assert not response.cookies

    page = client.get(link).content.decode()
    assert (list(Comment.objects.values()), Event.objects.count()) == before
    assert not Reader.objects.exists()
    assert f'name="comment" value="{comment.pk}" checked' in page
    assert comment.html in page
    assert "Yes, these are mine" in page
    assert "These are not mine" in page
    assert EMAIL not in page


def test_a_press_confirms_and_lets_this_browser_be_known(client):
    comment = say(client)
    response = press(client, confirm_link(), "mine", [comment])

    reader = Reader.objects.get()
    comment.refresh_from_db()
    assert response.status_code == 200
    assert "Your address is confirmed" in response.content.decode()
    assert (reader.email, comment.reader) == (EMAIL, reader)
    assert comment.status == "waiting"
    event = Event.objects.filter(comment=comment).latest("pk")
    assert (event.what, event.who) == ("confirmed", "author")
    cookie = response.cookies["reader"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert (cookie["path"], cookie["domain"]) == ("/", "")
    assert cookie["max-age"] == 180 * 24 * 3600
    assert EMAIL not in str(response.cookies)


def test_where_the_site_is_https_the_cookie_is_for_this_host_alone(client, settings):
    settings.SITE_IS_HTTPS = True
    settings.READER_COOKIE_NAME = "__Host-reader"
    comment = say(client)

    response = press(client, confirm_link(), "mine", [comment])

    cookie = response.cookies["__Host-reader"]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")


def test_a_reader_with_a_comment_on_the_site_goes_straight_through(client, admin_user):
    first = say(client)
    press(client, confirm_link(), "mine", [first])
    second = say(client)
    assert (second.status, second.reader) == ("waiting", first.reader or second.reader)
    moderation.set_status(
        Comment.objects.filter(pk=first.pk), Comment.Status.VISIBLE, by=admin_user
    )

    third = say(client)

    assert (third.status, third.reader) == ("visible", Reader.objects.get())
    assert MailAsked.objects.count() == 1


def test_a_typed_address_is_trusted_in_no_other_browser(client):
    confirmed()

    comment = say(client)

    assert (comment.status, comment.reader) == ("waiting", None)


def test_the_cookie_is_good_for_its_own_address_only(client):
    comment = say(client)
    press(client, confirm_link(), "mine", [comment])
    confirmed("bob@example.org")

    other = say(client, email="bob@example.org")
    without = say(client, email="")
    same = say(client, email="ADA@EXAMPLE.org")

    assert [one.reader for one in (other, without)] == [None, None]
    assert same.reader == Reader.objects.at(EMAIL).get()


def cookie_of(reader, purpose="browser", key=None):
    return tokens.make(purpose, reader.pk, key or reader.key)


@pytest.mark.parametrize(
    "forge",
    [
        lambda reader: "",
        lambda reader: "x",
        lambda reader: cookie_of(reader)[:-1],
        lambda reader: cookie_of(reader, purpose="confirm"),
        lambda reader: cookie_of(reader, key="0" * 32),
        lambda reader: signing.dumps([reader.pk, reader.key]),
        lambda reader: signing.dumps(
            [reader.pk, reader.key], salt="comments.browser", key="another"
        ),
        lambda reader: "é☃".encode().decode("latin-1"),
        lambda reader: "a" * 3000,
    ],
)
def test_a_cookie_that_we_did_not_make_is_nobodys(client, forge):
    reader = confirmed().reader
    client.cookies["reader"] = forge(reader)

    assert say(client).reader is None


@pytest.mark.parametrize("typed", ["x", "ä@example.org", "a@b..c", "\x00@", "a@" + "b." * 120])  # fmt: skip
def test_an_address_that_is_none_is_refused_and_nobodys(client, typed):
    client.cookies["reader"] = cookie_of(confirmed().reader)
    ours = {"Sec-Fetch-Site": "same-origin"}

    response = client.post(URL, GOOD | {"email": typed}, headers=ours)

    assert response.status_code == 422


def test_a_cookie_ends_with_the_key_it_was_made_with(client):
    reader = confirmed().reader
    client.cookies["reader"] = cookie_of(reader)
    assert say(client).reader == reader

    Reader.objects.update(key="1" * 32)

    assert say(client).reader is None


def test_a_cookie_ends_after_half_a_year(client, monkeypatch):
    client.cookies["reader"] = cookie_of(confirmed().reader)
    monkeypatch.setattr(readers, "KNOWN_FOR", timedelta(seconds=-1))

    assert say(client).reader is None


def test_only_the_chosen_ones_are_confirmed_and_none_of_another_address(client):
    mine, not_chosen = say(client), say(client)
    other = make_comment(email="bob@example.org", status="waiting")

    press(client, confirm_link(), "mine", [mine, other])

    confirmed_ones = Comment.objects.exclude(reader=None)
    assert list(confirmed_ones) == [mine]
    assert not_chosen.reader is None


def test_no_press_takes_a_comment_from_whoever_confirmed_it_before(client):
    comment = confirmed()
    reader = comment.reader
    say(client)
    link = confirm_link()

    press(client, link, "not-mine", [comment])

    comment.refresh_from_db()
    assert (comment.email, comment.reader) == (EMAIL, reader)


def test_who_says_not_mine_is_taken_off_and_not_trusted(client):
    comment = say(client)
    Comment.objects.update(follows="thread")

    response = press(client, confirm_link(), "not-mine", [comment])

    comment.refresh_from_db()
    assert response.status_code == 200
    assert (comment.email, comment.follows, comment.reader) == ("", "", None)
    assert comment.name == "Ada"
    assert not Reader.objects.exists()
    assert not response.cookies
    assert Event.objects.filter(comment=comment, what="edited", who="author").exists()


def test_pressing_twice_changes_nothing_more(client):
    comment = say(client)
    link = confirm_link()
    press(client, link, "mine", [comment])
    before = list(Comment.objects.values()), Event.objects.count()

    assert press(client, link, "mine", [comment]).status_code == 200

    assert (list(Comment.objects.values()), Event.objects.count()) == before
    assert Reader.objects.count() == 1
    assert "Nothing is left to confirm" in client.get(link).content.decode()


def test_a_press_without_an_answer_asks_again(client):
    say(client)

    response = press(client, confirm_link(), "perhaps")

    assert "Yes, these are mine" in response.content.decode()
    assert not Reader.objects.exists()


@pytest.mark.parametrize("pk", ["", "x", "-1", "9" * 30, "\x00", "٣", "1e3"])
def test_a_press_with_nonsense_confirms_nothing(client, pk):
    comment = say(client)
    ours = {"Sec-Fetch-Site": "same-origin"}

    response = client.post(
        confirm_link(), {"answer": "mine", "comment": pk}, headers=ours
    )

    comment.refresh_from_db()
    assert response.status_code == 200
    assert comment.reader is None


def test_an_old_link_says_so(client, monkeypatch):
    comment = say(client)
    link = confirm_link()
    monkeypatch.setitem(letters.LINK_DAYS, "confirm", -1)

    for response in (client.get(link), press(client, link, "mine", [comment])):
        assert response.status_code == 410
        assert "This link does not work" in response.content.decode()
    assert not Reader.objects.exists()


def test_a_link_ends_when_what_was_asked_is_forgotten(client):
    comment = say(client)
    link = confirm_link()
    MailAsked.objects.all().delete()

    for response in (client.get(link), press(client, link, "mine", [comment])):
        assert response.status_code == 410
    assert not Reader.objects.exists()


def test_a_link_is_not_good_for_another_address_under_its_old_number(client):
    say(client)
    link = confirm_link()
    MailAsked.objects.update(email="eve@example.org")
    make_comment(email="eve@example.org")

    assert client.get(link).status_code == 410


def test_a_link_about_comments_that_are_gone_says_so(client):
    say(client)
    link = confirm_link()
    moderation.erase(Comment.objects.all(), by=None)

    assert client.get(link).status_code == 410


def forged_tokens():
    return [
        "x",
        "a:b:c",
        signing.dumps([1, "0" * 20]),
        signing.dumps([1, "0" * 20], salt="comments.confirm", key="another"),
        signing.dumps([1, "0" * 20], salt="comments.yours"),
        signing.dumps([1, "0" * 20], salt="comments.confirm")[:-1],
        "%0a",
        "☃",
        "a" * 3000,
    ]


@pytest.mark.parametrize("n", range(9))
def test_a_link_that_we_did_not_sign_changes_nothing(client, n):
    comment = say(client)
    url = f"/comments/confirm/{forged_tokens()[n]}/"

    for response in (client.get(url), press(client, url, "mine", [comment])):
        assert response.status_code == 404
        assert "<h1" in response.content.decode()
    assert not Reader.objects.exists()


def test_a_page_of_somebody_else_cannot_press_the_button(client):
    comment = say(client)
    link = confirm_link()

    response = client.post(
        link,
        {"answer": "mine", "comment": comment.pk},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert response.status_code == 403
    assert not Reader.objects.exists()


def test_the_page_of_a_link_is_kept_by_nobody(client):
    say(client)
    response = client.get(confirm_link())

    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_a_link_stands_in_no_log_and_names_no_address(client, logged):
    comment = say(client)
    link = confirm_link()
    client.get(link)
    press(client, link, "mine", [comment])
    client.get(link[:-3] + "x/")

    assert "/comments/confirm/" not in logged.text
    assert EMAIL not in logged.text
    asked = MailAsked.objects.get()
    assert tokens.read(link.split("/")[-2], "confirm") == [
        asked.pk,
        letters._mark(asked),
    ]


STATES = list(
    product(
        Hold, [False, True], [(False, False), (True, False), (True, True)], [0, 30, 100]
    )
)


@pytest.mark.parametrize(("hold", "confirms", "who", "score"), STATES)
@pytest.mark.parametrize("holds", [False, True])
def test_where_a_comment_goes(hold, confirms, who, score, holds):
    """For every hold, confirmation asked for or not, trust, score and finding."""
    is_confirmed, is_known = who
    expected = "visible"
    if (
        hold == Hold.ALL
        or holds
        or score >= 30
        or (confirms and not is_confirmed)
        or (hold == Hold.STRANGERS and not is_known)
    ):
        expected = "waiting"
    if score >= 100:
        expected = "spam"
    policy = Policy(True, hold, confirms, False, None)

    status = status_for(
        policy, score=score, holds=holds, is_confirmed=is_confirmed, is_known=is_known
    )

    assert status == expected


@pytest.mark.parametrize(
    ("hold", "confirms", "is_known", "found", "expected"),
    [
        (Hold.STRANGERS, False, False, {}, "waiting"),
        (Hold.STRANGERS, False, True, {}, "visible"),
        (Hold.STRANGERS, True, False, {}, "waiting"),
        (Hold.STRANGERS, True, True, {}, "visible"),
        (Hold.STRANGERS, False, True, {"score": 30}, "waiting"),
        (Hold.STRANGERS, False, True, {"holds": True}, "waiting"),
        (Hold.NOBODY, True, False, {}, "visible"),
        (Hold.NOBODY, True, True, {"holds": True}, "waiting"),
        (Hold.NOBODY, True, False, {"score": 99}, "waiting"),
        (Hold.ALL, False, True, {}, "waiting"),
        (Hold.ALL, True, True, {}, "waiting"),
    ],
)
def test_confirming_shows_what_waited_for_nothing_else(
    client, hold, confirms, is_known, found, expected
):
    article = Article.objects.get()
    article.comments_hold, article.comments_confirm = hold, confirms
    article.save()
    if is_known:
        confirmed(article=article)
    comment = say(client)
    assert comment.status == "waiting"
    Scrutiny.objects.filter(comment=comment).update(**found or {"score": 0})

    press(client, confirm_link(), "mine", [comment])

    comment.refresh_from_db()
    assert comment.status == expected
    assert comment.reader is not None


def test_confirming_does_not_take_back_what_an_editor_decided(client, admin_user):
    confirmed(article=Article.objects.get())
    comment = say(client)
    for status in (Comment.Status.VISIBLE, Comment.Status.WAITING):
        chosen = Comment.objects.filter(pk=comment.pk)
        moderation.set_status(chosen, status, by=admin_user)

    press(client, confirm_link(), "mine", [comment])

    comment.refresh_from_db()
    assert comment.status == "waiting"


@pytest.mark.parametrize("status", ["hidden", "spam"])
def test_confirming_brings_back_nothing_that_was_taken_away(client, status):
    confirmed(article=Article.objects.get())
    comment = say(client)
    link = confirm_link()
    Comment.objects.filter(pk=comment.pk).update(status=status)

    press(client, link, "mine", [comment])

    comment.refresh_from_db()
    assert (comment.status, comment.reader) == (status, None)


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_make_one_reader():
    comments = [make_comment(Article.objects.get(), email=EMAIL) for _ in range(4)]
    start = threading.Barrier(4)

    def confirm(comment):
        start.wait(timeout=30)
        try:
            return readers.confirm(EMAIL, [comment.pk]).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as presses:
        pks = set(presses.map(confirm, comments))

    assert pks == {Reader.objects.get().pk}
    assert Comment.objects.filter(reader=None, email=EMAIL).count() == 0


def test_what_was_asked_is_forgotten_when_its_link_has_run_out():
    for kind in ("confirm", "yours"):
        letters.ask(EMAIL, kind)
    work()
    letters.ask("later@example.org", "confirm")
    ages = [(timedelta(hours=23), 3), (timedelta(hours=25), 2), (timedelta(days=4), 1)]
    for age, left in ages:
        answered = MailAsked.objects.exclude(answered_at=None)
        answered.update(answered_at=timezone.now() - age)
        letters.forget_answered(quiet)
        assert MailAsked.objects.count() == left
