"""What gunicorn itself writes; its own code runs, with our configuration."""

import io

import pytest
from gunicorn.config import Config

from footcare import gunicorn


@pytest.fixture
def quiet(capsys):
    """gunicorn's logger as our configuration has it, writing to a buffer."""
    logger = gunicorn.QuietLogger(Config())
    out = io.StringIO()
    for handler in logger.error_log.handlers:
        handler.setStream(out)
    yield logger, out.getvalue
    for handler in list(logger.error_log.handlers):
        logger.error_log.removeHandler(handler)


def test_a_malformed_request_is_not_logged(quiet):
    logger, said = quiet

    logger.warning("Invalid request from ip=203.0.113.7: 'GET /unsubscribe/token'")

    assert said() == ""


def test_a_request_that_failed_is_logged_without_its_address(quiet):
    logger, said = quiet

    try:
        raise ValueError("words of ada@example.org\n[2026-11-25] forged")
    except ValueError:
        logger.exception("Error handling request %s %s", "GET", "/search/?q=private")

    first, *others = said().splitlines()
    assert first.endswith("[ERROR] Error handling a request")
    assert "ValueError: words of (address)" in said()
    assert [line for line in others if not line.startswith("| ")] == []


def test_gunicorn_still_says_what_the_owner_must_know(quiet):
    logger, said = quiet

    logger.warning("Worker (pid:%s) was sent SIGKILL!", 12)
    logger.exception("Socket error processing %s.", "x")

    assert "was sent SIGKILL!" in said()
    assert "Socket error processing x." in said()


def test_no_access_log_tells_who_reads_what():
    assert gunicorn.accesslog is None
    assert not {"%(h)s", "%(r)s", "%(U)s", "%(q)s", "%(f)s", "%(a)s"} & set(
        gunicorn.access_log_format.split()
    )
