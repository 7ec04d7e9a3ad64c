import logging
import os

import hypothesis
import pytest
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from articles.models import Media
from articles.seed import seed_site
from footcare.lib import throttle

# How long an example takes says nothing on a busy machine.
hypothesis.settings.register_profile("footcare", deadline=None)
hypothesis.settings.load_profile("footcare")


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()


@pytest.fixture(autouse=True)
def _one_minute(monkeypatch):
    """The window of the limits never closes in the middle of a test, and nobody is known."""
    monkeypatch.setattr(throttle, "time", lambda: 1_800_000_000.0)
    monkeypatch.setattr(throttle, "_refused", {})
    monkeypatch.setattr(throttle, "_cache_fails_until", 0.0)


@pytest.fixture
def _one_connection():
    """As Django's own client has it: the test's transaction outlives a request."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def site(db):
    """The site as its owner first sees it: seeded."""
    seed_site()
    # Sequences go on from test to test; addresses in the tests name the item by number.
    Media.objects.update(id=1)


@pytest.fixture
def logged(caplog):
    """What the site writes into its log, also where that goes no further than Django."""
    loggers = [logging.getLogger(name) for name in ("django", "django.request")]
    for logger in loggers:
        logger.addHandler(caplog.handler)
    yield caplog
    for logger in loggers:
        logger.removeHandler(caplog.handler)


def pytest_collection_modifyitems(config, items):
    if not config.option.markexpr:
        asked_for = {"slow", "faults"}
        later = [i for i in items if any(map(i.get_closest_marker, asked_for))]
        config.hook.pytest_deselected(items=later)
        items[:] = [item for item in items if item not in later]


def pytest_sessionfinish(session):
    """With FAIL_ON_SKIP, as in CI, a test that could not run counts as one that failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("FAIL_ON_SKIP") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
