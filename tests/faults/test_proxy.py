"""nginx in front, with the configuration that owners are given."""

import os
import shutil
import signal
import subprocess

import pytest

from tests.faults.load import ARTICLE, ask, check_kept, comment, load
from tests.faults.servers import Gunicorn, is_alive, wait_until, web_workers
from tests.running import BASE_DIR, DEADLINE, free_port

pytestmark = pytest.mark.faults

CONFIGURATION = BASE_DIR / "docs" / "nginx" / "footcare.conf"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
AROUND = """
pid {folder}/nginx.pid;
error_log stderr;
daemon off;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""


class Proxied(Gunicorn):
    """The site behind nginx: ``port`` is the proxy's, where readers come."""

    def __init__(self, folder, **environment):
        behind = free_port()
        super().__init__(folder, **environment)
        self.env |= {"PORT": str(behind), "TRUSTED_PROXY_COUNT": "1"}
        self.folder, self.behind = folder, behind
        self.proxy = None

    def launch(self):
        if not self.proxy:
            configuration = self.folder / "nginx.conf"
            site = CONFIGURATION.read_text()
            site = site.replace("127.0.0.1:8000;", f"127.0.0.1:{self.behind};")
            site = site.replace("listen 80 ", f"listen 127.0.0.1:{self.port} ")
            configuration.write_text(AROUND.format(folder=self.folder, site=site))
            command = [NGINX, "-e", "stderr", "-c", str(configuration)]
            subprocess.run([*command, "-t"], check=True, capture_output=True)
            self.proxy = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        super().launch()

    def end(self):
        super().end()
        if self.proxy:
            self.proxy.terminate()
            self.proxy.wait(DEADLINE)


@pytest.fixture
def site(make_site, sqlite_url):
    if not NGINX:
        pytest.skip("There is no nginx here: install Debian's nginx-light.")
    made = make_site(Proxied, DATABASE_URL=sqlite_url)
    made.start()
    return made


def test_a_deploy_by_hup_behind_the_proxy_loses_no_request(site, rounds):
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


def test_nobody_gets_round_a_limit_by_what_he_claims(site):
    answers = [
        comment(
            site,
            f"Claim {number}",
            source="127.0.0.1",
            **{"X-Forwarded-For": f"198.51.100.{number}"},
        )
        for number in range(45)
    ]

    assert {answer.status for answer in answers} == {302, 429}


def test_while_the_site_is_away_the_proxy_says_when_to_come_back(site):
    site.kill()
    wait_until(lambda: not site.processes(), "all to end")

    answer = ask(site, ARTICLE)

    assert (answer.status, answer.headers["retry-after"]) == (503, "30")
    assert answer.headers["cache-control"] == "no-store"
    assert "Back in a moment" in answer.body
    assert answer.headers["server"] == "nginx"
    site.start()
    assert ask(site, ARTICLE).status == 200
