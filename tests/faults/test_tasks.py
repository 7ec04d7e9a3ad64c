"""A task engine sends letters where there is no worker, and sees nothing but the rows."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.letters import Letter, SlowMailServer, check, make_worker
from tests.faults.load import run
from tests.running import BASE_DIR

pytestmark = pytest.mark.faults


@pytest.fixture
def server():
    one = SlowMailServer(most=0)
    yield one
    one.end()


@pytest.fixture
def with_rq(tmp_path, server, redis, database_url):
    """A site whose settings name RQ; nothing of it runs."""
    return make_worker(
        tmp_path,
        server,
        DATABASE_URL=database_url,
        WAKE_BY="footcare.tasks.wake_rq",
        TASK_URL=redis.url,
    )


def burst(site):
    """RQ's own worker does what is asked of it, then ends; return what it says."""
    rq = Path(sys.executable).with_name("rq")
    done = subprocess.run(
        [rq, "worker", "--burst", "--url", site.env["TASK_URL"], "footcare"],
        cwd=BASE_DIR,
        env=site.env | {"PYTHONPATH": str(BASE_DIR)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout + done.stderr


def test_rq_sends_a_letter_with_no_worker_running(with_rq, server):
    letter = Letter(with_rq, server, readers=150, others=10)
    assert server.taken == []

    burst(with_rq)

    assert check(letter, repeats=0) == 0


def test_a_task_keeps_the_pace(with_rq, server):
    letter = Letter(with_rq, server, readers=30, per_second=10)

    burst(with_rq)

    assert check(letter, repeats=0) == 0
    assert server.times[-1] - server.times[0] > 2


def test_a_task_that_comes_twice_or_for_nothing_changes_nothing(with_rq, server):
    letter = Letter(with_rq, server, readers=20)
    wake = "from footcare import tasks; tasks.wake_rq(); tasks.wake_rq()"
    run(with_rq, wake)

    burst(with_rq)
    run(with_rq, wake)
    burst(with_rq)

    assert check(letter, repeats=0) == 0


def test_a_broker_that_is_away_keeps_no_letter_from_being_queued(
    with_rq, server, redis
):
    redis.kill()

    letter = Letter(with_rq, server, readers=20)
    with_rq.manage("worker", "--once")

    assert check(letter, repeats=0) == 0
