"""Two that prepare the same database at the same moment."""

import json
import subprocess
import sys

import pytest

from tests.faults.load import run
from tests.running import BASE_DIR, DEADLINE, Site

pytestmark = pytest.mark.faults

STATE = """
import json
from django.core.management import call_command
from articles.models import Article, Page
from footcare.lib import triggers
call_command("migrate", "--check", verbosity=0)
print(json.dumps([Article.objects.count(), Page.objects.count(), triggers.missing()]))
"""
GOOD = [1, 6, []]


def at_once(site, *commands):
    """Run all commands together; each ends well. What each said."""
    running = [
        subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=BASE_DIR,
            env=site.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for command in commands
    ]
    said = [process.communicate(timeout=2 * DEADLINE)[0] for process in running]
    assert [process.returncode for process in running] == [0] * len(commands), said
    return said


def state(site):
    return json.loads(run(site, STATE))


@pytest.mark.long  # two starts do the same
def test_two_first_migrations_come_one_after_the_other(make_site, empty_database):
    site = make_site(DATABASE_URL=empty_database)

    at_once(site, ["migrate"], ["migrate"], ["migrate"])
    at_once(site, ["seed_site"], ["seed_site"])

    assert state(site) == GOOD


@pytest.mark.parametrize(
    "kind", [pytest.param("sqlite", marks=pytest.mark.long), "postgresql"]
)
def test_two_migrations_of_an_old_database_come_one_after_the_other(
    make_site, request, kind
):
    site = make_site(DATABASE_URL=request.getfixturevalue(f"{kind}_url"))
    site.manage("migrate", "outbox", "0001")
    site.manage("migrate", "articles", "0003")

    said = at_once(site, ["migrate"], ["migrate"])

    for name in ("outbox.0002_heartbeat", "articles.0004_search"):
        assert sum(f"Applying {name}... OK" in one for one in said) == 1, said
    assert state(site) == GOOD


def test_two_starts_at_once_prepare_the_site_once(make_site, empty_database, tmp_path):
    sites = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        sites.append(make_site(Site, folder, DATABASE_URL=empty_database))

    for site in sites:
        site.launch()
    for site in sites:
        site.wait()

    said = [site.said() for site in sites]
    assert sum("Wrote Foot massage." in one for one in said) == 1, said
    assert "Traceback" not in "".join(said)
    assert state(sites[0]) == GOOD
