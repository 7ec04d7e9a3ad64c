"""What a reader's request costs: pages kept and made anew, beside what does nothing.

`python -m benchmarks.read` drives these with wrk, in turns, on loopback alone: the site's
pages; the article's bytes from a WSGI app that does nothing on the same gunicorn (what lies
between the two is ours); the article as a file from nginx (as low as it gets), and nginx in
front of the site with its micro-cache. It needs wrk and nginx, and `make run` once before;
its database is its own and goes with it. wrk works on the same cores, so look at CPU a
request before requests a second.
"""

import argparse
import json
import os
import re
import signal
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.servers import (
    Figures,
    Page,
    Server,
    answer,
    drive,
    free_ports,
    start,
    stop,
    tool,
)
from benchmarks.site import ARTICLE, COMMENTS, GUNICORN, make_site, set_environment

WARM_UP = 1  # seconds
SAME, FILE = "same bytes, same gunicorn", "file, nginx"
PORTS = ("site", "constant", "anew", "wholly", "behind", "file", "proxy")
PAGES = {
    "home": "/",
    "list": "/articles/",
    "topic": "/topics/massage/",
    "feed": "/feeds/articles.rss",
}
MADE = PAGES | {"search": "/search/?q=warm+feet"}


@dataclass
class Case:
    """One row of the table: what is asked of whom."""

    server: Server
    path: str
    headers: dict[str, str] = field(default_factory=dict)


NGINX_CONF = """
%(user)s
daemon off;
worker_processes 2;
pid nginx.pid;
events { worker_connections 1024; }
http {
    access_log off;
    sendfile on;
    keepalive_requests 1000000;
    types { text/html html; }
    charset utf-8;
    client_body_temp_path kept; proxy_temp_path kept; fastcgi_temp_path kept;
    uwsgi_temp_path kept; scgi_temp_path kept;
    server { listen 127.0.0.1:%(file)s; root www; }
    proxy_cache_path cache keys_zone=footcare:1m;
    server {
        listen 127.0.0.1:%(proxy)s;
        location / {
            proxy_pass http://127.0.0.1:%(behind)s;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host localhost:%(site)s;
            proxy_cache footcare;
            proxy_cache_use_stale updating;
            proxy_cache_background_update on;
        }
    }
}
"""


def constant(folder: str) -> Callable[..., list[bytes]]:
    """The WSGI app that gives every request the page and headers kept in ``folder``."""
    body = (Path(folder) / "page.html").read_bytes()
    kept = json.loads((Path(folder) / "headers.json").read_text())
    headers = [(name, value) for name, value in kept]

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", headers)
        return [body]

    return app


def unlimited() -> Callable[..., Any]:
    """The site for one client that searches more often than is allowed."""
    from footcare.wsgi import application  # isort: skip  (sets Django up)
    from articles import views

    views.SEARCHES_A_MINUTE = 10**9
    return application


def without_frames() -> Callable[..., Any]:
    """The site with no frame of an article to begin from."""
    from footcare.wsgi import application  # isort: skip  (sets Django up)
    from articles import article_page
    from footcare.lib.shelf import Shelf

    article_page._frames = Shelf(0)
    return application


def main() -> None:
    options = arguments()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda signal_number, _: sys.exit(128 + signal_number))
    tool("wrk")
    tool("nginx")
    try:
        with ExitStack() as stack:
            measure(options, stack)
    except KeyboardInterrupt:
        sys.exit("Broken off; all servers are stopped.")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.read")
    for name, default, most in (
        ("rounds", 5, 50),
        ("seconds", 3, 60),
        ("connections", 8, 64),
    ):
        parser.add_argument(
            f"--{name}",
            type=int,
            default=default,
            choices=range(1, most + 1),
            metavar=f"1-{most}",
            help=f"default: {default}",
        )
    return parser.parse_args()


def measure(options: argparse.Namespace, stack: ExitStack) -> None:
    """Make the site, run all rounds, print; ``stack`` takes what has to be cleaned up."""
    made = tempfile.TemporaryDirectory(prefix="footcare-read-")
    folder = Path(stack.enter_context(made))
    ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
    set_environment(folder, ports["site"])
    make_site()
    print(conditions(options), flush=True)
    servers: list[Server] = []
    stack.callback(stop, servers)
    cases = start_all(servers, ports, folder)
    print_table(list(cases), rounds(cases, options))


def conditions(options: argparse.Namespace) -> str:
    """What the figures depend on, in one line."""
    from footcare import gunicorn

    load = " ".join(f"{one:.2f}" for one in os.getloadavg())
    return (
        f"gunicorn: {gunicorn.workers} {gunicorn.worker_class} workers, "
        f"{gunicorn.threads} threads each; Python {sys.version.split()[0]}; "
        f"{os.cpu_count()} cores, load before {load}; {options.rounds} rounds of "
        f"{options.seconds} s, {options.connections} connections"
    )


def start_all(
    servers: list[Server], ports: dict[str, int], folder: Path
) -> dict[str, Case]:
    """Start the servers, each after what it copies; return what is asked of them."""
    host = f"localhost:{ports['site']}"

    def run(name: str, command: list[str], **environment: str) -> Server:
        log = folder / f"{name}.log"
        port = ports[name]
        return start(
            servers, name, port, command, log, host=host, environment=environment
        )

    site = run("site", GUNICORN)
    page = answer(site, ARTICLE)
    shown = len(re.findall(rb'id="comment-\d+"', page.body))
    if shown != COMMENTS:
        sys.exit(f"The page shows {shown} comments instead of {COMMENTS}.")
    print(f"The article: {len(page.body)} bytes, {COMMENTS} comments.")
    keep(page, folder, ports)
    # An app named on the command line wins over wsgi_app of the configuration.
    constant = run(
        "constant", [*GUNICORN, f"benchmarks.read:constant({str(folder)!r})"]
    )
    if answer(constant, ARTICLE) != page:
        sys.exit("The constant app does not send the page's own headers and bytes.")
    anew, wholly = (
        run(name, [*GUNICORN, f"benchmarks.read:{app}()"], PAGE_CACHE_MB="0")
        for name, app in (("anew", "unlimited"), ("wholly", "without_frames"))
    )
    run("behind", GUNICORN, CDN_SECONDS="1")
    nginx = [tool("nginx"), "-e", "stderr", "-p", str(folder), "-c", "nginx.conf"]
    file = run("file", nginx)
    proxy = replace(file, name="proxy", port=ports["proxy"])
    etag = dict(page.headers)["ETag"]
    return {
        SAME: Case(constant, ARTICLE),
        "article, kept": Case(site, ARTICLE),
        "article, kept, 304": Case(site, ARTICLE, {"If_None_Match": etag}),
        "article, after a comment": Case(anew, ARTICLE),
        "article, made wholly": Case(wholly, ARTICLE),
        **{f"{name}, kept": Case(site, path) for name, path in PAGES.items()},
        **{f"{name}, made": Case(anew, path) for name, path in MADE.items()},
        FILE: Case(file, ARTICLE),
        "micro-cache of nginx": Case(proxy, ARTICLE),
    }


def keep(page: Page, folder: Path, ports: dict[str, int]) -> None:
    """Write what the constant app and nginx serve, and the configuration of nginx."""
    static = folder / "www" / ARTICLE.strip("/") / "index.html"
    static.parent.mkdir(parents=True)
    static.write_bytes(page.body)
    (folder / "page.html").write_bytes(page.body)
    own = [one for one in page.headers if one[0] not in {"Server", "Connection"}]
    (folder / "headers.json").write_text(json.dumps(own))
    # Root's nginx would give its workers another user, who cannot read our folder.
    user = "user root root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX_CONF % {"user": user, **ports})


def rounds(cases: dict[str, Case], options: argparse.Namespace) -> list[Figures]:
    """Drive the servers in turns; return the medians of each."""

    def one(case: Case, seconds: int) -> Figures:
        return drive(
            case.server, case.path, seconds, options.connections, **case.headers
        )

    for case in cases.values():
        one(case, WARM_UP)
    results: list[list[Figures]] = [[] for _ in cases]
    for number in range(options.rounds):
        for case, figures in zip(cases.values(), results, strict=True):
            figures.append(one(case, options.seconds))
        print(f"Round {number + 1} of {options.rounds} done.", file=sys.stderr)
    columns = [zip(*map(astuple, figures), strict=True) for figures in results]
    return [Figures(*map(statistics.median, each)) for each in columns]


def print_table(names: list[str], medians: list[Figures]) -> None:
    """The medians, and how they compare: with the same bytes, or in nginx with the file."""
    bases = {True: medians[names.index(FILE)], False: medians[names.index(SAME)]}
    heads = ("requests/s", "CPU ms", "p99 ms", "of base", "CPU x base")
    print(f"\n{'median':28}" + "".join(f"{one:>12}" for one in heads))
    for name, row in zip(names, medians, strict=True):
        base = bases["nginx" in name]
        ratios = row.requests / base.requests, row.cpu / base.cpu
        print(
            f"{name:28}" + "".join(f"{one:>12,.3f}" for one in (*astuple(row), *ratios))
        )


if __name__ == "__main__":
    main()
