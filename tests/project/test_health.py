"""What programs that watch the site are told, and each reason why it is not in order."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from footcare import health
from footcare.lib import triggers
from outbox.models import Heartbeat, Message
from tests.running import free_port

GOOD = "database ok\ncache ok\nmigrations ok\ntriggers ok\nworker ok\nmail ok\nletters ok\n"
IN_THE_DATABASE = ("migrations", "triggers", "worker", "mail", "letters")


@pytest.fixture(autouse=True)
def _new_process(monkeypatch):
    monkeypatch.setattr(health, "_migrated", set())


@pytest.fixture
def _worker_lives(db):
    Heartbeat.objects.beat()


def refusal(client):
    """The lines of /readyz that are not "ok"."""
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert response.headers["Cache-Control"] == "no-store"
    lines = response.content.decode().splitlines()
    return [line for line in lines if not line.endswith(" ok")]


def test_the_site_lives_also_without_a_database(client, monkeypatch):
    monkeypatch.setattr(CursorWrapper, "execute", no_database)

    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.usefixtures("_worker_lives")
def test_all_in_order_is_200_and_a_line_for_each_thing(
    client, django_assert_max_num_queries
):
    response = client.get("/readyz")

    assert (response.status_code, response.content.decode()) == (200, GOOD)
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    assert not response.cookies
    with django_assert_max_num_queries(8):
        client.get("/readyz")
    assert client.head("/readyz").status_code == 200
    assert client.post("/readyz").status_code == 405


def no_database(*args, **kwargs):
    raise OperationalError("password=secret host=db.internal")


@pytest.mark.django_db
def test_a_database_that_is_away_is_told_without_its_words(client, monkeypatch):
    monkeypatch.setattr(CursorWrapper, "execute", no_database)

    assert refusal(client) == [
        "database cannot be asked",
        *(f"{name} cannot be asked" for name in IN_THE_DATABASE),
    ]


@pytest.mark.usefixtures("_worker_lives")
def test_a_migration_that_is_missing_is_told_until_it_is_there(client):
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("outbox", "0002_heartbeat")
    assert refusal(client) == ["migrations missing: 1; run manage.py migrate"]

    recorder.record_applied("outbox", "0002_heartbeat")

    assert client.get("/readyz").status_code == 200


@pytest.mark.usefixtures("_worker_lives")
def test_a_trigger_that_is_missing_is_told(client):
    name = sorted(triggers._existing(connection))[0]
    triggers._drop(connection, [name])

    assert refusal(client) == [f"triggers missing: {name}; run manage.py migrate"]


@pytest.mark.usefixtures("_worker_lives")
def test_a_cache_that_is_away_is_told(client, settings):
    settings.CACHE_IS_SHARED = True
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"redis://127.0.0.1:{free_port()}/0",
        }
    }

    assert refusal(client) == ["cache does not answer"]


@pytest.mark.usefixtures("_worker_lives")
def test_a_cache_that_forgets_is_told(client, settings):
    settings.CACHE_IS_SHARED = True
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    }

    assert refusal(client) == ["cache does not answer"]


@pytest.mark.django_db
def test_a_worker_that_never_was_there_is_told(client):
    assert refusal(client) == ["worker was never here; start manage.py worker"]


@pytest.mark.django_db
@pytest.mark.parametrize("minutes", [5, -5])
def test_a_worker_that_is_silent_is_told_wherever_the_clock_was_set(client, minutes):
    then = timezone.now() - timedelta(minutes=minutes, seconds=5 if minutes > 0 else -5)
    Heartbeat.objects.create(pk=1, beat_at=then)

    assert refusal(client) == ["worker silent for 5 minutes"]


@pytest.mark.usefixtures("_worker_lives")
def test_mail_that_waits_for_long_is_told(client):
    for minutes, number in [(9, 1), (-60, 2)]:
        due = timezone.now() - timedelta(minutes=minutes)
        Message.objects.create(to="a@x.org", message_id=f"<{number}@x>", due_at=due)
    assert client.get("/readyz").status_code == 200

    Message.objects.filter(message_id="<1@x>").update(
        due_at=timezone.now() - timedelta(minutes=12)
    )

    assert refusal(client) == ["mail waits for 12 minutes"]
