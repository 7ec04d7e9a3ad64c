"""An import is taken back; whoever did something themselves since stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscriptions import joining, suppression
from subscriptions.lists import undoing
from subscriptions.models import Delivery, Import, Subscriber, Tally
from tests.factories import make_subscriber
from tests.subscriptions.letters.steps import make_letter
from tests.subscriptions.lists.steps import PROOF, bring, kinds

pytestmark = pytest.mark.django_db


def reader(name):
    return Subscriber.objects.filter(email=f"{name}@example.org")


def test_those_go_who_have_done_nothing_since():
    other = make_subscriber(state="confirmed")
    imported, _ = bring("a@example.org\nb@example.org\n")

    removed, stay = undoing.undo(imported)

    imported.refresh_from_db()
    assert (removed, stay) == (2, {})
    assert Subscriber.objects.get() == other
    assert imported.state == Import.State.UNDONE
    assert (imported.report["removed"], imported.report["stay"]) == (2, {})
    assert Tally.objects.values("imported", "removed").get() == {
        "imported": 2,
        "removed": 2,
    }


def test_those_stay_who_did_something_themselves_and_it_is_said_why():
    imported, _ = bring("".join(f"{name}@example.org\n" for name in "abcde"))
    joining.leave(reader("a").get())
    reader("b").update(state="bounced", bounced_at=timezone.now())
    reader("c").update(changed_at=timezone.now())
    reader("d").update(asked_at=timezone.now() + timedelta(seconds=1))

    removed, stay = undoing.undo(imported)

    assert removed == 1
    assert stay == {"left": 1, "bounced": 1, "changed": 1, "asked": 1}
    assert not reader("e").exists()
    assert reader("a").get().state == Subscriber.State.LEFT


def test_who_left_is_not_brought_back_by_undoing_and_importing_again():
    imported, _ = bring("a@example.org\nb@example.org\n")
    joining.leave(reader("a").get())

    undoing.undo(imported)
    _, report = bring("a@example.org\nb@example.org\n")

    assert kinds(report) == {"new": 1, "gone": 1}
    assert reader("a").get().state == Subscriber.State.LEFT


def test_what_the_file_said_of_those_who_left_stays():
    imported, _ = bring("email,status\na@example.org,unsubscribed\n")

    undoing.undo(imported)

    assert suppression.suppressed_among(["a@example.org"])


def test_undoing_twice_does_nothing_more():
    imported, _ = bring("a@example.org\n")
    undoing.undo(imported)

    assert undoing.undo(imported) == (0, {})

    imported.refresh_from_db()
    assert imported.report["removed"] == 1


def test_the_numbers_of_letters_stay():
    imported, _ = bring("a@example.org\n")
    letter = make_letter()
    Delivery.objects.create(
        letter=letter, subscriber=reader("a").get(), state="sent", tried_at=timezone.now()
    )  # fmt: skip

    undoing.undo(imported)

    assert letter.deliveries.get().subscriber is None


def test_a_file_that_was_only_looked_through_is_thrown_away():
    imported = Import.objects.create(proof=PROOF, content="a@example.org\n")

    undoing.throw_away(imported)

    assert not Import.objects.exists()


def test_one_that_broke_off_is_undone():
    imported = Import.objects.create(proof=PROOF, content="a@example.org\n")
    make_subscriber(state="confirmed", imported=imported)

    undoing.throw_away(imported)

    assert not Subscriber.objects.exists()
    assert Import.objects.values_list("state", "content").get() == ("undone", "")


def test_what_is_done_cannot_be_thrown_away():
    imported, _ = bring("nonsense\n")

    undoing.throw_away(imported)

    assert Import.objects.get().state == Import.State.DONE
