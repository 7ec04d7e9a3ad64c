"""A provider that proves who it is is believed about each mail; nobody else is heard."""

import importlib
import json
from base64 import b64encode

import pytest
from anymail.signals import AnymailTrackingEvent
from django.urls import clear_url_caches

from footcare import urls
from subscriptions import tokens
from subscriptions.bounces import providers, tracing
from subscriptions.letters import control, delivery
from subscriptions.models import Bounce, Suppression, Tally
from tests.factories import make_subscriber
from tests.outbox.provider import provider
from tests.subscriptions.bounces.steps import make_reader, make_sent, states
from tests.subscriptions.letters.steps import make_letter, send

__all__ = ["provider"]

SECRET = "postmark:a-long-secret-of-ours"
PATH = "/mail/postmark/tracking/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def _postmark(settings):
    settings.MAIL_PROVIDER = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "POSTMARK_SERVER_TOKEN": "token"}
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "anymail"]
    importlib.reload(importlib.import_module("subscriptions.bounces.urls"))
    importlib.reload(urls)
    clear_url_caches()
    yield
    settings.MAIL_PROVIDER = ""
    providers.tracking.disconnect(dispatch_uid="subscriptions.bounces")
    importlib.reload(urls)
    clear_url_caches()


def call(client, secret=SECRET, path=PATH, **values):
    headers = {}
    if secret:
        headers["Authorization"] = f"Basic {b64encode(secret.encode()).decode()}"
    words = {"RecordType": "Bounce", "ID": 42, "BouncedAt": "2026-11-27T07:00:00Z"}
    return client.post(
        path,
        json.dumps(words | values),
        content_type="application/json",
        headers=headers,
    )


def metadata(sent):
    return {"delivery": tokens.make("delivery", sent.pk, sent.letter.mark)}


@pytest.mark.usefixtures("_postmark")
def test_a_bounce_that_the_provider_tells_counts_once(client):
    sent, other = make_sent(make_reader()), make_sent(make_reader())
    told = {
        "Type": "HardBounce",
        "Email": sent.subscriber.email,
        "Metadata": metadata(sent),
        "Details": "smtp;550 5.1.1 unknown",
    }

    for _ in range(2):  # a provider that heard no answer tells it again
        assert call(client, **told).status_code == 200

    sent.refresh_from_db()
    assert sent.bounced == "hard"
    assert states() == {
        sent.subscriber.email: "bounced",
        other.subscriber.email: "confirmed",
    }
    bounce = Bounce.objects.get()
    assert (bounce.status, bounce.delivery) == ("5.1.1", sent)
    assert Tally.objects.get().bounced == 1


@pytest.mark.usefixtures("_postmark")
@pytest.mark.parametrize(
    "secret", ["", "postmark:wrong", "other:a-long-secret-of-ours", ":", SECRET + "x"]
)
def test_whoever_does_not_know_the_secret_is_refused_and_is_no_news(
    client, secret, logged
):
    sent = make_sent(make_reader())

    answer = call(
        client, secret, Type="HardBounce", Email=sent.subscriber.email,
        Metadata=metadata(sent),
    )  # fmt: skip

    assert answer.status_code == 403
    assert states() == {sent.subscriber.email: "confirmed"}
    assert not Bounce.objects.exists()
    assert not [record for record in logged.records if record.levelname == "ERROR"]


@pytest.mark.usefixtures("_postmark")
@pytest.mark.parametrize(
    "words",
    [
        "junk",
        "[]",
        "7",
        '"x"',
        "null",
        "[1]",
        "\xff",
        '{"RecordType": "Bounce", "BouncedAt": 7}',
    ],
)
def test_what_cannot_be_read_is_refused(client, words, logged):
    headers = {"Authorization": f"Basic {b64encode(SECRET.encode()).decode()}"}

    answer = client.post(
        PATH, words.encode("latin-1"), content_type="application/json", headers=headers
    )

    assert answer.status_code == 400
    assert not [record for record in logged.records if record.levelname == "ERROR"]


@pytest.mark.usefixtures("_postmark")
def test_there_is_no_other_door(client):
    for path in (
        "/mail/postmark/inbound/",
        "/mail/mailgun/tracking/",
        "/mail/mandrill/",
    ):
        assert call(client, path=path).status_code == 404
    assert client.get(PATH).status_code == 405


def test_without_a_provider_there_is_no_door(client):
    assert call(client).status_code == 404


@pytest.mark.usefixtures("_postmark")
def test_a_complaint_is_a_reader_who_leaves(client):
    sent = make_sent(make_reader())

    call(
        client, RecordType="SpamComplaint", Type="SpamComplaint",
        Email=sent.subscriber.email, Metadata=metadata(sent),
    )  # fmt: skip

    assert states() == {sent.subscriber.email: "left"}
    assert Suppression.objects.get().reason == "complaint"
    assert Tally.objects.get().complained == 1


@pytest.mark.usefixtures("_postmark")
def test_a_mail_that_is_no_letter_is_known_by_its_address(client):
    reader, other = make_reader(), make_reader()

    call(client, Type="HardBounce", Email=reader.email.upper(), Details="no such user")

    assert states() == {reader.email: "bounced", other.email: "confirmed"}


@pytest.mark.usefixtures("_postmark")
def test_whoever_asked_for_nothing_and_complains_gets_no_more(client):
    victim = make_subscriber()

    call(client, RecordType="SpamComplaint", Type="SpamComplaint", Email=victim.email)

    assert states() == {victim.email: "left"}


@pytest.mark.usefixtures("_postmark")
def test_whoever_leaves_at_the_providers_has_left(client):
    reader, other = make_reader(), make_reader()

    call(
        client, RecordType="SubscriptionChange", Recipient=reader.email,
        SuppressSending=True, SuppressionReason="ManualSuppression",
    )  # fmt: skip

    assert states() == {reader.email: "left", other.email: "confirmed"}
    assert not Bounce.objects.exists()


@pytest.mark.usefixtures("_postmark")
@pytest.mark.parametrize("words", ["a\x00b", "a\ud800b"])
def test_words_that_no_database_takes_are_kept_in_others(client, words):
    reader = make_reader()

    answer = call(
        client, Type="HardBounce", Email=reader.email, Details=words, Metadata={"delivery": words},
    )  # fmt: skip

    assert answer.status_code == 200
    assert Bounce.objects.get().words.startswith("a\\")


@pytest.mark.usefixtures("_postmark")
@pytest.mark.parametrize(
    "email", ["stranger@example.org", "", "a\x00@x.org", "\ud800", 7]
)
def test_what_is_about_nobody_of_ours_is_answered_and_forgotten(client, email):
    make_reader()

    assert call(client, Type="HardBounce", Email=email).status_code == 200
    assert not Bounce.objects.exists()


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"event_type": "delivered"}, None),
        ({"event_type": "opened"}, None),
        ({"event_type": "failed"}, None),
        ({"event_type": "autoresponded"}, None),
        ({"event_type": "deferred"}, None),
        ({"event_type": "deferred", "reject_reason": "timed_out"}, "soft"),
        ({"event_type": "complained"}, "complaint"),
        ({"event_type": "rejected", "reject_reason": "bounced"}, "hard"),
        ({"event_type": "rejected", "reject_reason": "invalid"}, "hard"),
        ({"event_type": "rejected", "reject_reason": "spam"}, "complaint"),
        ({"event_type": "rejected", "reject_reason": "blocked"}, "soft"),
        ({"event_type": "bounced", "reject_reason": "invalid"}, "hard"),
        ({"event_type": "bounced", "reject_reason": "spam"}, "soft"),
        ({"event_type": "bounced", "reject_reason": "blocked"}, "soft"),
        ({"event_type": "bounced", "reject_reason": "bounced"}, "soft"),
        ({"event_type": "bounced", "esp_event": {"Type": "HardBounce"}}, "hard"),
        ({"event_type": "bounced", "esp_event": {"event": "hard_bounce"}}, "hard"),
        ({"event_type": "bounced", "esp_event": {"event": "soft_bounce"}}, "soft"),
        ({"event_type": "bounced", "esp_event": {"hard_bounce": True}}, "hard"),
        ({"event_type": "bounced", "mta_response": "550 5.1.1 no"}, "hard"),
        ({"event_type": "bounced", "description": "No such user"}, "hard"),
        (
            {
                "event_type": "bounced",
                "mta_response": "550 5.7.1 spam",
                "esp_event": {"Type": "HardBounce"},
            },
            "soft",
        ),
        (
            {
                "event_type": "bounced",
                "mta_response": "550 5.1.1 no",
                "esp_event": {"Type": "SoftBounce"},
            },
            "soft",
        ),
    ],
)
def test_each_event_has_its_meaning(event, kind):
    assert providers.kind_of(AnymailTrackingEvent(**event)) == kind


def test_a_letter_that_a_provider_took_is_known_again_by_what_it_tells(provider):
    readers = {reader.email: reader for reader in (make_reader(), make_reader())}

    send(make_letter())
    delivery._line.close()

    assert {mail["To"] for mail in provider.mails} == set(readers)
    for mail in provider.mails:
        found = tracing.delivery_of(mail["Metadata"]["delivery"])
        assert (found.state, found.subscriber) == ("sent", readers[mail["To"]])
        assert readers[mail["To"]].leave_url in str(mail["Headers"])


def test_a_provider_that_refuses_a_mail_fails_it_and_goes_on(provider):
    readers = [make_reader(), make_reader()]
    provider.answers = [422]

    send(make_letter())
    delivery._line.close()

    (failed,) = readers[0].deliveries.all()
    assert (failed.state, failed.error[:3]) == ("failed", "422")
    assert readers[1].deliveries.get().state == "sent"


def test_a_provider_whose_answer_is_lost_leaves_the_letter_in_doubt(provider):
    reader = make_reader()
    provider.answers = ["hang up"]
    letter = make_letter()
    control.queue(letter)

    delivery.send_letters(lambda line: None)
    delivery._line.close()

    assert reader.deliveries.get().state == "uncertain"
