"""A list is taken as far as its people may be written to."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from articles.models import Topic
from outbox.models import Message
from subscriptions import suppression
from subscriptions.lists import importing
from subscriptions.lists.importing import OverError
from subscriptions.models import (
    Import,
    Request,
    SendingSettings,
    Subscriber,
    Suppression,
    Tally,
)
from tests.factories import make_subscriber
from tests.subscriptions.lists.steps import (
    PROOF,
    bring,
    check,
    kinds,
    layout_of,
    lines_of,
)

pytestmark = pytest.mark.django_db


def test_new_people_are_on_the_list_with_what_shows_their_consent():
    imported, report = bring(
        "email,confirmed_at,source\nAda@Example.org,2024-05-31T10:00:00Z,the fair\n"
    )

    ada = Subscriber.objects.get()
    assert kinds(report) == {"new": 1}
    assert ada.email == "Ada@example.org"
    assert ada.state == Subscriber.State.CONFIRMED
    assert ada.confirmed_at == ada.asked_at == datetime(2024, 5, 31, 10, tzinfo=UTC)
    assert (ada.imported, ada.proof, ada.asked_on) == (imported, PROOF, "the fair")
    assert imported.state == Import.State.DONE
    assert imported.content == ""
    assert Tally.objects.get().imported == 1
    assert Subscriber.objects.receiving().count() == 1


def test_nothing_is_mailed():
    bring("a@x.org\nb@x.org\n")

    assert not Message.objects.exists()
    assert not Request.objects.exists()


def test_looking_through_changes_nothing():
    report = check("email,status\na@x.org,subscribed\nb@x.org,unsubscribed\n")

    assert kinds(report) == {"new": 1, "says gone": 1}
    assert not Subscriber.objects.exists()
    assert not Suppression.objects.exists()
    assert not Tally.objects.exists()


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("confirmed", "known"),
        ("pending", "asked"),
        ("left", "gone"),
        ("bounced", "gone"),
    ],
)
@pytest.mark.parametrize("email", ["ada@example.org", "ADA@EXAMPLE.ORG"])
def test_who_is_known_stays_as_they_are(state, kind, email):
    ada = make_subscriber(email="Ada@example.org", state=state)
    was = Subscriber.objects.values().get()

    assert kinds(check(f"{email}\n")) == {kind: 1}
    _, report = bring(f"{email}\n")

    assert kinds(report) == {kind: 1}
    assert Subscriber.objects.values().get() == was
    assert ada.imported is None
    assert not Tally.objects.exists()


@pytest.mark.parametrize("reason", Suppression.Reason.values)
def test_nobody_comes_back_whose_row_is_gone(reason):
    suppression.suppress("ada@example.org", reason)

    assert kinds(check("ADA@example.org\n")) == {"gone": 1}
    _, report = bring("ADA@example.org\nbob@example.org\n")

    assert kinds(report) == {"new": 1, "gone": 1}
    assert Subscriber.objects.get().email == "bob@example.org"


def test_nobody_comes_back_after_the_secret_has_changed(settings):
    suppression.suppress("ada@example.org", "left")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10

    _, report = bring("ada@example.org\n")

    assert kinds(report) == {"gone": 1}
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    ("word", "kind", "reason"),
    [
        ("unsubscribed", "says gone", "left"),
        ("FALSE", "says gone", "left"),
        ("Cleaned", "says gone", "bounced"),
        ("complained", "says gone", "complaint"),
        ("unconfirmed", "not on", None),
        ("disabled", "not on", None),
    ],
)
def test_what_a_file_says_of_somebody_is_heeded(word, kind, reason):
    _, report = bring(f"email,status\nada@example.org,{word}\n")

    assert kinds(report) == {kind: 1}
    assert not Subscriber.objects.exists()
    found = Suppression.objects.values_list("reason", flat=True).first()
    assert found == reason


def test_an_older_file_does_not_bring_whom_a_newer_one_says_left():
    bring("email,unsub_time\nada@example.org,2024-01-01 10:00:00\n")

    _, report = bring("email\nada@example.org\n")

    assert kinds(report) == {"gone": 1}


def test_who_confirmed_here_is_not_put_off_by_what_another_program_says():
    make_subscriber(email="ada@example.org", state="confirmed")

    _, report = bring("email,status\nada@example.org,unsubscribed\n")

    assert kinds(report) == {"known": 1}
    assert not Suppression.objects.exists()
    assert Subscriber.objects.on_list().count() == 1


def test_the_owners_rules_are_kept():
    SendingSettings.objects.create(pk=1, refused_domains="@Trash.example\n")

    _, report = bring("a@trash.example\nb@in.trash.example\nabuse@x.org\nc@x.org\n")

    assert kinds(report) == {"new": 1, "refused": 3}
    assert Subscriber.objects.get().email == "c@x.org"


def test_an_address_counts_once():
    _, report = bring("ada@example.org\nADA@example.org\nbob@example.org\n")

    assert kinds(report) == {"new": 2, "twice": 1}
    assert Subscriber.objects.count() == 2


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("ada.example.org,,,", "Enter a valid email address."),
        (",,,", ""),
        ("ada@example.org,aktiv,,", "“aktiv”"),
        ("ada@example.org,,,", "“”"),
        ("ada@example.org,subscribed,5/1/2024,", "“5/1/2024” is no past date"),
        ("ada@example.org,subscribed,2999-01-01,", "no past date"),
        ("ada@example.org,subscribed,2024-02-31,", "no past date"),
        ("ada@example.org,subscribed,,knitting", "no topic “knitting”"),
        ("x" * 300 + "@example.org,subscribed,,", "254"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line_and_what_is_wrong(row, words):
    report = check(f"email,status,created_at,topics\n{row}\n")

    if not words:
        assert kinds(report) == {}  # an empty row
        return
    ((kind, count, lines),) = report.kinds()
    assert (kind, count, lines[0].number) == ("invalid", 1, 2)
    assert words in lines[0].why


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("2024-05-31", datetime(2024, 5, 31, tzinfo=UTC)),
        ("2024-05-31 08:30:15", datetime(2024, 5, 31, 8, 30, 15, tzinfo=UTC)),
        ("2024-05-31T08:30:15.123Z", datetime(2024, 5, 31, 8, 30, 15, 123000, UTC)),
        ("2024-05-31T10:30:00+02:00", datetime(2024, 5, 31, 8, 30, tzinfo=UTC)),
        ("31.5.2024", datetime(2024, 5, 31, tzinfo=UTC)),
        ("31.05.2024 08:30", datetime(2024, 5, 31, 8, 30, tzinfo=UTC)),
    ],
)
def test_the_usual_dates_are_read(words, moment):
    bring(f"email,confirmed_at\nada@example.org,{words}\n")

    assert Subscriber.objects.get().confirmed_at == moment


def test_a_row_without_a_date_counts_from_today():
    bring("email,confirmed_at\nada@example.org,\n")

    ada = Subscriber.objects.get()
    assert timezone.now() - ada.confirmed_at < timedelta(minutes=1)


def test_a_quotation_mark_left_open_does_not_lose_people_in_silence():
    content = 'email,note\na@x.org,"open\nb@x.org,two\nc@x.org,three\n'

    ((kind, _, lines),) = check(content).kinds()

    assert kind == "invalid"
    assert "lines 2 to 4" in lines[0].why


def test_a_note_of_several_lines_is_none_of_our_business():
    assert kinds(check('email,note\na@x.org,"two\nlines"\nb@x.org,x\n')) == {"new": 2}


def test_topics_are_known_by_name_or_address():
    one = Topic.objects.create(name="Bare feet", slug="barefoot")
    two = Topic.objects.create(name="Shoes", slug="shoes")

    bring(
        'email,topics\na@x.org,"Bare Feet, shoes"\nb@x.org,shoes;knitting\nc@x.org,\n'
    )

    chosen = {
        reader.email: set(reader.topics.all()) for reader in Subscriber.objects.all()
    }
    assert chosen == {"a@x.org": {one, two}, "b@x.org": {two}, "c@x.org": set()}


def test_the_report_of_what_was_done_holds_no_address():
    imported, _ = bring("ada@example.org\nnonsense\nada@example.org\n")

    assert "example.org" not in str(Import.objects.values())
    assert imported.report["counts"] == {"new": 1, "invalid": 1, "twice": 1}
    assert imported.report["lines"]["invalid"][0][0] == 2


def test_an_import_that_broke_off_goes_on():
    content = "".join(f"reader{n}@example.org\n" for n in range(30))
    imported = Import.objects.create(proof=PROOF)
    first = next(importing.chunks_of(lines_of(content), layout_of(content)))[:12]
    importing._take(imported, first)
    assert Subscriber.objects.count() == 12

    report = importing.run(imported, lines_of(content), layout_of(content))

    assert kinds(report) == {"new": 30}
    assert Subscriber.objects.filter(imported=imported).count() == 30
    assert Tally.objects.get().imported == 30


def test_a_second_press_finds_it_done():
    imported, _ = bring("ada@example.org\n")

    with pytest.raises(OverError):
        importing.run(imported, lines_of("bob@example.org\n"), layout_of("b@x.org"))

    assert Subscriber.objects.count() == 1


def test_what_nobody_imports_is_forgotten_after_a_day():
    old = timezone.now() - timedelta(hours=25)
    Import.objects.create(proof=PROOF, content="a@x.org\n", created_at=old)
    broken = Import.objects.create(proof=PROOF, content="b@x.org\n", created_at=old)
    make_subscriber(state="confirmed", imported=broken)
    fresh = Import.objects.create(proof=PROOF, content="c@x.org\n")
    said = []

    assert importing.forget_unused(said.append) == 2

    assert set(Import.objects.values_list("pk", "state", "content")) == {
        (broken.pk, "done", ""),
        (fresh.pk, "checked", "c@x.org\n"),
    }
    assert len(said) == 1
    assert importing.forget_unused(said.append) == 0


def test_a_chunk_asks_as_little_for_many_as_for_one(django_assert_max_num_queries):
    for count in (1, 3):
        content = "".join(f"reader{count}-{n}@example.org\n" for n in range(count))
        with django_assert_max_num_queries(16):
            bring(content)
