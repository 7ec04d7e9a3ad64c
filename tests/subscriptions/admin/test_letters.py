"""The list of letters and the form of one."""

import pytest
from django.conf import settings
from django.urls import reverse

from articles.models import Topic
from subscriptions.admin.letter import LetterForm
from subscriptions.letters import control
from subscriptions.models import Delivery, Letter
from subscriptions.templatetags.letters_desk import grouped
from tests.factories import make_article
from tests.subscriptions.admin.steps import (
    ADD,
    LIST,
    address,
    make_queued,
    settle,
    state,
)
from tests.subscriptions.letters.steps import ask_again, make_letter, make_readers

State = Letter.State


def change(letter):
    return reverse("admin:subscriptions_letter_change", args=[letter.pk])


def errors(response):
    return response.context["adminform"].form.errors


def test_a_letter_of_own_words_is_written_and_leads_to_its_desk(
    admin_client, admin_user
):
    topic = Topic.objects.create(name="Rest", slug="rest")

    response = admin_client.post(
        ADD,
        {
            "subject": "  News \t of feet ",
            "preview": "In short.",
            "body": "One.\r\n\r\n  Two.",
            "topics": [topic.slug],
            "at_most_once": "on",
        },
    )

    letter = Letter.objects.get()
    assert (response.status_code, response.url) == (302, address(letter))
    assert (letter.subject, letter.body) == ("News of feet", "One.\n\n  Two.")
    assert (letter.kind, letter.state) == ("note", State.DRAFT)
    assert (letter.created_by, letter.at_most_once) == (admin_user, True)
    assert list(letter.topics.all()) == [topic]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"subject": ""}, "subject"),
        ({"subject": "\x00 \u200b"}, "subject"),
        ({"subject": "x" * 151}, "subject"),
        ({"preview": "x" * 201}, "preview"),
        ({"body": " \n "}, "body"),
        ({"body": "x" * 50_001}, "body"),
        ({"topics": ["99"]}, "topics"),
        ({"topics": ["x"]}, "topics"),
        ({"topics": ["9" * 40]}, "topics"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(
    admin_client, values, field
):
    typed = {"subject": "News", "preview": "Short.", "body": "Words I typed."} | values

    response = admin_client.post(ADD, typed)

    assert response.status_code == 422
    assert list(errors(response)) == [field]
    if "body" not in values:
        assert "Words I typed." in response.content.decode()
    assert not Letter.objects.exists()


def test_only_what_is_a_letters_own_can_be_written(admin_client):
    article = make_article()
    admin_client.post(
        ADD,
        {
            "subject": "News", "body": "Words.", "kind": "article", "state": "sent",
            "article": article.pk, "html": "<p>x</p>", "queued_at": "2020-01-01",
        },
    )  # fmt: skip

    letter = Letter.objects.get()
    assert (letter.kind, letter.state) == ("note", State.DRAFT)
    assert (letter.article, letter.html, letter.queued_at) == (None, "", None)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("note", {"subject", "preview", "body", "topics", "at_most_once"}),
        ("article", {"subject", "preview", "body", "at_most_once"}),
        ("digest", {"subject", "preview", "at_most_once"}),
    ],
)
def test_each_kind_has_the_fields_that_its_letter_shows(admin_client, kind, fields):
    letter = make_letter(kind=kind, article=make_article() if kind == "article" else None)  # fmt: skip

    response = admin_client.get(change(letter))

    assert set(response.context["adminform"].form.fields) == fields


def test_the_words_of_a_draft_are_changed(admin_client):
    letter = make_letter()

    response = admin_client.post(change(letter), {"subject": "Other", "body": "New."})

    assert response.url == address(letter)
    letter.refresh_from_db()
    assert (letter.subject, letter.body) == ("Other", "New.")


@pytest.mark.parametrize(
    "make",
    [
        lambda one: control.schedule(one, one.created_at),
        control.queue,
        lambda one: control.queue(one) and control.pause(one),
        control.cancel,
    ],
)
def test_words_that_somebody_relies_on_stay(admin_client, make):
    make_readers(1)
    letter = make_letter()
    make(letter)
    before = state(letter)

    assert admin_client.get(change(letter)).url == address(letter)
    response = admin_client.post(change(letter), {"subject": "Other", "body": "Typed."})

    assert response.status_code == 422
    html = response.content.decode()
    assert "so its words stay as they are" in html
    assert "Typed." in html
    letter.refresh_from_db()
    assert (letter.subject, letter.state) == ("News of feet", before)


def test_a_form_never_writes_an_old_state(admin_client, monkeypatch):
    """Saved whole, a letter that changed after the form had loaded it would be as before."""
    letter = make_letter()

    def meanwhile(form):
        control.schedule(letter, letter.created_at)
        ask_again(letter, letter.created_at)
        return form.cleaned_data["subject"]

    monkeypatch.setattr(LetterForm, "clean_subject", meanwhile, raising=False)
    admin_client.post(change(letter), {"subject": "Other", "body": "New."})

    letter.refresh_from_db()
    assert (letter.subject, letter.state) == ("Other", State.PAUSED)
    assert letter.scheduled_at is not None


# --- the list -------------------------------------------------------------------------------


def test_the_list_shows_numbers_and_leads_to_the_desk(admin_client):
    letter = make_queued(readers=4)
    settle(letter, "sent", "sent", "failed", "uncertain")
    make_letter(subject="Only a draft")

    html = admin_client.get(LIST).content.decode()

    assert f'href="{address(letter)}"' in html
    for field, number in (("readers", 4), ("sent", 2), ("failed", 1), ("uncertain", 1)):
        assert f'<td class="field-{field}">{number}</td>' in html
        assert f'<td class="field-{field}">–</td>' in html


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_however_many_letters(
    admin_client, django_assert_num_queries, count
):
    make_readers(2)
    for _ in range(count):
        control.queue(make_letter())

    with django_assert_num_queries(8):
        admin_client.get(LIST)


# --- deleting -------------------------------------------------------------------------------


def delete(client, letter):
    url = reverse("admin:subscriptions_letter_delete", args=[letter.pk])
    return client.post(url, {"post": "yes"})


def test_a_draft_and_what_was_cancelled_before_it_went_are_deleted(admin_client):
    draft, cancelled = make_letter(), make_letter()
    control.cancel(cancelled)

    delete(admin_client, draft)
    delete(admin_client, cancelled)

    assert not Letter.objects.exists()


def test_with_a_ledger_a_letter_stays(admin_client):
    letter = make_queued()
    asks = reverse("admin:subscriptions_letter_delete", args=[letter.pk])

    assert admin_client.get(asks).status_code == 403
    assert asks not in admin_client.get(address(letter)).content.decode()
    assert delete(admin_client, letter).status_code == 403
    control.cancel(letter)
    assert delete(admin_client, letter).status_code == 403
    assert Delivery.objects.count() == 3


@pytest.mark.parametrize("decide", [lambda letter: None, control.cancel])
def test_the_letter_of_an_article_is_cancelled_and_never_deleted(admin_client, decide):
    letter = make_letter(kind="article", article=make_article())
    decide(letter)

    asks = reverse("admin:subscriptions_letter_delete", args=[letter.pk])
    assert asks not in admin_client.get(address(letter)).content.decode()
    assert delete(admin_client, letter).status_code == 403
    assert Letter.objects.exists()


def test_nothing_is_deleted_in_bulk(admin_client):
    letter = make_letter()

    admin_client.post(LIST, {"action": "delete_selected", "_selected_action": letter.pk, "post": "yes"})  # fmt: skip

    assert Letter.objects.exists()


def test_thousands_are_grouped_on_the_desk_as_everywhere():
    assert grouped(3000) == "3,000"
    for name in ("_about", "send", "_progress"):
        path = f"templates/admin/subscriptions/letter/{name}.html"
        assert "|localize" not in (settings.BASE_DIR / path).read_text()
