"""The machine's clock is set back while the site runs."""

import json
import shutil
import subprocess
import sys

import pytest

from tests.faults.conftest import FIXED
from tests.faults.load import (
    ARTICLE,
    EDITOR,
    READ,
    ask,
    comment,
    run,
    wait_until_all_answer,
)
from tests.faults.servers import Gunicorn
from tests.running import BASE_DIR, DEADLINE

pytestmark = pytest.mark.faults

HOUR, DAY = 3600, 24 * 3600
MAILS = """
import json
from outbox.models import Message
print(json.dumps(sorted(Message.objects.values_list("to", "subject", "attempts", "state"))))
"""
LINK = """
from subscriptions.models import Subscriber
print(Subscriber.objects.get().confirm_url)
"""
NEW_ARTICLE = """
from datetime import timedelta
from django.utils import timezone
from articles.models import Article
Article.objects.create(
    title="In an hour", slug="in-an-hour", status="published",
    published_at=timezone.now() + timedelta(hours=1),
)
"""


class MovedClock(Gunicorn):
    command = (*Gunicorn.command, "tests.faults.clock:application")

    def set_clock(self, seconds):
        """Set it to ``seconds`` after the true time."""
        with open(self.env["CLOCK"], "w") as file:
            file.write(str(seconds))

    def work(self):
        """One turn of the worker, by the same clock; return what it says."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.clock", "worker", "--once"],
            cwd=BASE_DIR,
            env=self.env,
            check=True,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
        )
        assert done.stderr == ""
        return done.stdout


@pytest.fixture(scope="module")
def moved(seeded_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("moved")
    file = shutil.copy(seeded_file, folder / "site.sqlite3")
    clock = str(folder / "clock")
    site = MovedClock(folder, DATABASE_URL=f"sqlite:///{file}", CLOCK=clock, **FIXED)
    site.set_clock(0)
    site.start()
    yield site
    site.end()


@pytest.fixture
def site(moved):
    moved.set_clock(0)
    return moved


def test_articles_are_there_by_the_clock_of_now(site):
    run(site, NEW_ARTICLE)
    found = []

    for moved in (0, 2 * HOUR, 0, -DAY):
        site.set_clock(moved)
        found.append(
            [ask(site, path).status for path in ("/articles/in-an-hour/", ARTICLE)]
        )

    assert found == [[404, 200], [200, 200], [404, 200], [404, 404]]


def test_limits_sessions_and_pages_stand_a_clock_that_goes_back(site):
    for moved in (0, -HOUR, -30 * DAY, 0):
        site.set_clock(moved)
        for path in (*READ, "/sitemap.xml", "/.well-known/security.txt"):
            assert ask(site, path).status in {200, 404}
        assert ask(site, "/readyz").status in {200, 503}
        answer = comment(site, f"At {moved}", **EDITOR)
        assert answer.status == (404 if moved < 0 else 302), answer
    wait_until_all_answer(site)


def test_nothing_is_sent_twice_and_a_link_of_the_future_is_good(site):
    site.set_clock(HOUR)
    assert ask(site, "/subscribe/", {"email": "me@example.org"}).status == 302
    assert site.work().count("... sent") == 1
    path = run(site, LINK).strip().removeprefix(site.url)

    for moved in (-HOUR, -DAY, 0, HOUR):
        site.set_clock(moved)
        assert "... sent" not in site.work()
        assert ask(site, path).status == 200
    assert ask(site, path, {"a": "b"}).status == 200
    assert site.work().count("... sent") == 1

    mails = json.loads(run(site, MAILS))
    assert [(to, tries, state) for to, _, tries, state in mails] == [
        ("me@example.org", 1, "sent"),
        ("me@example.org", 1, "sent"),
    ]
