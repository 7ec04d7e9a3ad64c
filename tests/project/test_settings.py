"""The environment decides; a mistake in it is one sentence at the start."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from articles.models import SiteSettings
from footcare import checks

ROOT = Path(__file__).resolve().parents[2]
KEY = "k" * 50
ASK = (
    "import json; from footcare import settings as s; "
    "print(json.dumps({n: getattr(s, n) for n in dir(s) if n.isupper() "
    "and isinstance(getattr(s, n), (str, int, list, dict))}, default=str))"
)


def run(*arguments, **variables):
    """Run Python in a process whose environment holds ``variables`` and no .env is read."""
    environment = {"PATH": os.environ["PATH"], "DOT_ENV": os.devnull, **variables}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def settings_with(**variables):
    done = run("-c", ASK, SECRET_KEY=KEY, **variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("key", ["", "short", "django-insecure-" + KEY])
def test_without_a_good_key_it_refuses_to_start_in_one_sentence(key):
    done = run("manage.py", "check", SECRET_KEY=key)

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("Footcare cannot start: SECRET_KEY is missing")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("url", ["example.org", "ftp://example.org", "https://", "https://example.org/blog", "https://example.org?x=1", "https://me@example.org"])  # fmt: skip
def test_an_address_that_is_none_is_refused_in_one_sentence(url):
    done = run("manage.py", "check", SECRET_KEY=KEY, SITE_URL=url)

    assert done.returncode == 1
    assert done.stderr.startswith(f"Footcare cannot start: SITE_URL is '{url}'")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PAGE_CACHE_MB", "-1"),
        ("CDN_SECONDS", "-5"),
        ("TRUSTED_PROXY_COUNT", "x"),
        ("DATABASE_URL", "nonsense"),
        ("BOUNCE_MAILBOX", "imap://me:p@mail.example.org/INBOX"),
        ("BOUNCE_MAILBOX", "imaps://mail.example.org/INBOX"),
        ("BOUNCE_MAILBOX", "imaps://me:p@host:x/INBOX"),
        ("BOUNCE_MAILBOX", "pop3://me:p@host"),
        ("MAIL_PROVIDER", "pigeon"),
        ("BOUNCE_MAILBOX", "maildir:relative"),
        ("BOUNCE_MAILBOX", "/var/mail/bounces"),
        ("DATABASE_URL", "mysql://me@host/name"),
        ("SITE_URL", "http://localhost:99999"),
        ("TIME_ZONE", "Mars/Base"),
        ("SITE_LANGUAGE", "tlh"),
        ("ADMIN_PATH", "/"),
        ("ADMIN_PATH", "articles/"),
        ("ADMIN_PATH", "static"),
        ("ADMIN_PATH", "My desk/"),
        ("ADMIN_PATH", "../desk/"),
        ("ADMIN_PATH", "desk//x/"),
        ("ADMIN_PATH", "desk/?x"),
        ("ADMIN_PATH", "d[e-s]k/"),
    ],
)
def test_a_value_that_cannot_be_read_is_one_sentence_that_names_it(name, value):
    done = run("manage.py", "check", SECRET_KEY=KEY, **{name: value})

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"Footcare cannot start: {name} ")


def test_the_usual_port_is_left_out_of_the_origin_as_a_browser_leaves_it():
    values = settings_with(SITE_URL="https://example.org:443")

    assert values["SITE_ORIGINS"] == ["https://example.org"]


def test_one_address_decides_hosts_origins_cookies_and_the_sender():
    values = settings_with(SITE_URL="https://feet.example.org/")

    assert values["SITE_URL"] == "https://feet.example.org"
    assert values["ALLOWED_HOSTS"] == ["feet.example.org"]
    assert values["CSRF_TRUSTED_ORIGINS"] == ["https://feet.example.org"]
    assert values["SESSION_COOKIE_SECURE"]
    assert values["CSRF_COOKIE_SECURE"]
    assert values["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert values["SECURE_HSTS_SECONDS"] == 31_536_000
    assert values["DEFAULT_FROM_EMAIL"] == "Footcare <footcare@feet.example.org>"


def test_on_ones_own_machine_every_name_of_it_is_ours():
    values = settings_with(PORT="8123")

    assert values["SITE_URL"] == "http://localhost:8123"
    assert values["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert "http://[::1]:8123" in values["SITE_ORIGINS"]
    assert not values["SESSION_COOKIE_SECURE"]
    assert values["SECURE_HSTS_SECONDS"] == 0
    assert values["DEBUG"] is False


def test_the_language_of_the_site_is_a_setting():
    assert settings_with()["LANGUAGE_CODE"] == "en"
    assert settings_with(SITE_LANGUAGE="de")["LANGUAGE_CODE"] == "de"


def test_sqlite_is_the_default_with_its_pragmas():
    values = settings_with(DATA_DIR="/data")

    database = values["DATABASES"]["default"]
    assert database["NAME"] == "/data/db.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]
    assert "synchronous=FULL" in database["OPTIONS"]["init_command"]
    assert database["CONN_MAX_AGE"] is None
    assert values["EMAIL_BACKEND"] == "outbox.backends.FileBackend"
    assert values["EMAIL_FILE_PATH"] == "/data/mail"


def test_the_environment_brings_postgresql_redis_and_a_mail_server():
    values = settings_with(
        DATABASE_URL="postgres://user:secret@db.example/foot",
        CACHE_URL="redis://cache.example:6379/1",
        EMAIL_URL="smtp+tls://me:secret@mail.example:587",
    )

    assert values["DATABASES"]["default"]["ENGINE"] == "django.db.backends.postgresql"
    assert values["CACHES"]["default"]["LOCATION"] == "redis://cache.example:6379/1"
    assert values["EMAIL_HOST"] == "mail.example"
    assert values["EMAIL_USE_TLS"] is True


def test_check_deploy_is_clean_when_all_is_set():
    done = run(
        "manage.py", "check", "--deploy", "--fail-level", "WARNING",
        SECRET_KEY="abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789",
        SITE_URL="https://feet.example.org",
        DATABASE_URL="postgres://user@127.0.0.1/foot",
        CACHE_URL="redis://127.0.0.1:6379/1",
        EMAIL_URL="smtp+tls://me:secret@mail.example:587",
        FROM_EMAIL="Feet <letters@feet.example.org>",
        TRUSTED_PROXY_COUNT="1",
    )  # fmt: skip

    assert "System check identified" in done.stdout + done.stderr
    problems = [line for line in done.stderr.splitlines() if line.startswith("?: ")]
    assert [line for line in problems if "footcare.W007" not in line] == []


def test_check_deploy_tells_an_owner_every_mistake_with_id_and_hint():
    done = run("manage.py", "check", "--deploy", SECRET_KEY=KEY)

    for id_ in ["footcare.W001", "footcare.W002", "footcare.W003"]:
        assert id_ in done.stderr
    assert done.stderr.count("HINT:") >= 3


@pytest.mark.parametrize(
    ("variables", "asks"),
    [
        ({}, False),
        ({"HOST": "::1"}, False),
        ({"HOST": "0.0.0.0"}, True),
        ({"SITE_URL": "https://feet.example.org"}, True),
        ({"SITE_URL": "https://feet.example.org", "TRUSTED_PROXY_COUNT": "1"}, False),
        ({"HOST": "0.0.0.0", "TRUSTED_PROXY_COUNT": "2"}, False),
    ],
)
def test_check_deploy_asks_for_a_proxy_where_strangers_come(variables, asks):
    done = run("manage.py", "check", "--deploy", SECRET_KEY=KEY, **variables)

    assert ("footcare.W008" in done.stderr) is asks


def test_check_deploy_asks_for_the_facts_that_a_health_page_needs(site):
    missing = {message.msg for message in checks.facts_are_set(None)}
    assert len(missing) == 3
    assert any("emergency number" in message for message in missing)

    SiteSettings.objects.update(
        emergency_number="123", publisher="Me", contact_email="me@x.org"
    )

    assert checks.facts_are_set(None) == []


@pytest.mark.parametrize(
    ("version", "faulty"),
    [
        ((3, 6, 99), False), ((3, 40, 1), True), ((3, 44, 5), True), ((3, 44, 6), False),
        ((3, 46, 1), True), ((3, 50, 6), True), ((3, 50, 7), False), ((3, 51, 2), True),
        ((3, 51, 3), False), ((3, 52, 0), False), ((4, 0, 0), False),
    ],
)  # fmt: skip
def test_the_sqlite_versions_that_can_damage_a_database_are_known(version, faulty):
    assert checks.has_wal_fault(version) is faulty


def test_gunicorn_alone_says_its_mistake_in_one_sentence():
    done = run("-m", "gunicorn", "-c", "python:footcare.gunicorn", SECRET_KEY="short")

    assert done.returncode == 1
    assert done.stderr.startswith("Footcare cannot start: SECRET_KEY is missing")


@pytest.mark.parametrize("name", ["WEB_WORKERS", "WEB_THREADS"])
def test_a_server_without_anybody_to_answer_does_not_start(name):
    done = run("-m", "gunicorn", "-c", "python:footcare.gunicorn", SECRET_KEY=KEY, **{name: "0"})  # fmt: skip

    assert done.returncode == 1
    assert done.stderr.startswith("Footcare cannot start: WEB_WORKERS")


def test_the_folder_of_the_site_may_have_any_name(tmp_path):
    folder = tmp_path / "my site #1 50%?x"

    found = settings_with(DATA_DIR=str(folder))

    assert found["DATABASES"]["default"]["NAME"] == str(folder / "db.sqlite3")


@pytest.mark.parametrize(
    "variables",
    [
        {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"},
        {"DATABASE_URL": "sqlite:////proc/none/db.sqlite3"},
        {"DATA_DIR": "/proc/none"},
    ],
)
def test_a_start_without_its_database_or_folder_ends_in_one_sentence(variables):
    done = run("manage.py", "serve", SECRET_KEY=KEY, **variables)

    assert done.returncode == 1
    assert "Footcare cannot start: the database or the folder" in done.stderr
    assert "Traceback" not in done.stderr


def test_gunicorn_opens_no_door_but_the_site(tmp_path):
    done = run(
        "-m", "gunicorn", "-c", "python:footcare.gunicorn", "--print-config",
        SECRET_KEY=KEY, DATA_DIR=str(tmp_path),
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    config = dict(re.findall(r"^(\w+) += (.*)$", done.stdout, re.MULTILINE))
    assert config["control_socket_disable"] == "True"
    assert config["bind"] == "['127.0.0.1:8000']"
    assert config["forwarded_allow_ips"] == config["forwarder_headers"] == "[]"
