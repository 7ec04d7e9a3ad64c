"""The admin stands where ADMIN_PATH says, and nothing public tells where."""

import re

import pytest
from django.urls import get_resolver

from footcare.settings import TAKEN_PATHS
from tests.project.test_settings import KEY, run, settings_with


@pytest.mark.parametrize(
    ("value", "path"),
    [("desk", "desk/"), ("/my-desk_2/", "my-desk_2/"), ("back/door/", "back/door/")],
)
def test_the_address_of_the_admin_is_a_setting(value, path):
    assert settings_with()["ADMIN_PATH"] == "admin/"
    assert settings_with(ADMIN_PATH=value)["ADMIN_PATH"] == path


def test_the_admin_takes_no_address_of_the_site():
    names = re.findall(r"(?:^|, )([a-z]+)[/.]?", ", ".join(_routes(get_resolver())))

    assert set(names) - {"admin", "robots", "site", "sitemap"} <= TAKEN_PATHS


def _routes(resolver):
    """The first part of each address, as the URLconf writes it; "" for one in a variable."""
    for pattern in resolver.url_patterns:
        route = str(pattern.pattern)
        if not route and hasattr(pattern, "url_patterns"):
            yield from _routes(pattern)
        else:
            yield route.partition("<")[0]


ASK_MOVED = """
import django; django.setup()
from django.test import Client
client = Client(headers={"host": "localhost"})
print([client.get(f"/{path}/login/").status_code for path in ("my-desk", "admin")])
print(client.get("/my-desk/articles/article/").headers["Location"])
from footcare import machines
print(machines.NOT_FOR_ROBOTS)
"""


def test_a_moved_admin_is_found_there_alone_and_told_to_nobody(tmp_path):
    variables = {
        "SECRET_KEY": KEY,
        "DATA_DIR": str(tmp_path),
        "ADMIN_PATH": "my-desk",
        "DJANGO_SETTINGS_MODULE": "footcare.settings",
        "DEBUG": "1",
    }
    assert run("manage.py", "migrate", "--verbosity", "0", **variables).returncode == 0
    done = run("-c", ASK_MOVED, **variables)

    assert done.returncode == 0, done.stderr
    statuses, there, robots = done.stdout.splitlines()
    assert statuses == "[200, 404]"
    assert there == "/my-desk/login/?next=/my-desk/articles/article/"
    assert "desk" not in robots
    assert "admin" not in robots
