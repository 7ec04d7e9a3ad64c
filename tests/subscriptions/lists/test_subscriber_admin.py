"""The list in the admin: found by a whole address, taken off, erased, taken away as a file."""

import csv
import io

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from articles.models import Topic
from subscriptions import suppression
from subscriptions.models import Subscriber, Suppression, Tally
from tests.factories import make_subscriber
from tests.subscriptions.lists.steps import bring, kinds

pytestmark = pytest.mark.django_db

LIST = reverse("admin:subscriptions_subscriber_changelist")
EXPORT = reverse("admin:subscriptions_subscriber_export")


def search(client, words):
    response = client.get(LIST, {"q": words})
    return {one.email for one in response.context["cl"].result_list}


def act(client, action, *subscribers, **more):
    chosen = {"action": action, "_selected_action": [one.pk for one in subscribers]}
    return client.post(LIST, chosen | more)


@pytest.mark.parametrize(
    "words", ["Ada@Example.org", " ada@example.org ", "ADA@EXAMPLE.ORG"]
)
def test_somebody_is_found_by_the_whole_address(admin_client, words):
    make_subscriber(email="ada@example.org")
    make_subscriber(email="ada@example.organic")

    assert search(admin_client, words) == {"ada@example.org"}


@pytest.mark.parametrize(
    "words", ["ada", "%", "_da@example.org", "ada@%", "@example.org"]
)
def test_a_part_of_an_address_finds_nobody(admin_client, words):
    make_subscriber(email="ada@example.org")

    assert search(admin_client, words) == set()


def test_a_domain_of_other_letters_is_found_as_it_is_stored(admin_client):
    make_subscriber(email="ada@xn--bcher-kva.example")

    assert search(admin_client, "ada@bücher.example") == {"ada@xn--bcher-kva.example"}


@pytest.mark.parametrize("lookup", ["email__startswith", "email__contains", "email"])
def test_the_address_is_no_filter(admin_client, lookup):
    assert admin_client.get(LIST, {lookup: "a"}).status_code == 400


def test_the_list_asks_as_little_for_three_as_for_one(
    admin_client, django_assert_max_num_queries
):
    for _ in range(3):
        reader = make_subscriber(state="confirmed")
        reader.topics.add(
            Topic.objects.create(name=reader.email, slug=f"topic-{reader.pk}")
        )
        with django_assert_max_num_queries(7) as asked:
            assert admin_client.get(LIST).status_code == 200
    counts = [one["sql"] for one in asked.captured_queries if "COUNT" in one["sql"]]
    assert all("LIMIT 1001" in sql for sql in counts)


def test_one_reader_is_shown_and_not_changed(admin_client):
    imported, _ = bring("ada@example.org\n")
    reader = Subscriber.objects.get()
    address = reverse("admin:subscriptions_subscriber_change", args=[reader.pk])

    html = admin_client.get(address).content.decode()

    assert "ada@example.org" in html
    assert imported.proof in html
    assert admin_client.post(address, {"state": "left"}).status_code == 403


def test_nobody_is_added_here(admin_client):
    assert admin_client.get(f"{LIST}add/").status_code == 403


@pytest.mark.parametrize("action", ["take_off", "erase", "delete_selected"])
def test_each_action_asks_first_and_says_whom_it_is_about(admin_client, action):
    reader = make_subscriber(state="confirmed", email="ada@example.org")

    page = admin_client.post(LIST, {"action": action, "_selected_action": [reader.pk]})

    assert page.status_code == 200
    assert "ada@example.org" in page.content.decode()
    assert Subscriber.objects.get().state == Subscriber.State.CONFIRMED
    assert not LogEntry.objects.exists()


def test_somebody_is_taken_off(admin_client):
    reader = make_subscriber(state="confirmed")
    other = make_subscriber(state="confirmed")

    act(admin_client, "take_off", reader, post="yes")

    assert Subscriber.objects.get(pk=reader.pk).state == Subscriber.State.LEFT
    assert Subscriber.objects.on_list().get() == other


def test_somebody_is_erased_and_not_brought_back(admin_client):
    reader = make_subscriber(state="confirmed", email="ada@example.org")

    act(admin_client, "erase", reader, post="yes")

    assert not Subscriber.objects.exists()
    assert Suppression.objects.get().reason == Suppression.Reason.ERASED
    _, report = bring("ada@example.org\n")
    assert kinds(report) == {"gone": 1}


@pytest.mark.parametrize(
    ("state", "reason"), [("left", "left"), ("bounced", "bounced")]
)
@pytest.mark.parametrize("way", ["one", "chosen"])
def test_whose_row_is_deleted_still_has_left(
    admin_client, settings, state, reason, way
):
    reader = make_subscriber(email="Ada@example.org", state=state)
    if way == "one":
        address = reverse("admin:subscriptions_subscriber_delete", args=[reader.pk])
        assert "Ada@example.org" in admin_client.get(address).content.decode()
        admin_client.post(address, {"post": "yes"})
    else:
        act(admin_client, "delete_selected", reader, post="yes")
    assert not Subscriber.objects.exists()

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    _, report = bring("ada@example.org\n")

    assert kinds(report) == {"gone": 1}
    assert Suppression.objects.get().reason == reason
    assert not Tally.objects.exists()


def test_whom_the_owner_deletes_from_the_list_may_come_again(admin_client):
    reader = make_subscriber(email="ada@example.org", state="confirmed")

    act(admin_client, "delete_selected", reader, post="yes")

    assert not suppression.suppressed_among(["ada@example.org"])
    assert Tally.objects.get().removed == 1


@pytest.mark.parametrize("action", ["take_off", "erase", "delete_selected"])
def test_the_log_of_the_admin_holds_no_address(admin_client, action):
    reader = make_subscriber(state="confirmed", email="ada@example.org")

    act(admin_client, action, reader, post="yes")

    assert LogEntry.objects.get().object_repr == f"subscriber {reader.pk}"
    assert "ada" not in str(list(LogEntry.objects.values()))


def test_who_may_only_look_acts_on_nobody(client):
    reader = make_subscriber(state="confirmed")
    editor = User.objects.create_user("ed", is_staff=True)
    editor.user_permissions.add(Permission.objects.get(codename="view_subscriber"))
    client.force_login(editor)

    html = client.get(LIST).content.decode()
    for action in ("take_off", "erase", "take_along", "delete_selected"):
        act(client, action, reader, post="yes")

    assert EXPORT not in html
    assert client.post(EXPORT).status_code == 403
    assert not LogEntry.objects.exists()
    assert Subscriber.objects.get().state == Subscriber.State.CONFIRMED


def test_the_list_is_taken_away_by_who_may(client):
    make_subscriber(state="confirmed", email="ada@example.org")
    make_subscriber(state="left")
    editor = User.objects.create_user("ed", is_staff=True)
    rights = ["view_subscriber", "export_subscriber"]
    editor.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(editor)

    page = client.get(LIST, {"state__exact": "confirmed"}).content.decode()
    response = client.post(EXPORT, {"state": "confirmed"})

    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert '<input type="hidden" name="state" value="confirmed">' in page
    assert [row["email"] for row in csv.DictReader(io.StringIO(text))] == [
        "ada@example.org"
    ]
    assert "attachment" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    (entry,) = LogEntry.objects.all()
    assert entry.change_message == "Taken away as a file (state: Confirmed)."
    assert entry.user == editor


def test_what_is_stored_of_one_is_taken_along(admin_client):
    bring("ada@example.org\nbob@example.org\n")
    readers = list(Subscriber.objects.order_by("email"))

    response = act(admin_client, "take_along", readers[0])

    assert response.json()["email"] == "ada@example.org"
    assert response.json()["consent"]["proof"] == readers[0].proof
    assert "attachment" in response["Content-Disposition"]
    assert LogEntry.objects.get().object_repr == f"subscriber {readers[0].pk}"
    assert act(admin_client, "take_along", *readers).status_code == 302
    assert LogEntry.objects.count() == 1


def test_those_of_one_import_are_shown_alone(admin_client):
    imported, _ = bring("ada@example.org\n")
    make_subscriber()

    page = admin_client.get(LIST, {"imported__id__exact": imported.pk})

    assert [one.email for one in page.context["cl"].result_list] == ["ada@example.org"]


def test_the_list_is_not_taken_away_by_a_link(admin_client):
    assert admin_client.get(EXPORT).status_code == 405
    assert admin_client.post(EXPORT, {"state": "nonsense"}).status_code == 400
    assert not LogEntry.objects.exists()
