"""Processes of the site are killed or replaced while readers read and writers write."""

import os
import signal

import pytest

from tests.faults.load import check_kept, load, wait_until_all_answer
from tests.faults.servers import (
    Gunicorn,
    is_alive,
    main_process,
    wait_until,
    web_workers,
)

pytestmark = pytest.mark.faults

CLIENTS = 5  # of a load: so many answers can be under way at once


def test_a_killed_web_process_costs_only_the_answers_it_was_giving(
    make_site, database_url, rounds
):
    site = make_site(Gunicorn, DATABASE_URL=database_url)
    site.start()

    with load(site) as found:
        for _ in range(rounds):
            found.wait_for(30)
            os.kill(web_workers(site)[0], signal.SIGKILL)
            found.wait_for(30)

    found.check(drops=CLIENTS * rounds)
    wait_until_all_answer(site)
    assert len(web_workers(site)) == 2
    check_kept(site, found)


def test_what_was_acknowledged_outlives_a_kill_of_everything(
    make_site, database_url, rounds
):
    site = make_site(DATABASE_URL=database_url)

    for _ in range(rounds):
        site.start()
        with load(site) as found:
            found.wait_for(20, "posts")
            for pid in site.processes():
                os.kill(pid, signal.SIGKILL)
        site.end()

        assert found.statuses() <= {200, 302, 503, 0}
        site.start()
        wait_until_all_answer(site)
        check_kept(site, found)
        site.end()


@pytest.mark.long  # the proxy's test does the same behind it
def test_a_deploy_by_hup_loses_no_request(make_site, database_url, rounds):
    site = make_site(Gunicorn, DATABASE_URL=database_url)
    site.start()

    with load(site) as found:
        for _ in range(rounds):
            found.wait_for(20)
            before = web_workers(site)
            os.kill(site.pid, signal.SIGHUP)
            wait_until(lambda: not any(map(is_alive, before)), "the old ones to end")  # noqa: B023
            found.wait_for(30)

    found.check()
    assert found.statuses() == {200, 302}
    check_kept(site, found)


def test_when_gunicorn_is_killed_the_site_ends_and_says_so(make_site, sqlite_url):
    site = make_site(DATABASE_URL=sqlite_url)
    site.start()
    everything = list(site.processes())

    os.kill(main_process(site), signal.SIGKILL)

    wait_until(lambda: not any(map(is_alive, everything)), "all to end")


def test_when_serve_is_killed_nothing_of_it_lives_on(make_site, sqlite_url):
    site = make_site(DATABASE_URL=sqlite_url)
    site.start()
    everything = list(site.processes())
    assert len(everything) >= 5  # serve, gunicorn with two of its own, the worker

    site.kill()

    wait_until(lambda: not any(map(is_alive, everything)), "all to end")
