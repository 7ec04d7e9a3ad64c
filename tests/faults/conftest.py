"""Databases and servers of the faults' own; FAULTS=long makes each fault last."""

import os
import shutil
import signal
from itertools import count

import pytest

from tests.faults.load import seed
from tests.faults.servers import PostgreSQL, Redis, postgresql_program
from tests.running import Site

_numbers = count(1)
LONG = os.environ.get("FAULTS") == "long"
FIXED = {"SECRET_KEY": "k" * 50}  # so that who is logged in stays so


def pytest_collection_modifyitems(config, items):
    if not LONG:
        later = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=later)
        items[:] = [item for item in items if item not in later]


@pytest.fixture
def rounds():
    """How often a fault comes."""
    return 5 if LONG else 1


@pytest.fixture(scope="session")
def cluster():
    if not postgresql_program("initdb"):
        pytest.skip("There is no PostgreSQL server here: install Debian's postgresql.")
    server = PostgreSQL()
    yield server
    server.end()


@pytest.fixture
def redis(tmp_path):
    if not shutil.which("redis-server"):
        pytest.skip("There is no Redis here: install Debian's redis-server.")
    server = Redis(tmp_path)
    yield server
    server.kill()


@pytest.fixture(params=["sqlite", "postgresql"] if LONG else ["sqlite"])
def empty_database(request, tmp_path):
    """The address of an empty database of each kind, in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/site.sqlite3"
    return request.getfixturevalue("cluster").url(new_name())


@pytest.fixture(scope="session")
def seeded_file(tmp_path_factory):
    """A database of SQLite as the first start makes it; to be copied."""
    folder = tmp_path_factory.mktemp("seeded")
    seed(Site(folder, DATABASE_URL=f"sqlite:///{folder}/site.sqlite3", **FIXED))
    return folder / "site.sqlite3"


@pytest.fixture(scope="session")
def seeded_template(cluster, tmp_path_factory):
    """The same of PostgreSQL."""
    folder = tmp_path_factory.mktemp("template")
    seed(Site(folder, DATABASE_URL=cluster.url("seeded"), **FIXED))
    return "seeded"


def new_name():
    return f"faults_{next(_numbers)}"


@pytest.fixture
def sqlite_url(seeded_file, tmp_path):
    """A seeded site's database, of the test's own."""
    copy = shutil.copy(seeded_file, tmp_path / "site.sqlite3")
    return f"sqlite:///{copy}"


@pytest.fixture
def postgresql_url(cluster, seeded_template):
    return cluster.url(new_name(), seeded_template)


@pytest.fixture(params=["sqlite", "postgresql"] if LONG else ["sqlite"])
def database_url(request):
    """For faults that are not the database's own: the short form sees one kind."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def make_site(tmp_path):
    """Make the site, of ``kind``; with the test it is killed."""
    made = []

    def make(kind=Site, folder=tmp_path, **environment):
        site = kind(folder, **FIXED, **environment)
        made.append(site)
        return site

    yield make
    for site in made:
        if site.is_started:
            for pid in site.processes():
                os.kill(pid, signal.SIGKILL)
        site.end()
