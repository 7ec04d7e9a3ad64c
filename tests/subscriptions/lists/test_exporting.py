"""The list leaves as a file that no table program calculates with, and comes back as it was."""

import csv
import io
import stat
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles.models import Topic
from subscriptions.lists import exporting
from subscriptions.lists.exporting import COLUMNS, csv_of, disarmed
from subscriptions.models import Subscriber
from tests.factories import make_subscriber
from tests.subscriptions.lists.steps import bring, check, kinds

pytestmark = pytest.mark.django_db


def exported(state=""):
    text = "".join(csv_of(state))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_everybody_is_there_with_their_consent():
    topics = [Topic.objects.create(name=name, slug=name.lower()) for name in ("A", "B")]
    imported, _ = bring("ada@example.org\n")
    reader = make_subscriber(
        email="bob@example.org", state="left", wording="v1", asked_on="/topics/"
    )
    reader.topics.set(topics)

    ada, bob = exported()

    assert list(ada) == COLUMNS
    assert (ada["email"], ada["state"]) == ("ada@example.org", "confirmed")
    assert (ada["import"], ada["proof"]) == (str(imported.pk), imported.proof)
    assert (bob["topics"], bob["wording"], bob["asked_on"]) == ("a,b", "v1", "/topics/")
    assert bob["left_at"] == reader.left_at.isoformat(timespec="seconds")
    assert bob["confirmed_at"] == ""


def test_one_state_can_be_had_alone():
    make_subscriber(state="left")
    on_list = make_subscriber(state="confirmed")

    assert [row["email"] for row in exported("confirmed")] == [on_list.email]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "'=", "''+"])
def test_no_cell_is_a_formula(start):
    make_subscriber(state="confirmed", proof=f"{start}HYPERLINK(1)")

    (row,) = exported()

    assert row["proof"] == f"'{start}HYPERLINK(1)"


@pytest.mark.parametrize("cell", ["", "a=b", "'quoted'", "it's", "1-2"])
def test_other_cells_stay_as_they_are(cell):
    assert disarmed(cell) == cell


def test_what_was_exported_is_known_when_it_is_read_again():
    Topic.objects.create(name="Feet, bare", slug="feet")
    for email in (
        "=sum@example.org",
        "+plus@example.org",
        "'=x@example.org",
        "a@x.org",
    ):
        reader = make_subscriber(email=email, state="confirmed", proof="=1, on paper")
        reader.topics.set(Topic.objects.all())

    report = check("".join(csv_of()))

    assert kinds(report) == {"known": 4}


def test_an_empty_site_takes_over_the_whole_list():
    Topic.objects.create(name="Feet", slug="feet")
    then = timezone.now().replace(microsecond=0) - timedelta(days=400)
    for email in ("=sum@example.org", "b@example.org"):
        reader = make_subscriber(
            email=email, state="confirmed", confirmed_at=then, asked_at=then,
            pace="weekly", asked_on="=page", bounced_at=then,
        )  # fmt: skip
        reader.topics.set(Topic.objects.all())
    for state in ("left", "bounced", "pending"):
        make_subscriber(state=state)
    values = (
        "email",
        "state",
        "pace",
        "asked_on",
        "asked_at",
        "confirmed_at",
        "topics",
    )
    was = set(Subscriber.objects.on_list().values_list(*values))
    file = "".join(csv_of())
    Subscriber.objects.all().delete()

    _, report = bring(file)

    assert kinds(report) == {"new": 2, "says gone": 2, "not on": 1}
    assert set(Subscriber.objects.values_list(*values)) == was


def test_a_thousand_are_asked_for_at_a_time(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(exporting, "A_PAGE", 2)
    for _ in range(5):
        make_subscriber(state="confirmed")

    with django_assert_num_queries(7):  # three pages, the topics of each, nothing more
        pieces = list(csv_of())

    assert len(pieces) == 4


def test_the_command_writes_a_file_for_its_owner_alone(tmp_path, capsys):
    make_subscriber(state="confirmed", email="ada@example.org")
    file = tmp_path / "list.csv"

    call_command("export_subscribers", str(file), state="confirmed")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "ada@example.org" in file.read_text(encoding="utf-8-sig")
    assert "bytes" in capsys.readouterr().out
    with pytest.raises(CommandError, match="there already"):
        call_command("export_subscribers", str(file))
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_subscribers", str(tmp_path / "no" / "list.csv"))
