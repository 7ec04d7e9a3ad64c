"""What a list answers to who has few rights: nothing that it does not show."""

import pytest
from django.test import Client
from django.urls import reverse

from outbox.composing import post
from subscriptions.models import Bounce, Import
from tests.factories import make_subscriber
from tests.subscriptions.admin.steps import make_editor
from tests.subscriptions.bounces.steps import make_sent
from tests.subscriptions.lists.steps import PROOF, check

pytestmark = pytest.mark.django_db

# Each list, and what is asked of what it does not show, or shows in part.
ASKED = {
    "outbox_message": [
        "text__contains", "html__contains", "headers__icontains", "text", "to__startswith",
        "message_id__startswith",
    ],
    "subscriptions_letter": ["pause_words__icontains", "mark__startswith", "html__contains"],
    "subscriptions_import": ["content__contains", "proof__contains", "report__icontains"],
    "subscriptions_delivery": [
        "error__contains", "subscriber__email__startswith", "worker", "letter__mark",
    ],
    "subscriptions_bounce": [
        "source__contains", "subscriber__email__startswith", "delivery__error__contains",
    ],
    "subscriptions_subscriber": [
        "email__startswith", "letter_key__startswith", "confirm_key", "proof__contains",
        "imported__content__contains", "moves__email__startswith",
    ],
    "comments_reader": ["email__startswith"],
    "subscriptions_suppression": ["digest__startswith"],
}  # fmt: skip
QUESTIONS = [(name, one) for name, all_of_it in ASKED.items() for one in all_of_it]


@pytest.mark.parametrize(("name", "lookup"), QUESTIONS)
def test_nothing_is_asked_of_a_list_that_it_does_not_offer(client, name, lookup):
    client.force_login(make_editor(f"view_{name.partition('_')[2]}"))
    page = reverse(f"admin:{name}_changelist")
    reader = make_subscriber(state="confirmed")
    post("subscriptions/mail/welcome", reader.email, {"subscriber": reader})

    assert client.get(page).status_code == 200
    assert client.get(page, {lookup: "a"}).status_code == 400


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("subscriptions_bounce", {"kind__exact": "hard", "at__year": "2026"}),
        ("subscriptions_delivery", {"letter": "1", "state__exact": "sent"}),
        ("subscriptions_subscriber", {"imported__id__exact": "1", "pace__exact": "each"}),
        ("subscriptions_letter", {"state__exact": "sent", "kind__exact": "note"}),
        ("outbox_message", {"state__exact": "failed"}),
        ("subscriptions_suppression", {"reason__exact": "left"}),
    ],
)  # fmt: skip
def test_what_its_own_filters_ask_is_answered(client, name, query):
    client.force_login(make_editor(f"view_{name.partition('_')[2]}"))
    sent = make_sent(make_subscriber(state="confirmed"))
    Bounce.objects.create(source="one", kind="hard", delivery=sent)

    page = reverse(f"admin:{name}_changelist")

    assert client.get(page, query).status_code == 200


def test_who_may_delete_readers_but_not_see_them_sees_no_address(client):
    client.force_login(make_editor("delete_subscriber"))
    reader = make_subscriber(email="ada@example.org")
    page = reverse("admin:subscriptions_subscriber_delete", args=[reader.pk])

    html = client.get(page).content.decode()

    assert str(reader) in html
    assert "ada@" not in html


def test_who_may_look_at_imports_and_bring_none_sees_no_address(admin_client):
    report = check("email\nada@example.org\n").as_json(with_addresses=True)
    imported = Import.objects.create(proof=PROOF, content="x", report=report)
    page = reverse("admin:subscriptions_import_change", args=[imported.pk])
    assert "ada@example.org" in admin_client.get(page).content.decode()

    client = Client()
    client.force_login(make_editor("view_import"))

    assert "ada@" not in client.get(page).content.decode()
