"""What readers agreed to, and who is not to be written to: seen, and changed by nobody."""

import pytest
from django.urls import reverse

from subscriptions import suppression
from subscriptions.models import Suppression, Wording


@pytest.fixture
def rows(db):
    Wording.objects.create(version="2026-abc", language="en", words="You get letters.")
    suppression.suppress("reader@example.org", Suppression.Reason.LEFT)
    return {"wording": Wording.objects.get(), "suppression": Suppression.objects.get()}


@pytest.mark.parametrize("name", ["wording", "suppression"])
def test_it_is_shown_and_cannot_be_touched(admin_client, rows, name):
    def at(what, *args):
        return reverse(f"admin:subscriptions_{name}_{what}", args=args)

    pk = rows[name].pk
    assert admin_client.get(at("changelist")).status_code == 200
    assert admin_client.get(at("change", pk)).status_code == 200
    assert admin_client.get(at("add")).status_code == 403
    for action in ("change", "delete"):
        assert admin_client.post(at(action, pk), {"post": "yes"}).status_code == 403
    assert type(rows[name]).objects.count() == 1


def test_the_words_of_a_version_can_be_read(admin_client, rows):
    page = admin_client.get(
        reverse("admin:subscriptions_wording_change", args=["2026-abc"])
    )

    assert "You get letters." in page.content.decode()


def test_a_suppression_shows_no_hash(admin_client, rows):
    for address in (
        reverse("admin:subscriptions_suppression_changelist"),
        reverse(
            "admin:subscriptions_suppression_change", args=[rows["suppression"].pk]
        ),
    ):
        page = admin_client.get(address).content.decode()
        assert rows["suppression"].digest not in page


@pytest.mark.parametrize("name", ["wording", "suppression"])
def test_the_list_asks_as_little_for_three_as_for_one(
    admin_client, rows, name, django_assert_max_num_queries
):
    address = reverse(f"admin:subscriptions_{name}_changelist")
    with django_assert_max_num_queries(8) as asked:
        admin_client.get(address)
    for number in range(2):
        Wording.objects.create(version=f"v{number}", language="en", words="W.")
        suppression.suppress(f"r{number}@example.org", Suppression.Reason.LEFT)

    with django_assert_max_num_queries(len(asked.captured_queries)):
        admin_client.get(address)
