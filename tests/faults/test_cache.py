"""The cache of several machines is gone or hangs: reading and writing go on."""

from itertools import product

import pytest

from tests.faults.load import ARTICLE, READ, ask, comment, load, wait_until_all_answer
from tests.faults.servers import Gunicorn

pytestmark = pytest.mark.faults

PATIENCE = 3  # seconds for a page


def check_all_is_well(site):
    for number, path in product(range(2), [*READ, "/healthz"]):
        answers = ask(site, path), comment(site, f"{path} {number}")
        assert [answer.status for answer in answers] == [200, 302], answers
        assert max(answer.seconds for answer in answers) < PATIENCE, answers
    ready = ask(site, "/readyz")
    assert (ready.status, "cache does not answer" in ready.body) == (503, True)


def test_without_its_cache_the_site_reads_and_writes(make_site, sqlite_url, redis):
    site = make_site(Gunicorn, DATABASE_URL=sqlite_url, CACHE_URL=redis.url)
    site.start()

    with load(site, readers=1, writers=1) as found:
        found.wait_for(20)
        redis.kill()
        found.wait_for(20)
        check_all_is_well(site)
        redis.start()
        wait_until_all_answer(site)

    found.check()
    assert found.statuses() == {200, 302}


def test_with_a_hung_cache_the_site_reads_and_writes(make_site, sqlite_url, redis):
    site = make_site(Gunicorn, DATABASE_URL=sqlite_url, CACHE_URL=redis.url)
    site.start()
    assert ask(site, ARTICLE).status == 200

    with redis.hung():
        check_all_is_well(site)
    wait_until_all_answer(site)
