"""Workers are killed, stopped and many, and each reader has the letter once."""

import os
import random
import shutil
import signal
import subprocess

import pytest
from django.db import connection

from tests.faults.conftest import FIXED
from tests.faults.letters import (
    InNetwork,
    Letter,
    SlowMailServer,
    check,
    in_background,
    kill_at_random,
    make_worker,
)
from tests.faults.servers import PostgreSQL, wait_until

KILLS = 5
P4 = 0.25  # seconds after which nothing is sent to who has left


@pytest.fixture(params=["sqlite", "postgresql"])
def either_url(request):
    """A seeded site's database of either kind, also in the short form."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def own_url(request):
    """One of the kind that the tests run on: `make slow` goes through both."""
    return request.getfixturevalue(f"{connection.vendor}_url")


@pytest.fixture
def server():
    one = SlowMailServer()
    yield one
    one.end()


@pytest.fixture
def workers(tmp_path, server):
    """Make workers; with the test they are killed."""
    made = []

    def make(url, count=1, **environment):
        new = [
            make_worker(tmp_path, server, DATABASE_URL=url, **environment)
            for _ in range(count)
        ]
        made.extend(new)
        return new

    yield make
    for one in made:
        if one.is_started:
            one.kill()


@pytest.fixture
def chance():
    """Printed, so that a failure can be had again."""
    seed = random.randrange(10**6)
    print(f"random.seed({seed})")
    random.seed(seed)


@pytest.mark.faults
@pytest.mark.usefixtures("chance")
def test_killed_workers_lose_nobody_and_repeat_at_most_what_was_under_way(
    workers, server, either_url
):
    (worker,) = workers(either_url)
    letter = Letter(worker, server, readers=300, others=30)

    worker.launch()
    kill_at_random(worker, server, KILLS, 300)
    letter.wait(worker)

    check(letter, repeats=KILLS)


@pytest.mark.faults
@pytest.mark.usefixtures("chance")
def test_at_most_once_nobody_has_it_twice_whoever_is_killed(
    workers, server, database_url
):
    (worker,) = workers(database_url)
    letter = Letter(worker, server, readers=300, at_most_once=True)

    worker.launch()
    kill_at_random(worker, server, KILLS, 300)
    letter.wait(worker)

    found = letter.look()
    by_state = {state: set() for state in ("sent", "uncertain")}
    for state, email, name, _ in found["ledger"]:
        by_state[state].add((email, name))
    assert found["state"] == "sent"
    assert len(server.taken) == len(set(server.taken))
    assert (
        by_state["sent"]
        <= set(server.taken)
        <= by_state["sent"] | by_state["uncertain"]
    )
    assert len(by_state["uncertain"]) <= KILLS


@pytest.mark.faults
def test_three_workers_at_once_repeat_nothing_and_a_polite_end_leaves_nothing_open(
    workers, server, either_url
):
    three = workers(either_url, 3, LETTER_LEASE="100")  # a row that is left open waits
    for worker in three:
        worker.launch()
    letter = Letter(three[0], server, readers=900, others=10, per_second=150)

    wait_until(lambda: all(" a second" in one.said() for one in three), "all three")
    assert three[0].ask_to_end() == 0
    letter.wait(*three[1:], seconds=60)

    assert check(letter, repeats=0) == 0
    server.wait_for(900)
    once = workers(either_url)[0]
    assert "Letter" not in once.manage("worker", "--once")
    assert len(server.taken) == 900


@pytest.mark.faults
def test_who_leaves_in_mid_run_does_not_get_it(workers, server, database_url):
    (worker,) = workers(database_url)
    letter = Letter(worker, server, readers=800, per_second=100)

    leaving = in_background(letter.leave, 100, 800, 7)
    worker.launch()
    left = leaving()
    letter.wait(worker)

    at = dict(zip(server.addresses, server.times, strict=True))
    assert len(server.taken) == len(at)
    got_it_late = {one: at[one] - moment for one, moment in left.items() if one in at}
    assert max(got_it_late.values(), default=0) < P4
    assert len(at) == 800 - len(left) + len(got_it_late)
    assert len(got_it_late) < len(left)


@pytest.mark.slow
@pytest.mark.usefixtures("chance")
def test_five_thousand_readers_and_twenty_kills(workers, server, own_url):
    (worker,) = workers(own_url)
    letter = Letter(worker, server, readers=5000, others=500)

    worker.launch()
    kill_at_random(worker, server, 20, 5000)
    letter.wait(worker, seconds=300)

    repeats = check(letter, repeats=20)
    print(f"{len(server.taken)} mails, of which {repeats} are repeats.")
    assert "Letter" not in worker.manage("worker", "--once")


@pytest.mark.slow
@pytest.mark.usefixtures("chance")
def test_two_workers_of_which_now_one_and_now_the_other_is_killed(
    workers, server, own_url
):
    two = workers(own_url, 2)
    letter = Letter(two[0], server, readers=3000, others=100)

    for worker in two:
        worker.launch()
    for number in range(10):
        server.wait_for(len(server.taken) + random.randint(20, 250))
        two[number % 2].kill()
        two[number % 2].launch()
    letter.wait(*two, seconds=300)

    check(letter, repeats=10)


@pytest.mark.slow
@pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="Who stands still may hold SQLite's lock, and then all stand still.",
)
def test_a_worker_that_stood_still_repeats_nothing_when_it_wakes(
    workers, server, own_url
):
    two = workers(own_url, 2)
    letter = Letter(two[0], server, readers=2000)

    for worker in two:
        worker.launch()
    for number in range(3):
        server.wait_for(len(server.taken) + 100)
        (pid,) = two[number % 2].processes()
        os.kill(pid, signal.SIGSTOP)
        server.wait_for(len(server.taken) + 300)
        wait_until(
            lambda: "uncertain" in str(letter.look()) or letter.is_sent(), "a lease"
        )
        os.kill(pid, signal.SIGCONT)
    letter.wait(*two, seconds=300)

    check(letter, repeats=3)


@pytest.fixture
def networks():
    """Two network namespaces with one machine, ours, between them."""
    names = ["footcare1", "footcare2"]
    made = []
    try:
        for number, name in enumerate(names, 1):
            ip("netns", "add", name)
            made.append(name)
            ip(
                "link",
                "add",
                f"fc{number}",
                "type",
                "veth",
                "peer",
                "name",
                f"fc{number}in",
                "netns",
                name,
            )
            ip("addr", "add", f"10.77.{number}.1/24", "dev", f"fc{number}")
            ip("link", "set", f"fc{number}", "up")
            ip(
                "-n",
                name,
                "addr",
                "add",
                f"10.77.{number}.2/24",
                "dev",
                f"fc{number}in",
            )
            ip("-n", name, "link", "set", f"fc{number}in", "up")
        yield names
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"No network namespaces here ({error}): be root, install iproute2.")
    finally:
        for name in made:
            ip("netns", "del", name)


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "postgresql", reason="It is about PostgreSQL.")
@pytest.mark.skipif(not shutil.which("ip"), reason="There is no ip: install iproute2.")
def test_two_machines_with_networks_of_their_own_share_one_letter(
    networks, tmp_path, workers
):
    server = SlowMailServer(address=("0.0.0.0", 0))
    cluster = PostgreSQL()
    machines = []
    try:
        cluster.let_in("10.77.0.0/16")
        url = cluster.url("shared")
        near = make_worker(tmp_path, server, DATABASE_URL=url)
        near.manage("migrate", "--verbosity", "0")
        letter = Letter(near, server, readers=1000, others=50)
        for number, network in enumerate(networks, 1):
            host = f"10.77.{number}.1"
            machines.append(
                InNetwork(
                    tmp_path / network,
                    network,
                    **FIXED
                    | {
                        "DATABASE_URL": url.replace("127.0.0.1", host),
                        "EMAIL_URL": f"smtp://{host}:{server.port}",
                    },
                )
            )
            machines[-1].launch()
        letter.wait(*machines)

        assert check(letter, repeats=0) == 0
        assert all(" a second" in machine.said() for machine in machines)
    finally:
        for machine in machines:
            machine.kill()
        server.end()
        cluster.end()
