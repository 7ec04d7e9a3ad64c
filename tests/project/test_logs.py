"""What reaches the owner's log: no line of a stranger's making, and nobody's address."""

import io
import logging
import logging.config

import pytest
from django.conf import settings
from django.core.signing import dumps
from django.db import OperationalError, connection
from django.test import Client
from django.utils.log import AdminEmailHandler

from footcare.lib.logs import OneLineFormatter, one_line, without_people
from subscriptions import tokens
from tests.factories import make_subscriber

FORGERIES = ["a\nERROR django: forged", "a\r\nforged", "a\x0bforged", "a\x0cforged", "a\x1b[2Kforged", "a\x9b2Kforged", "a\x85forged", "a\u2028forged", "a\u2029forged", "a\u202eforged", "a\u2066forged", "a\x00forged", "a\x08\x08forged"]  # fmt: skip


@pytest.fixture
def log():
    """What the site's handler would write to the owner's terminal."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLineFormatter("{levelname} {name}: {message}", style="{"))
    configured = {"": settings.LOGGING["root"], **settings.LOGGING["loggers"]}
    loggers = [
        logging.getLogger(name)
        for name, values in configured.items()
        if "console" in values["handlers"]
    ]
    for logger in loggers:
        logger.addHandler(handler)
    yield stream.getvalue
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.mark.parametrize("words", FORGERIES)
def test_a_record_is_one_line_whatever_is_in_it(log, words):
    logging.getLogger("django.request").error("Asked for %s", words)

    (line,) = log().splitlines()
    assert line.startswith("ERROR django.request: Asked for a\\")
    assert line.isprintable()


@pytest.mark.parametrize("words", FORGERIES)
def test_no_line_of_a_traceback_passes_for_a_record(log, words):
    try:
        raise ValueError(words)
    except ValueError:
        logging.getLogger("django.request").exception("Failed")

    first, *others = log().splitlines()
    assert first == "ERROR django.request: Failed"
    assert [line for line in others if not line.startswith("| ")] == []
    assert all(line.isprintable() for line in others)


def test_half_a_character_is_written_out():
    # Not through a logger: what pytest catches there it could not write down itself.
    record = logging.makeLogRecord({"msg": "a\ud800b"})

    assert OneLineFormatter().format(record) == r"a\ud800b"


def test_nobody_can_be_found_in_a_log():
    token = dumps([1, "0" * 32], salt="subscriptions.leave")
    row = 'duplicate key value violates "x"\nDETAIL:  Failing row contains (7, Ada, My words).'

    assert without_people(f"/unsubscribe/{token}/") == "/unsubscribe/(token)/"
    short = tokens.make("leave", 7, "0" * 32)
    assert without_people(f"/unsubscribe/{short}/?a") == "/unsubscribe/(token)/?a"
    assert without_people("to Ada <ada.b+c@mail.example.org>") == "to Ada <(address)>"
    assert without_people("/?e=ada%40example.org&x=1") == "/?e=(address)&x=1"
    assert without_people(row).endswith("DETAIL: (not kept)")
    assert without_people("Listening at: http://127.0.0.1:8000 (12)").endswith("(12)")


@pytest.mark.parametrize("text", ["a" * 200_000, "a." * 100_000, "a:" * 100_000, "a:bbbbbb:" * 30_000])  # fmt: skip
def test_a_long_line_is_looked_through_once(text):
    assert without_people(one_line(text)) == text


def test_the_token_of_a_link_is_in_no_log_when_the_database_is_away(site, log):
    address = make_subscriber().leave_url.removeprefix(settings.SITE_URL)

    def away(execute, sql, *args):
        raise OperationalError("password for ada@example.org\nERROR django: forged")

    with connection.execute_wrapper(away):
        response = Client(raise_request_exception=False).get(address)

    assert response.status_code == 503
    assert "ERROR django.request: Service Unavailable: /unsubscribe/(token)/" in log()
    assert address.split("/")[2] not in log()
    assert "ada@example.org" not in log()
    assert "\nERROR django: forged" not in log()


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/nowhere/?email=ada@example.org", {}),
        ("/unsubscribe/nonsense/", {}),
        ("/", {"Host": "evil.example\nforged"}),
        ("/?a=%00", {}),
        ("/admin/articles/article/?password__startswith=a", {}),
    ],
)
def test_a_strangers_mistake_is_no_news(site, log, path, headers):
    Client(raise_request_exception=False).get(path, headers=headers)

    assert log() == ""


def test_a_forged_form_is_told_without_who_sent_it(site, log):
    client = Client(enforce_csrf_checks=True, REMOTE_ADDR="203.0.113.7")

    client.post("/admin/login/?next=/ada@example.org", {"username": "ada@example.org"})

    assert "203.0.113.7" not in log()
    assert "example.org" not in log()


def test_no_log_is_mailed():
    """An error mail would hold the form, the cookies and the settings."""
    names = [None, *logging.root.manager.loggerDict]
    handlers = [one for name in names for one in logging.getLogger(name).handlers]

    assert not [one for one in handlers if isinstance(one, AdminEmailHandler)]
