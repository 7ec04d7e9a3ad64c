"""Lists are imported while readers come and go, and by two people at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from subscriptions import joining, own_data, suppression
from subscriptions.lists import importing, undoing
from subscriptions.models import Import, Subscriber, Tally
from tests.factories import make_subscriber
from tests.subscriptions.lists.steps import PROOF, layout_of, lines_of

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 120


def address(number):
    return f"reader-{number}@example.org"


def content_of(numbers):
    return "".join(f"{address(number)}\n" for number in numbers)


def run(imported, content):
    try:
        return importing.run(imported, lines_of(content), layout_of(content))
    except importing.OverError:
        return None


def at_once(*tasks):
    """Do ``tasks`` at the same time, each over a connection of its own."""
    begin = Barrier(len(tasks))

    def work(task):
        begin.wait()
        try:
            return task()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(work, tasks))


def elsewhere(task):
    """Do ``task`` over another connection, before anything goes on here."""
    return at_once(task)[0]


def on_list():
    return set(Subscriber.objects.on_list().values_list("email", flat=True))


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 7)
    monkeypatch.setattr(undoing, "CHUNK", 7)


def test_who_goes_while_a_list_is_imported_stays_away():
    readers = [
        make_subscriber(email=address(number), state="confirmed")
        for number in range(PEOPLE)
    ]
    imported = Import.objects.create(proof=PROOF)

    def go():
        for reader in reversed(readers):
            (own_data.erase if reader.pk % 2 else joining.leave)(reader)

    at_once(lambda: run(imported, content_of(range(PEOPLE))), go)

    assert on_list() == set()
    assert not Subscriber.objects.filter(imported=imported).exists()


def test_two_lists_at_once_bring_each_person_once(monkeypatch):
    monkeypatch.setattr(
        importing, "CHUNK", 1000
    )  # so that one might wait for the other
    imports = [Import.objects.create(proof=PROOF) for _ in range(2)]
    numbers = list(range(800))

    reports = at_once(
        lambda: run(imports[0], content_of(numbers)),
        lambda: run(imports[1], content_of(reversed(numbers))),
    )

    assert on_list() == {address(number) for number in numbers}
    brought = [Subscriber.objects.filter(imported=one).count() for one in imports]
    assert [report.counts["new"] for report in reports] == brought
    assert sum(report.counts["known"] for report in reports) == 800
    assert Tally.objects.get().imported == 800


def test_two_presses_at_one_import_bring_each_person_once():
    imported = Import.objects.create(proof=PROOF)
    content = content_of(range(PEOPLE))

    reports = at_once(*[lambda: run(imported, content)] * 2)

    done = [report for report in reports if report]
    assert len(done) == 1
    assert done[0].counts == {"new": PEOPLE}
    assert len(on_list()) == PEOPLE
    assert Tally.objects.get().imported == PEOPLE


def test_who_leaves_while_an_import_is_undone_stays_known_or_is_gone():
    imported = Import.objects.create(proof=PROOF)
    run(imported, content_of(range(PEOPLE)))
    imported.refresh_from_db()
    readers = list(Subscriber.objects.order_by("-pk"))

    (removed, stay), _ = at_once(
        lambda: undoing.undo(imported), lambda: [joining.leave(one) for one in readers]
    )

    assert on_list() == set()
    assert Subscriber.objects.count() == stay["left"] == PEOPLE - removed
    assert Tally.objects.get().removed == removed


if connection.vendor == "postgresql":  # SQLite lets in one writer at a time

    def test_who_goes_between_a_look_and_the_insert_is_not_brought(monkeypatch):
        imported = Import.objects.create(proof=PROOF)
        look = importing._sort_out

        def look_and_be_slow(entries, by):
            found = look(entries, by)
            elsewhere(lambda: suppression.suppress(address(1), "erased"))
            return found

        monkeypatch.setattr(importing, "_sort_out", look_and_be_slow)
        report = run(imported, content_of(range(3)))

        assert on_list() == {address(0), address(2)}
        assert report.counts == {"new": 2, "gone": 1}
        assert Tally.objects.get().imported == 2

    def test_who_joins_between_a_look_and_the_insert_stays_as_they_are(monkeypatch):
        imported = Import.objects.create(proof=PROOF)
        look = importing._sort_out

        def look_and_be_slow(entries, by):
            found = look(entries, by)
            elsewhere(lambda: make_subscriber(email=address(1), state="left"))
            return found

        monkeypatch.setattr(importing, "_sort_out", look_and_be_slow)
        report = run(imported, content_of(range(3)))

        assert Subscriber.objects.get(email=address(1)).imported is None
        assert on_list() == {address(0), address(2)}
        assert report.counts == {"new": 2, "known": 1}
