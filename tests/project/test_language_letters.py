"""Every word about letters, for those who send them and in them, can be said otherwise."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from articles.models import Article
from outbox.models import Message
from subscriptions.admin.import_forms import most_bytes
from subscriptions.letters import alerts
from subscriptions.letters.drafting import draft_of, schedule_digest
from subscriptions.letters.preview import parts_for_nobody, post_test
from subscriptions.models import Digest, Import, Letter, Subscriber
from tests.project.wording import strangers
from tests.subscriptions.admin.steps import ADD, address

UPLOAD = reverse("admin:subscriptions_import_add")
READERS = reverse("admin:subscriptions_subscriber_changelist")
# Django's own templates name their pictures in English.
PICTURES = {"Search", "True", "False"}


@pytest.fixture
def editor(admin_client, numbers, monkeypatch):
    monkeypatch.setattr(admin.site, "site_header", "0")
    monkeypatch.setattr(admin.site, "site_title", "0")
    User.objects.filter(username="admin").update(username="0", email="0@0.00")
    return admin_client


def check(response, status=200):
    assert response.status_code == status
    assert set(strangers(response.content.decode())) <= PICTURES


def test_every_word_of_a_desk_is_in_the_catalogue(editor):
    for state in ["pending", "confirmed"]:
        Subscriber.objects.update(state=state, confirmed_at=timezone.now())
        for letter in Letter.objects.all():
            check(editor.get(address(letter)))
            check(editor.get(address(letter, "send"), follow=True))
            check(editor.get(address(letter, "preview", "dark")))


@pytest.mark.parametrize("do", ["test", "pause", "resume", "unschedule", "requeue", "cancel"])  # fmt: skip
def test_every_word_about_what_was_pressed_is_in_the_catalogue(editor, do):
    for letter in Letter.objects.all():
        check(editor.post(address(letter), {"do": do}, follow=True))


@pytest.mark.parametrize("at", ["", "1", "2000-01-01 12:00", "2999-01-01 12:00"])
def test_every_word_of_a_desks_refusal_is_in_the_catalogue(editor, at):
    draft = Letter.objects.filter(state="draft").last()
    User.objects.update(email="")

    for do in ["schedule", "test"]:
        check(editor.post(address(draft), {"do": do, "at": at}), 422)
    check(editor.post(address(draft, "send"), {"seen": "1"}), 422)


def test_every_word_of_a_letters_form_is_in_the_catalogue(editor):
    gone = Letter.objects.get(state="scheduled")
    change = reverse("admin:subscriptions_letter_change", args=[gone.pk])

    check(editor.post(ADD, {}), 422)
    check(editor.post(ADD, {"subject": "1", "body": " "}), 422)
    check(editor.post(change, {"subject": "1", "body": "1"}), 422)


def test_every_word_about_a_file_that_is_not_taken_is_in_the_catalogue(editor):
    for content in [b"", b"1", b"PK\x03\x04", b"1" * (most_bytes() + 1)]:
        upload = SimpleUploadedFile("1.11", content)
        check(editor.post(UPLOAD, {"file": upload}), 422)


def test_every_word_of_an_import_is_in_the_catalogue(editor):
    rows = "88,89\n1@1.11,2024-13-01\n2@1.11,2024-01-01\n2@1.11,\na@b.example,\n90,\n"
    upload = SimpleUploadedFile("91.92", rows.encode())
    columns = {"column-0": "email", "column-1": "confirmed_at", "has_header": "on"}
    check(editor.post(UPLOAD, {"file": upload}, follow=True))
    page = reverse(
        "admin:subscriptions_import_change", args=[Import.objects.first().pk]
    )

    def press(do, **form):
        return editor.post(page, {"do": do, **form}, follow=True)

    check(press("import"), 422)
    check(press("import", **columns | {"column-1": "email"}), 422)
    for do in ["check", "import", "import", "undo", "undo"]:
        check(press(do, how="add", proof="93", **columns))
    for imported in Import.objects.all():
        check(
            editor.get(reverse("admin:subscriptions_import_change", args=[imported.pk]))
        )


@pytest.mark.parametrize("action", ["take_off", "erase", "delete_selected"])
def test_every_word_about_what_is_done_to_a_reader_is_in_the_catalogue(editor, action):
    form = {"action": action, "_selected_action": [Subscriber.objects.get().pk]}
    Subscriber.objects.update(email="1@1.11")

    check(editor.post(READERS, form))
    check(editor.post(READERS, form | {"post": "yes"}, follow=True))


def test_every_word_of_a_letter_is_in_the_catalogue(numbers):
    articles = list(Article.objects.all())
    draft_of(articles[0])
    for number in [1, 2]:
        digest = Digest.objects.create(until=timezone.now())
        schedule_digest(digest, articles[:number])

    for letter in Letter.objects.filter(queued_at=None):
        parts = parts_for_nobody(letter)
        for text in [letter.subject, parts.subject, parts.text, parts.html]:
            assert strangers(text) == []


def test_every_word_of_a_mail_to_an_editor_is_in_the_catalogue(editor):
    post_test(Letter.objects.filter(state="draft").last(), "1@1.11")
    alerts.tell_of_pause(Letter.objects.filter(state="draft").last(), "95")

    assert Message.objects.count() == 2
    for mail in Message.objects.all():
        for text in [mail.subject, mail.text, mail.html]:
            assert strangers(text) == []
