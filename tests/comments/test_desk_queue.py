"""The moderators' queue: what it shows, in which order, to whom, and at what cost."""

import pytest
from django.contrib.auth.models import User

from comments import moderation
from comments.models import Comment, Event, Report, SavedReply
from tests.comments.desk import QUEUE, make_moderator, make_suspect
from tests.factories import make_article, make_comment, make_media

Status = Comment.Status


def html_of(client, query=""):
    response = client.get(f"{QUEUE}{query}")
    assert response.status_code == 200
    return response.content.decode()


def shown(client, query=""):
    return [card.comment for card in client.get(f"{QUEUE}{query}").context["cards"]]


def test_what_waits_longest_comes_first_and_nothing_else_is_there(admin_client):
    waiting = [make_suspect() for _ in range(3)]
    for status in (Status.VISIBLE, Status.HIDDEN, Status.SPAM):
        make_comment(status=status)

    assert shown(admin_client) == waiting


def test_a_page_has_25_cards_and_the_next_goes_on_behind_them(admin_client):
    article = make_article()
    waiting = [make_comment(article, status=Status.WAITING) for _ in range(27)]

    first = admin_client.get(QUEUE)
    following = admin_client.get(first.context["next"])

    assert [card.comment for card in first.context["cards"]] == waiting[:25]
    assert [card.comment for card in following.context["cards"]] == waiting[25:]
    assert following.context["next"] == ""
    assert "From the beginning" in following.content.decode()


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("waiting", [0]),
        ("reported", [1]),
        ("spam", [3]),
        ("all", [3, 2, 1, 0]),
        ("nonsense", [0]),
    ],
)
def test_the_queue_can_be_narrowed(admin_client, show, expected):
    made = [
        make_comment(status=status)
        for status in ("waiting", "visible", "visible", "spam")
    ]
    moderation.report(made[1], Report.Reason.RUDE, "", "203.0.113.7/32")

    assert shown(admin_client, f"?show={show}") == [made[n] for n in expected]


def test_a_card_tells_all_that_a_moderator_decides_by(admin_client, admin_user):
    item = make_media(make_article(title="On feet"), title="A film")
    comment = make_suspect(
        item.article, media=item, name="Ada", body="Take *ten* a day."
    )
    moderation.record(
        [comment.pk], Event.What.NOTE, by=admin_user, words="Ask the doctor."
    )

    html = html_of(admin_client)

    for words in (
        "Ada", "ada@example.org", "Take <em>ten</em> a day.", "Take *ten* a day.", "On feet",
        "A film", "names a dose (40)", "With this e-mail", "From this network",
        "Ask the doctor.",
    ):  # fmt: skip
        assert words in html, words


def test_reports_are_shown_with_their_reasons_and_words(admin_client):
    comment = make_comment()
    for n, words in enumerate(["Dangerous!", "", ""]):
        moderation.report(comment, Report.Reason.HEALTH, words, f"203.0.113.{n}/32")

    html = html_of(admin_client, "?show=reported")

    assert "Its advice may harm somebody (3)" in html
    assert "<q>Dangerous!</q>" in html


def test_the_history_of_an_author_is_counted_and_leads_to_it(admin_client):
    suspect = make_suspect(email="Ada@example.org")
    theirs = [
        make_suspect(status=status, email="ada@example.org", network="m" * 64)
        for status in ("visible", "spam", "spam")
    ]
    make_suspect(email="other@example.org", network="o" * 64)

    (card,) = [
        card
        for card in admin_client.get(QUEUE).context["cards"]
        if card.comment == suspect
    ]

    by_address = next(one for one in card.history if one.way == "email")
    assert by_address.counts == [("Waiting", 1), ("Visible", 1), ("Spam", 2)]
    found = shown(admin_client, f"?show=all&way=email&of={suspect.pk}")
    assert found == [*reversed(theirs), suspect]


def test_a_long_history_is_not_counted_to_its_end(admin_client, monkeypatch):
    monkeypatch.setattr("footcare.lib.counting.MOST", 2)
    make_suspect(status="visible"), make_suspect(status="visible"), make_suspect()

    html = html_of(admin_client)

    assert "and more" in html


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("show", ["waiting", "reported", "all"])
def test_the_queue_takes_as_many_queries_however_many_cards(
    admin_client, django_assert_num_queries, count, show
):
    SavedReply.objects.create(title="Thanks", text="Thank you.")
    for n in range(count):
        item = make_media(make_article())
        status = "visible" if show == "reported" else "waiting"
        comment = make_suspect(item.article, media=item, email=f"{n}@example.org", network=f"{n}" * 64, status=status)  # fmt: skip
        make_comment(
            parent=comment, status="waiting" if show == "waiting" else "hidden"
        )
        if show == "reported":
            moderation.report(comment, Report.Reason.RUDE, "No.", "203.0.113.7/32")
        moderation.record([comment.pk], Event.What.NOTE, by=None, words="A note.")

    with django_assert_num_queries(13 if show == "reported" else 12):
        admin_client.get(f"{QUEUE}?show={show}")


def test_nobody_counts_a_million(admin_client, monkeypatch):
    monkeypatch.setattr("footcare.lib.counting.MOST", 2)
    article = make_article()
    for _ in range(4):
        make_comment(article, status=Status.WAITING)

    assert "more than 2" in html_of(admin_client)
    assert "more than 2" in admin_client.get("/admin/").content.decode()
    listed = admin_client.get("/admin/comments/comment/?status=all")
    assert "more than 2 comments" in listed.content.decode()


def test_the_first_page_of_the_admin_says_what_waits(admin_client):
    make_suspect(), make_suspect()
    moderation.report(make_comment(), Report.Reason.RUDE, "", "")

    html = admin_client.get("/admin/").content.decode()

    assert f'<a href="{QUEUE}">2 comments wait</a>' in html
    assert f'<a href="{QUEUE}?show=reported">1 comment is reported</a>' in html


def test_who_has_nothing_to_do_with_comments_hears_nothing_of_them(client, db):
    client.force_login(make_moderator(may=["view_article"]))
    make_suspect()

    assert "comment" not in client.get("/admin/").content.decode().lower()
    assert client.get(QUEUE).status_code == 403


def test_a_reader_is_asked_to_log_in(client, db):
    response = client.get(QUEUE)

    assert response.status_code == 302
    assert response.url.startswith("/admin/login/")


def test_who_may_only_look_sees_the_cards_and_no_buttons(client, db):
    client.force_login(make_moderator(may=["view_comment"]))
    make_suspect(body="Words to see.")

    html = html_of(client)

    assert "Words to see." in html
    assert 'name="do"' not in html


@pytest.mark.parametrize("may", [["delete_comment"], ["add_comment"], ["add_ban"]])
def test_a_button_is_there_for_those_who_may_press_it(client, db, may):
    client.force_login(make_moderator(may=["view_comment", "change_comment", *may]))
    make_suspect()

    buttons = {"delete_comment": "erase", "add_comment": "reply", "add_ban": "ban"}
    html = html_of(client)

    for right, button in buttons.items():
        assert (f'name="do" value="{button}"' in html) == (right in may)


PAGES = [QUEUE, "/admin/comments/comment/?status=all", "/admin/comments/comment/{pk}/change/", "/admin/comments/comment/{pk}/delete/", "/admin/comments/comment/?q=secret", "/admin/comments/comment/?q=elsewhere", "/admin/"]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_an_address_is_shown_to_those_alone_who_may_see_it(client, db, page):
    client.force_login(
        make_moderator(may=["view_comment", "change_comment", "delete_comment"])
    )
    comment = make_suspect(email="secret@elsewhere.example")
    moderation.edit(comment, by=None, email="other@elsewhere.example")

    html = client.get(page.format(pk=comment.pk)).content.decode()

    assert "@elsewhere" not in html
    assert 'name="email"' not in html


def test_an_address_cannot_be_guessed_letter_by_letter(client, db):
    client.force_login(make_moderator())
    make_suspect(email="secret@elsewhere.example", body="Found")

    for query in (
        "q=secret@elsewhere",
        "email__startswith=s",
        "email=secret@elsewhere.example",
    ):
        response = client.get(f"/admin/comments/comment/?status=all&{query}")
        assert "Found" not in response.content.decode(), query


def test_who_may_see_addresses_finds_comments_by_them(client, db):
    may = ["view_comment", "change_comment", "view_email"]
    client.force_login(make_moderator(may=may))
    make_suspect(email="secret@elsewhere.example", body="Found")

    assert "secret@elsewhere.example" in html_of(client)
    for query in ("q=secret@elsewhere", "email__startswith=s"):
        response = client.get(f"/admin/comments/comment/?status=all&{query}")
        assert "Found" in response.content.decode(), query


def test_saving_without_the_right_to_see_an_address_keeps_it(client, db):
    client.force_login(make_moderator())
    comment = make_suspect(email="secret@elsewhere.example", body="One")
    form = {"article": comment.article_id, "name": "n", "body": "Two", "status": "waiting", "email": "x@y.example"}  # fmt: skip

    client.post(f"/admin/comments/comment/{comment.pk}/change/", form)

    comment.refresh_from_db()
    assert (comment.body, comment.email) == ("Two", "secret@elsewhere.example")


def test_the_form_of_a_comment_shows_what_was_done(admin_client, admin_user):
    comment = make_comment(status=Status.WAITING)
    moderation.set_status(Comment.objects.all(), Status.VISIBLE, by=admin_user)
    change = f"/admin/comments/comment/{comment.pk}/change/"

    html = admin_client.get(change).content.decode()
    history = admin_client.get(f"/admin/comments/comment/{comment.pk}/history/")

    assert "Waiting → Visible" in html
    assert history.url == f"{change}#events"


@pytest.mark.parametrize("query", ["?after=-1", "?after=" + "9" * 60, "?show=%ff&way=x&of=y", "?way=email&of=999999", "?undo=nonsense", "?way=network&of=0"])  # fmt: skip
def test_an_address_that_means_nothing_is_no_error(admin_client, query):
    make_suspect()

    assert html_of(admin_client, query)


def test_a_comment_without_scrutiny_and_one_without_words_have_cards(admin_client):
    root = make_comment()
    make_comment(parent=root)
    moderation.erase(Comment.objects.filter(pk=root.pk), by=User.objects.get())

    assert len(shown(admin_client, "?show=all")) == 2


def test_the_list_offers_no_choice_of_comments_that_nobody_has_seen(admin_client):
    article = make_article()
    for _ in range(51):
        make_comment(article)

    html = admin_client.get("/admin/comments/comment/?status=visible").content.decode()

    assert "0 of 50 selected" in html
    assert "question" not in html
