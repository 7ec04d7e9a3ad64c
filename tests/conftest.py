import os

import pytest
from django.core.cache import cache

from articles.seed import seed_site


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()


@pytest.fixture
def site(db):
    """The site as its owner first sees it: seeded."""
    seed_site()


def pytest_collection_modifyitems(config, items):
    if not config.option.markexpr:
        slow = [item for item in items if item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


def pytest_sessionfinish(session):
    """With FAIL_ON_SKIP, as in CI, a test that could not run counts as one that failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("FAIL_ON_SKIP") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
