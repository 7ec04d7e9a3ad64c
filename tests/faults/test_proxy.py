"""nginx in front, with the configuration that owners are given."""

import os
import shutil
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.load import ARTICLE, EDITOR, ask, check_kept, comment, load
from tests.faults.servers import Gunicorn, is_alive, wait_until, web_workers
from tests.running import BASE_DIR, DEADLINE, free_port

pytestmark = pytest.mark.faults

CONFIGURATION = BASE_DIR / "docs" / "nginx" / "footcare.conf"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
AROUND = """
{user}
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
            for place in ("/var/cache/", "/var/log/nginx/"):
                site = site.replace(place, f"{self.folder}/")
            site = site.replace("listen 80 ", f"listen 127.0.0.1:{self.port} ")
            # Root's nginx would give its workers another user, who may not write here.
            user = "user root root;" if os.geteuid() == 0 else ""
            around = AROUND.format(user=user, folder=self.folder, site=site)
            configuration.write_text(around)
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


def test_a_flood_of_forms_is_turned_away_before_the_site(site):
    form = {"email": "a@example.org"}

    def send(_):
        return ask(site, "/subscribe/", form, source="127.0.0.1")

    with ThreadPoolExecutor(30) as senders:
        answers = list(senders.map(send, range(90)))

    assert {answer.status for answer in answers} <= {302, 429}
    # The site itself tells the seconds of a minute that are left, in a page of its own.
    assert any("Wait ten seconds" in answer.body for answer in answers)
    assert ask(site, ARTICLE, source="127.0.0.1").status == 200


def test_a_page_may_be_kept_by_the_proxy_if_the_owner_says_so(make_site, sqlite_url):
    site = make_site(Proxied, DATABASE_URL=sqlite_url, CDN_SECONDS="60")
    site.start()
    first = ask(site, ARTICLE, **{"Accept-Encoding": "gzip, br"})
    comment(site, "Hereafter", **EDITOR)

    assert ask(site, ARTICLE, **{"Accept-Encoding": "br;q=1"}).body == first.body
    # Each encoding is another page; what is not asked for is not sent.
    plain = ask(site, ARTICLE, **{"Accept-Encoding": "br;q=0, gzip;q=0.0"})
    assert "content-encoding" not in plain.headers
    assert "Hereafter" in plain.body
    etag = {"If-None-Match": first.headers["etag"], "Accept-Encoding": "br"}
    assert ask(site, ARTICLE, **etag).status == 304
    assert "Hereafter" not in first.body


def test_the_proxy_keeps_nothing_that_the_owner_did_not_allow(site):
    first = ask(site, ARTICLE)
    comment(site, "Hereafter", **EDITOR)

    assert "Hereafter" not in first.body
    assert "Hereafter" in ask(site, ARTICLE).body


def test_the_proxy_writes_down_no_token_and_no_key(site):
    for path in [
        "/unsubscribe/s3cret/", "/subscribe/confirm/s3cret/", "/preferences/s3cret/",
        "/comments/check/s3cret/?do=s3cret", "/comments/confirm/s3cret/",
        "/comments/mute/s3cret/", "/comments/yours/s3cret/comments.json",
        "/articles/foot-massage/comments/sent/?key=s3cret", "/search/?q=s3cret",
    ]:  # fmt: skip
        ask(site, path)
    ask(site, ARTICLE)

    log = site.folder / "access.log"
    wait_until(lambda: ARTICLE in log.read_text(), "the log")
    assert log.read_text().count("\n") >= 10
    assert "s3cret" not in log.read_text()
