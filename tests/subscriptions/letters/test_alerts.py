"""What the owner is told of trouble."""

import pytest
from django.contrib.auth.models import User

from articles.models import SiteSettings
from outbox.models import Message
from subscriptions.letters import alerts
from subscriptions.models import SendingSettings
from tests.subscriptions.letters.steps import make_letter

WORDS = "550 see http://evil.example/<b> or evil.example"


def test_words_of_a_mail_server_are_text_without_a_live_link(db):
    SendingSettings(pk=1, alert_email="owner@example.org").save()

    letter = make_letter(subject="Feet & Co")
    alerts.tell_of_pause(letter, WORDS)

    mail = Message.objects.get()
    assert mail.to == "owner@example.org"
    assert mail.subject == "Footcare: The letter “Feet & Co” is paused"
    for part in (mail.text, mail.html):
        assert "evil[.]example" in part
        assert "evil.example" not in part
        assert "Too many failures in a row. What the mail server said:" in part
        desk = f"/admin/subscriptions/letter/{letter.pk}/desk/"
        assert f"http://testserver{desk}" in part
    assert "<b>" not in mail.html
    assert mail.headers["Auto-Submitted"] == "auto-generated"


def test_long_names_of_site_and_letter_keep_nobody_from_being_told(db):
    SiteSettings.objects.create(pk=1, contact_email="a@example.org", name="N" * 60)

    alerts.tell_of_pause(make_letter(subject="S" * 150), "Words.")

    subject = Message.objects.get().subject
    assert (len(subject), subject[-1]) == (200, "…")


@pytest.mark.parametrize("contact", ["contact@example.org", ""])
def test_without_an_address_the_contact_or_every_superuser_is_told(db, contact):
    SiteSettings.objects.create(pk=1, contact_email=contact)
    User.objects.create_superuser("boss", "boss@example.org")
    User.objects.create_superuser("nobody", "")
    User.objects.create_user("staff", "staff@example.org", is_staff=True)

    alerts.tell_of_pause(make_letter(), "Words.")

    assert Message.objects.get().to == (contact or "boss@example.org")


def test_where_nobody_has_an_address_nobody_is_told(db):
    User.objects.create_superuser("nobody", "")

    alerts.tell_of_pause(make_letter(), "Words.")

    assert not Message.objects.exists()
