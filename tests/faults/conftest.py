"""Databases and servers of the faults' own; FAULTS=long makes each fault last."""

import os
import shutil
from itertools import count
from pathlib import Path

import pytest

from tests.faults.servers import PostgreSQL, Redis, postgresql_program
from tests.running import Site

_numbers = count(1)
LONG = os.environ.get("FAULTS") == "long"


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


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request, tmp_path):
    """The address of an empty database of each kind, in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/site.sqlite3"
    return request.getfixturevalue("cluster").url(new_name())


@pytest.fixture(scope="session")
def seeded_file(tmp_path_factory):
    """A database of SQLite as the first start makes it; to be copied."""
    folder = tmp_path_factory.mktemp("seeded")
    return folder / "site.sqlite3" if seed(f"sqlite:///{folder}/site.sqlite3") else None


@pytest.fixture(scope="session")
def seeded_template(cluster):
    """The same of PostgreSQL."""
    seed(cluster.url("seeded"))
    return "seeded"


def seed(url):
    ready = Site(Path(os.devnull), DATABASE_URL=url)
    ready.manage("migrate", "--verbosity", "0")
    return ready.manage("seed_site")


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
    """Make the site, of ``kind``; it is ended with the test. Nothing of it is checked here."""
    made = []

    def make(kind=Site, folder=tmp_path, **environment):
        # One proxy is believed, so that the writers can be many.
        site = kind(folder, TRUSTED_PROXY_COUNT="1", **environment)
        made.append(site)
        return site

    yield make
    for site in made:
        site.end()
