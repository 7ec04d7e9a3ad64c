"""The list of deliveries, to look at; and the settings of sending."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from subscriptions.models import Delivery, SendingSettings
from tests.subscriptions.admin.steps import make_editor, make_queued, settle

pytestmark = pytest.mark.django_db

LEDGER = reverse("admin:subscriptions_delivery_changelist")
SETTINGS = reverse("admin:subscriptions_sendingsettings_changelist")


def shown(client, query=""):
    response = client.get(f"{LEDGER}{query}")
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def marked(client, query):
    """The letters that the filter names as shown."""
    changes = client.get(f"{LEDGER}{query}").context["cl"]
    choices = changes.filter_specs[0].choices(changes)
    return [one["display"] for one in choices if one["selected"]]


def test_the_newest_letter_is_shown_and_any_other_when_asked_for(admin_client):
    first = make_queued(readers=2, subject="First")
    second = make_queued(readers=1, subject="Second")

    assert {row.letter for row in shown(admin_client)} == {second}
    assert {row.letter for row in shown(admin_client, f"?letter={first.pk}")} == {first}
    for query, letter in [
        ("", second),
        ("?q=", second),
        (f"?letter={first.pk}", first),
    ]:
        assert marked(admin_client, query) == [letter.subject]
    assert marked(admin_client, "?q=reader@example.org") == []


@pytest.mark.parametrize("letter", ["x", "9" * 30, "-1", "0"])
def test_a_letter_that_is_none_has_no_deliveries(admin_client, letter):
    make_queued()

    assert shown(admin_client, f"?letter={letter}") == []


def test_the_ledger_is_narrowed_to_a_state(admin_client):
    letter = make_queued(readers=3)
    settle(letter, "failed")

    found = shown(admin_client, f"?letter={letter.pk}&state__exact=failed")

    assert [row.error for row in found] == ["550 No such user"]


def test_one_reader_is_found_by_the_whole_address_in_all_letters(admin_client):
    first = make_queued(readers=2)
    make_queued(readers=0)
    reader = first.deliveries.first().subscriber

    found = shown(admin_client, f"?q={reader.email.upper()}")

    assert len(found) == 2
    assert {row.subscriber for row in found} == {reader}
    assert shown(admin_client, "?q=example.org") == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_ledger_takes_as_many_queries_however_many_rows(
    admin_client, django_assert_num_queries, count
):
    make_queued(readers=count)

    with django_assert_num_queries(9):
        admin_client.get(LEDGER)


def test_nobody_counts_a_hundred_thousand(admin_client, monkeypatch):
    monkeypatch.setattr("footcare.lib.counting.MOST", 2)
    make_queued(readers=4)

    response = admin_client.get(f"{LEDGER}?_facets=True")

    assert response.context["cl"].result_count == 3
    assert "more than 2 deliveries" in response.content.decode()
    assert not response.context["cl"].add_facets


def test_nothing_is_written_here(admin_client):
    row = make_queued(readers=1).deliveries.get()
    base = f"{LEDGER}{row.pk}"

    assert admin_client.get(f"{base}/change/").status_code == 200
    assert admin_client.post(f"{base}/change/", {"state": "sent"}).status_code == 403
    assert admin_client.post(f"{base}/delete/", {"post": "yes"}).status_code == 403
    assert admin_client.get(f"{LEDGER}add/").status_code == 403
    assert Delivery.objects.get().state == "queued"


def test_who_may_not_see_readers_sees_and_finds_no_address(client):
    client.force_login(make_editor("view_delivery"))
    letter = make_queued(readers=1)
    settle(letter, "failed")
    Delivery.objects.update(error="550 <reader@feet.example> unknown")
    row = Delivery.objects.select_related("subscriber").get()

    for path in (LEDGER, f"{LEDGER}{row.pk}/change/"):
        html = client.get(path).content.decode()
        assert row.subscriber.email not in html
        assert "reader@feet.example" not in html
    assert row in shown(client, "?q=nobody@example.org")  # nothing is searched
    assert client.get(f"{LEDGER}?subscriber__email={row.subscriber.email}").status_code == 400  # fmt: skip
    assert client.get(f"{LEDGER}?error__contains=reader").status_code == 400


def test_the_settings_are_one_row(admin_client):
    values = {
        "digest_weekday": 4, "digest_hour": 9, "stale_hours": 12, "per_second": 10,
        "per_hour": 0, "stop_after": 10, "soft_bounces": 5, "imprint": "1 Sole Street",
    }  # fmt: skip

    for n in (10, 20):
        path = SETTINGS + ("add/" if n == 10 else "1/change/")
        answer = admin_client.post(path, values | {"per_second": n})
        assert answer.status_code == 302
        assert SendingSettings.load().per_second == n

    assert admin_client.get(f"{SETTINGS}add/").status_code == 403
    assert admin_client.post(f"{SETTINGS}1/delete/", {"post": "yes"}).status_code == 403
    assert SendingSettings.objects.get().pk == 1


def test_the_settings_open_at_their_form_and_keep_what_was_typed(admin_client):
    first = admin_client.get(SETTINGS)
    assert first.headers["Location"] == f"{SETTINGS}add/"

    wrong = {"digest_hour": 25, "imprint": "1 Sole Street"}
    answer = admin_client.post(f"{SETTINGS}add/", wrong)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "1 Sole Street" in html
    assert "_addanother" not in html
    assert not SendingSettings.objects.exists()

    SendingSettings(pk=1).save()
    again = admin_client.get(SETTINGS)
    assert again.headers["Location"] == f"{SETTINGS}1/change/"


@pytest.mark.parametrize(
    ("right", "status"), [("view", 302), ("change", 302), ("add", 302), ("", 403)]
)
def test_the_settings_open_for_whoever_has_a_right_to_them(
    client, django_user_model, right, status
):
    editor = django_user_model.objects.create_user("editor", is_staff=True)
    if right:
        name = f"{right}_sendingsettings"
        editor.user_permissions.add(Permission.objects.get(codename=name))
    if right != "add":
        SendingSettings(pk=1).save()
    client.force_login(editor)

    assert client.get(SETTINGS).status_code == status


def test_sending_by_itself_begins_when_it_is_switched_on(admin_client):
    values = {
        "send_on_publish": "on", "digest_weekday": 4, "digest_hour": 9,
        "stale_hours": 12, "per_second": 0, "per_hour": 0, "stop_after": 10,
        "soft_bounces": 5,
    }  # fmt: skip

    admin_client.post(f"{SETTINGS}add/", values)

    assert SendingSettings.load().send_published_since is not None
