"""What is stored under an address: its holder sees it, takes it along, erases it."""

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission, User
from django.core import signing
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from articles.models import Article
from comments import answers, letters, moderation, own_data, readers
from comments.models import (
    Comment,
    Event,
    MailAsked,
    ModerationSettings,
    Notice,
    Reader,
    Report,
    Scrutiny,
)
from outbox.models import Message
from tests.comments.mailing import (
    EMAIL,
    confirm_link,
    confirmed,
    link_in,
    press,
    quiet,
    say,
    work,
)
from tests.factories import make_comment

ASK = "/comments/yours/"
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def _seeded(site):
    pass


def link_of(client, email=EMAIL):
    client.post(ASK, {"email": email}, headers=OURS)
    work()
    return link_in(Message.objects.latest("pk"))


def act(client, link, what, comment=None, **values):
    data = {"act": what, "sure": "yes", "comment": comment.pk if comment else ""}
    return client.post(link, data | values, headers=OURS)


@pytest.mark.parametrize("is_known", [False, True])
def test_asking_is_the_same_for_every_address(
    client, settings, is_known, django_assert_num_queries
):
    settings.CACHE_IS_SHARED = False
    if is_known:
        confirmed()
    # The count of tries, and one row.
    with django_assert_num_queries(2):
        response = client.post(ASK, {"email": EMAIL})

    assert (response.status_code, response.content) == (302, b"")
    assert response.headers["Location"] == "/comments/yours/check/"
    assert MailAsked.objects.get().kind == "yours"
    assert not client.cookies
    page = client.get("/comments/yours/check/")
    assert page.status_code == 200
    assert EMAIL not in page.content.decode()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"email": ""}, "required"),
        ({"email": "ada@"}, "invalid"),
        ({"email": "a" * 300 + "@example.org"}, "max_length"),
        ({"email": "\x00\ud800"}, "invalid"),
        ({"email": EMAIL, "website": "x"}, "robot"),
    ],
)
def test_a_refused_address_says_why(client, values, code):
    body = urlencode(values, errors="surrogatepass")
    response = client.post(ASK, body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 422
    found = response.context["form"].errors.as_data().values()
    assert [error.code for errors in found for error in errors] == [code]
    html = response.content.decode()
    assert "<title>Error: " in html
    assert "There is a problem" in html
    assert not MailAsked.objects.exists()


def test_too_many_are_asked_to_wait(client):
    for _ in range(20):
        client.post(ASK, {"email": EMAIL})
    response = client.post(ASK, {"email": EMAIL})

    assert (response.status_code, response.headers["Retry-After"]) == (429, "60")
    assert MailAsked.objects.count() == 20


def test_the_mail_has_a_link_and_no_word_of_anybody(client):
    confirmed(name="BUY PILLS", body="BUY PILLS")
    link = link_of(client)

    message = Message.objects.get()
    assert message.subject == "Your comments on Footcare"
    assert message.headers == {"Auto-Submitted": "auto-generated"}
    for part in (message.text, message.html):
        assert f"http://testserver{link}" in part
        assert "The link works for 1 day." in part
        assert "PILLS" not in part
        assert EMAIL not in part
        assert "{{" not in part


def test_the_page_shows_all_under_the_address_and_nobody_elses(client):
    mine = confirmed(body="Mine indeed.")
    typed = make_comment(email="ADA@example.org", status="waiting", body="Typed.")
    gone = make_comment(email=EMAIL, status="spam", body="Spammed.")
    make_comment(email="bob@example.org", body="Of Bob.")
    html = client.get(link_of(client)).content.decode()

    for comment in (mine, typed, gone):
        assert comment.html in html
    assert "Of Bob." not in html
    assert html.count("not confirmed") == 2
    assert "waits for an editor" in html
    assert "not shown" in html
    assert html.count('name="follows"') == 1


def test_an_address_without_comments_gets_a_page_that_says_so(client):
    html = client.get(link_of(client)).content.decode()

    assert "No comment is stored under this address." in html


def test_looking_changes_nothing(client):
    confirmed()
    link = link_of(client)
    before = list(Comment.objects.values())
    for path in (link, f"{link}comments.json"):
        response = client.get(path)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "private, no-store"
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert not response.cookies
    assert list(Comment.objects.values()) == before


def test_many_comments_come_page_by_page(client, django_assert_num_queries):
    for _ in range(own_data_shown() + 2):
        make_comment(Article.objects.get(), email=EMAIL)
    link = link_of(client)
    pks = sorted(Comment.objects.values_list("pk", flat=True), reverse=True)

    first = client.get(link).content.decode()
    following = pks[own_data_shown() - 1]
    second = client.get(f"{link}?before={following}").content.decode()

    assert f'href="?before={following}"' in first
    assert [pk for pk in pks if f'id="yours-{pk}"' in first] == pks[: own_data_shown()]
    assert [pk for pk in pks if f'id="yours-{pk}"' in second] == pks[own_data_shown() :]


def own_data_shown():
    from comments.own_data_views import SHOWN

    return SHOWN


def test_each_comment_costs_no_query_of_its_own(client, django_assert_max_num_queries):
    confirmed(article=Article.objects.get())
    link = link_of(client)
    client.get(link)
    for _ in range(3):
        make_comment(email=EMAIL)

    for path in (link, f"{link}comments.json"):
        with django_assert_max_num_queries(9):
            client.get(path)


def test_everything_can_be_taken_along(client, admin_user):
    mine = say(client, body="First words.")
    press(client, confirm_link(), "mine", [mine])
    moderation.edit(mine, by=None, who="author", body="Second words.")
    moderation.record([mine.pk], Event.What.NOTE, by=admin_user, words="Watch her.")
    make_comment(email="bob@example.org", body="Of Bob.")
    scrutiny = Scrutiny.objects.get()
    reader = Reader.objects.get()
    Notice.objects.create(reader=reader, comment=mine)
    response = client.get(f"{link_of(client)}comments.json")

    assert response.headers["Content-Type"] == "application/json"
    assert "attachment" in response.headers["Content-Disposition"]
    found = json.loads(response.content)
    (comment,) = found["comments"]
    assert found["email"] == EMAIL
    assert found["confirmed_at"]
    assert (comment["name"], comment["words"]) == ("Ada", "Second words.")
    assert [one["what"] for one in comment["history"]] == [
        "written",
        "confirmed",
        "edited",
    ]
    assert comment["history"][2]["words"] == "First words."
    assert [one["comment"] for one in found["notices"]] == [mine.pk]
    assert [one["kind"] for one in found["mails_asked"]] == ["confirm", "yours"]
    text = response.content.decode()
    assert scrutiny.network
    assert scrutiny.network not in text
    assert "Watch her." not in text
    assert "Bob" not in text


def test_answers_by_mail_can_be_changed_for_what_is_confirmed(client):
    mine = confirmed()
    typed = make_comment(email=EMAIL)
    link = link_of(client)

    for comment in (mine, typed):
        response = act(client, link, "follow", comment, follows="thread")
        assert response.headers["Location"] == link

    rows = Comment.objects.in_bulk()
    assert (rows[mine.pk].follows, rows[typed.pk].follows) == ("thread", "")
    act(client, link, "follow", mine, follows="nonsense")
    assert Comment.objects.get(pk=mine.pk).follows == "thread"


@pytest.mark.parametrize("what", ["anonymous", "erase", "forget"])
def test_what_cannot_be_taken_back_asks_once_more(client, what):
    mine = confirmed()
    link = link_of(client)
    before = list(Comment.objects.values())

    for comment in (mine, None):
        response = act(client, link, what, comment, sure="")
        assert response.status_code == 200
        assert "Are you sure?" in response.content.decode()
    assert list(Comment.objects.values()) == before
    assert Reader.objects.exists()


def test_the_words_can_stay_without_the_name(client):
    mine = confirmed(name="Ada Lovelace", article=Article.objects.get())
    other = confirmed()
    moderation.edit(mine, by=None, who="author", name="Ada L.")
    link = link_of(client)

    act(client, link, "anonymous", mine)

    mine.refresh_from_db()
    assert (mine.name, mine.email, mine.reader, mine.status) == (
        "Anonymous",
        "",
        None,
        "visible",
    )
    assert not Event.objects.filter(comment=mine).exclude(words="").exists()
    other.refresh_from_db()
    assert other.email == EMAIL
    page = client.get("/articles/foot-massage/").content.decode()
    assert mine.html in page
    assert "Lovelace" not in page


def test_everything_of_one_comment_can_go(client):
    mine, other = confirmed(), confirmed()
    make_comment(parent=mine)
    link = link_of(client)

    act(client, link, "erase", mine)

    mine.refresh_from_db()
    assert (mine.name, mine.email, mine.body, mine.status) == ("", "", "", "hidden")
    event = Event.objects.filter(comment=mine, what="erased").get()
    assert event.who == "author"
    assert Comment.objects.get(pk=other.pk).email == EMAIL


def test_all_comments_can_go_at_once(client):
    for _ in range(3):
        confirmed()
    bob = make_comment(email="bob@example.org")

    act(client, link_of(client), "erase")

    assert list(Comment.objects.all()) == [bob]


@pytest.mark.parametrize("what", ["anonymous", "erase", "follow"])
def test_nobody_reaches_into_comments_of_another_address(client, what):
    other = confirmed("bob@example.org")
    before = Comment.objects.values().get()

    response = act(client, link_of(client), what, other, follows="thread")

    assert response.status_code == 404
    assert Comment.objects.values().get() == before


@pytest.mark.parametrize("pk", ["x", "-1", "9" * 30, "٣", "\x00"])
def test_a_number_that_is_none_is_not_found(client, pk):
    confirmed()
    data = {"act": "erase", "sure": "yes", "comment": pk}

    assert client.post(link_of(client), data, headers=OURS).status_code == 404
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("what", ["", "nonsense", "follow"])
def test_an_act_that_is_none_does_nothing(client, what):
    confirmed()
    link = link_of(client)
    before = Comment.objects.values().get()

    assert act(client, link, what).headers["Location"] == link
    assert Comment.objects.values().get() == before


def test_a_page_of_somebody_else_cannot_erase(client):
    confirmed()
    data = {"act": "erase", "sure": "yes"}
    response = client.post(
        link_of(client), data, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert response.status_code == 403
    assert Comment.objects.exists()


def test_an_old_link_and_a_used_up_one_say_so(client, monkeypatch):
    confirmed()
    link = link_of(client)
    paths = [link, f"{link}comments.json"]
    with monkeypatch.context() as patch:
        patch.setitem(letters.LINK_DAYS, "yours", -1)
        assert {client.get(path).status_code for path in paths} == {410}
        assert act(client, link, "erase").status_code == 410
    MailAsked.objects.all().delete()
    assert {client.get(path).status_code for path in paths} == {410}
    assert act(client, link, "forget").status_code == 410
    assert Comment.objects.exists()


@pytest.mark.parametrize("n", range(5))
def test_a_link_that_we_did_not_sign_shows_nothing(client, n):
    confirmed()
    letters.ask(EMAIL, "confirm")
    work()
    other_purpose = link_in(Message.objects.get()).split("/")[-2]
    token = [
        "x",
        "☃",
        other_purpose,
        signing.dumps([1, "0" * 20], salt="comments.yours", key="another"),
        signing.dumps([1, "0" * 20]),
    ][n]

    for path in (f"/comments/yours/{token}/", f"/comments/yours/{token}/comments.json"):
        assert client.get(path).status_code == 404
    assert act(client, f"/comments/yours/{token}/", "erase").status_code == 404
    assert Comment.objects.exists()


def places_of(address):
    """Every column of the whole database in which ``address`` stands, letter case apart."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            described = connection.introspection.get_table_description(cursor, table)
            for column in described:
                cursor.execute(
                    f'SELECT COUNT(*) FROM "{table}" '
                    f'WHERE LOWER(CAST("{column.name}" AS TEXT)) LIKE %s',
                    [f"%{address}%"],
                )
                if cursor.fetchone()[0]:
                    found.append(f"{table}.{column.name}")
    return found


def leave_traces(client, admin_user):
    """``EMAIL`` wherever the conversation may put it."""
    mine = say(client)
    press(client, confirm_link(), "mine", [mine])
    moderation.set_status(Comment.objects.all(), Comment.Status.VISIBLE, by=admin_user)
    Comment.objects.update(follows="thread")
    make_comment(mine.article, email="Ada@Example.org", status="spam")
    moderation.edit(mine, by=admin_user, email="ADA@example.org")
    words = f"Wrote to {EMAIL}."
    moderation.record([mine.pk], Event.What.NOTE, by=admin_user, words=words)
    other = make_comment(mine.article, status="waiting")
    moderation.set_status(
        Comment.objects.filter(pk=other.pk), Comment.Status.VISIBLE, by=admin_user
    )
    answers.tell_followers(quiet)
    long_ago = timezone.now() - timedelta(hours=1)
    Notice.objects.update(created_at=long_ago)
    answers.mail_answers(quiet)
    return mine


def test_an_address_that_is_forgotten_stands_in_no_table(client, admin_user, logged):
    mine = leave_traces(client, admin_user)
    link = link_of(client)
    before = places_of(EMAIL)
    for table in ("comment.email", "reader.email", "mailasked.email", "event.words"):
        assert f"comments_{table}" in before
    assert "outbox_message.to" in before

    response = act(client, link, "forget")

    assert response.status_code == 200
    assert "Your address is forgotten" in response.content.decode()
    assert places_of(EMAIL) == []
    assert EMAIL not in logged.text.lower()
    mine.refresh_from_db()
    assert (mine.name, mine.status, mine.reader) == ("Ada", "visible", None)
    assert client.get(link).status_code == 410


def test_a_forgotten_reader_is_known_in_no_browser(client, admin_user):
    leave_traces(client, admin_user)
    stolen = client.cookies["reader"].value
    link = link_of(client)

    response = act(client, link, "forget")

    assert response.cookies["reader"]["max-age"] == 0
    client.cookies["reader"] = stolen
    assert say(client).reader is None


@pytest.mark.django_db(transaction=True)
def test_a_forgotten_address_is_in_no_new_backup(client, admin_user, tmp_path):
    leave_traces(client, admin_user)
    before, after = tmp_path / "before", tmp_path / "after"
    call_command("backup", before, verbosity=0)

    act(client, link_of(client), "forget")

    call_command("backup", after, verbosity=0)
    if connection.vendor == "sqlite":
        assert EMAIL.encode() in before.read_bytes()
        assert EMAIL.encode() not in after.read_bytes()


def test_the_network_of_a_writer_goes_after_so_many_days(db):
    ModerationSettings.objects.update_or_create(
        pk=1, defaults={"keep_network_days": 10}
    )
    old, fresh = make_comment(), make_comment()
    for comment, days in [(old, 11), (fresh, 9)]:
        at = timezone.now() - timedelta(days=days)
        words = {"comment": comment, "network": "h" * 64, "created_at": at}
        Scrutiny.objects.create(**words)
        Report.objects.create(reason="spam", **words)

    assert own_data.forget_networks(quiet) == 2

    for model in (Scrutiny, Report):
        kept = dict(model.objects.values_list("comment", "network"))
        assert kept == {old.pk: "", fresh.pk: "h" * 64}
    assert own_data.forget_networks(quiet) == 0


if connection.vendor == "sqlite":  # PostgreSQL reads a small table whole

    def test_networks_are_found_by_their_index(db):
        with connection.cursor() as cursor:
            queries = []

            def note(execute, statement, parameters, *more):
                queries.append((statement, parameters))
                return execute(statement, parameters, *more)

            with connection.execute_wrapper(note):
                own_data.forget_networks(quiet)
            selects = [one for one in queries if "created_at" in one[0]]
            assert len(selects) == 2
            for statement, parameters in selects:
                cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
                assert "_with_network" in f"{cursor.fetchall()}"


ADDRESS = "very.private@hidden.example"


def leaks(client, paths):
    found = {}
    for path in paths:
        response = client.get(path, follow=True)
        assert response.status_code == 200, path
        text = response.content.decode().lower()
        if ADDRESS in text or "hidden.example" in text:
            found[path] = response.status_code
    return found


@pytest.fixture
def talked(db):
    article = Article.objects.get()
    media = article.media.get()
    mine = confirmed(ADDRESS, article)
    confirmed(ADDRESS, article, media=media)
    make_comment(article, email=ADDRESS, parent=mine)
    make_comment(article, email=ADDRESS, status="waiting")
    return mine


def test_no_public_page_or_feed_tells_an_address(client, talked):
    article = "/articles/foot-massage/"
    media = talked.article.media.get()
    feeds = [f"/feeds/comments.{form}" for form in ("rss", "atom", "json")]
    feeds += [f"/feeds/articles.{form}" for form in ("rss", "atom", "json")]
    paths = ["/", "/articles/", article, f"{article}comments.json", f"{article}comments.rss", f"{article}comments.atom", f"{article}comments/", f"{article}comments/?parent={talked.pk}", f"{article}comments/sent/?comment={talked.pk}", f"{article}?comments={talked.pk}", f"{article}media/{media.pk}/", "/topics/", "/search/?q=foot", "/search/?q=very.private", "/sitemap.xml", "/privacy/", "/comments/yours/", "/comments/yours/check/", *feeds]  # fmt: skip

    assert leaks(client, paths) == {}


def test_the_list_of_readers_tells_addresses_to_those_who_may_see_them(client, talked):
    user = User.objects.create_user("helper", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_reader"))
    client.force_login(user)
    base = "/admin/comments/reader/"
    pk = talked.reader_id
    paths = [base, f"{base}?q=very.private", f"{base}{pk}/change/"]

    assert leaks(client, paths) == {}
    assert client.get(f"{base}add/").status_code == 403
    assert (
        client.post(f"{base}{pk}/change/", {"email": "x@y.example"}).status_code == 403
    )
    assert client.post(f"{base}{pk}/delete/", {"post": "yes"}).status_code == 403
    assert Reader.objects.get(pk=pk).email == ADDRESS


def test_an_owner_finds_a_reader_by_the_address(admin_client, talked):
    base = "/admin/comments/reader/"

    assert ADDRESS in admin_client.get(base).content.decode()
    assert ADDRESS in admin_client.get(f"{base}?q=very.private").content.decode()
    page = admin_client.get(f"{base}{talked.reader_id}/change/").content.decode()
    assert ADDRESS in page
    assert talked.reader.key not in page


def test_every_model_with_an_address_is_thought_of():
    """A new one must be emptied by `forget`, or be none of the conversation's."""
    with_email = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.get_internal_type() == "CharField"
        and type(field).__name__ == "EmailField"
    }

    assert with_email == {
        "auth.User.email",
        "articles.SiteSettings.contact_email",
        "comments.Comment.email",
        "comments.MailAsked.email",
        "comments.Reader.email",
        "outbox.Message.to",
        "subscriptions.Request.email",
        "subscriptions.SendingSettings.alert_email",
        "subscriptions.Subscriber.email",
    }


def test_a_reader_who_was_forgotten_may_come_back(client):
    mine = say(client)
    press(client, confirm_link(), "mine", [mine])
    own_data.forget(EMAIL)
    client.cookies.clear()

    again = say(client)
    press(client, confirm_link(), "mine", [again])

    assert Reader.objects.get().email == EMAIL
    assert readers.is_known(Reader.objects.get()) is False
