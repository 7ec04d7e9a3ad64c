"""The words that somebody consented to: their version moves by itself, they are kept."""

import shutil

import pytest
from django.template import engines

from articles.models import SiteSettings
from subscriptions import wording
from subscriptions.models import Request, Subscriber, Wording
from tests.subscriptions.steps import ask, work


@pytest.fixture(autouse=True)
def _fresh():
    wording._words.cache_clear()
    yield
    wording._words.cache_clear()


@pytest.fixture
def changed(settings, tmp_path):
    """Puts other words into one of the templates."""

    def change(name, old, new):
        (folder,) = settings.TEMPLATES[0]["DIRS"]
        words = (folder / name).read_text(encoding="utf-8")
        assert old in words
        shutil.copytree(folder, tmp_path / "t", dirs_exist_ok=True)
        (tmp_path / "t" / name).write_text(words.replace(old, new), encoding="utf-8")
        engine = {**settings.TEMPLATES[0], "DIRS": [tmp_path / "t"]}
        settings.TEMPLATES = [engine]
        wording._words.cache_clear()

    yield change
    engines.__dict__.pop("templates", None)


@pytest.mark.parametrize(
    ("name", "old"),
    [
        ("subscriptions/_slip.html", "and one link to leave."),
        ("subscriptions/_form.html", "We write once to ask"),
        ("subscriptions/_topics.html", "Without a choice you get"),
        ("subscriptions/mail/confirm.subject.txt", "Confirm your subscription"),
        ("subscriptions/mail/confirm.txt", "Open this link to say yes"),
        ("subscriptions/mail/confirm.html", "Press the button to say yes"),
    ],
)
def test_changed_words_have_a_new_version(db, changed, name, old):
    before = wording.current()

    changed(name, old, "Other words")

    after = wording.current()
    assert after.version != before.version
    assert "Other words" in after.text
    assert old in before.text


def test_the_owners_own_words_count(db):
    versions = {wording.current().version}
    for values in [{"name": "Feet"}, {"subscribe_label": "Join us"}]:
        SiteSettings.objects.update_or_create(pk=1, defaults=values)
        versions.add(wording.current().version)

    assert len(versions) == 3
    assert "Join us" in wording.current().text


def test_the_language_counts(db, settings):
    english = wording.current()
    settings.LANGUAGE_CODE = "de"
    german = wording.current()

    assert (english.language, german.language) == ("en", "de")
    assert english.version != german.version
    assert "Abonn" in german.text or "Brief" in german.text


def test_the_version_holds_nothing_of_one_reader(client, db):
    ask(client, "one@example.org", topics=[])
    ask(client, "two@example.org")

    (version,) = set(Request.objects.values_list("wording", flat=True))
    assert version == wording.current().version
    assert "example.org" not in wording.current().text
    assert "<" not in wording.current().text


def test_the_worker_writes_the_words_down_once(client, db):
    ask(client)
    assert not Wording.objects.exists()
    work()
    ask(client, "other@example.org")
    work()

    kept = Wording.objects.get()
    assert kept.words == wording.current().text
    assert kept.language == "en"
    assert set(Subscriber.objects.values_list("wording", flat=True)) == {kept.version}


def test_words_that_this_process_does_not_speak_are_not_made_up(client, db):
    ask(client)
    Request.objects.update(wording="of-before")
    work()

    assert Subscriber.objects.get().wording == "of-before"
    assert not Wording.objects.exists()


def test_the_words_are_rendered_once_a_process(client, db):
    for n in range(3):
        ask(client, f"reader{n}@example.org")

    assert wording._words.cache_info().misses == 1
