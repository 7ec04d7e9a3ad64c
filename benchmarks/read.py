"""What a reader's request costs: the article page with 100 comments, measured.

`python -m benchmarks.read` drives three servers with wrk, in turns, on loopback alone:
the site's page, the same bytes from a WSGI app that does nothing (what lies between the
two is ours), and a static copy from nginx (as low as it gets). It needs wrk and nginx,
and `make run` once before; its database is its own and goes with it. wrk works on the
same cores, so look at CPU a request before requests a second.
"""

import argparse
import json
import os
import re
import secrets
import signal
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import astuple
from pathlib import Path
from typing import Any

from benchmarks.servers import (
    ROOT,
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

PATH = "/articles/foot-massage/"
COMMENTS = 100
WARM_UP = 2  # seconds
GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "python:footcare.gunicorn"]

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
    server { listen 127.0.0.1:%(port)s; root www; }
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


def main() -> None:
    options = arguments()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda signal_number, _: sys.exit(128 + signal_number))
    tool("wrk")
    tool("nginx")
    if not (ROOT / "var" / "static" / "staticfiles.json").exists():
        sys.exit("The static files are not collected yet: run `make run` once before.")
    try:
        with ExitStack() as stack:
            measure(options, stack)
    except KeyboardInterrupt:
        sys.exit("Broken off; all servers are stopped.")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.read")
    for name, default, most in (
        ("rounds", 5, 50),
        ("seconds", 5, 60),
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
    ports = free_ports(3)
    set_environment(folder, ports[0])
    make_site()
    queries = count_queries()
    print(conditions(options), flush=True)
    servers: list[Server] = []
    stack.callback(stop, servers)
    page = start_all(servers, ports, folder)
    medians = rounds(servers, page.body, options)
    print(
        f"\nThe page: {len(page.body)} bytes, {COMMENTS} comments, {queries} queries.\n"
    )
    print_table([server.name for server in servers], medians)


def set_environment(folder: Path, port: int) -> None:
    """Set what an owner's `.env` might set otherwise, for this process and the servers."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="footcare.settings",
        DEBUG="0",
        SECRET_KEY=secrets.token_urlsafe(50),
        DATA_DIR=str(folder),
        DATABASE_URL=f"sqlite:///{folder / 'db.sqlite3'}",
        CACHE_URL="locmemcache://",
        EMAIL_URL="",
        HOST="127.0.0.1",
        SITE_URL=f"http://localhost:{port}",
        TRUSTED_PROXY_COUNT="0",
        WEB_WORKERS="2",
        GUNICORN_CMD_ARGS="",
    )


def make_site() -> None:
    """Migrate, seed, and write 50 comments with one answer each, all visible."""
    import django

    django.setup()
    from django.core.management import call_command

    from articles.models import Article
    from articles.seed import seed_site
    from comments.models import Comment

    call_command("migrate", verbosity=0, interactive=False)
    seed_site()
    article = Article.objects.get(slug=PATH.split("/")[2])
    text = "My feet were tired & warm.\n\nTen minutes a foot, every evening, did it."

    def comment(number: int, root: Comment | None) -> Comment:
        return Comment(
            article=article,
            parent=root,
            root=root,
            name=f"Reader {number}",
            body=f"{text} This is comment {number}.",
            status=Comment.Status.VISIBLE,
        )

    half = COMMENTS // 2
    roots = Comment.objects.bulk_create(comment(n, None) for n in range(half))
    Comment.objects.bulk_create(comment(half + n, one) for n, one in enumerate(roots))


def count_queries() -> int:
    """How often the page asks the database, once the process is warm."""
    from django.db import connection, connections
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "localhost"})
    client.get(PATH)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(PATH)
    connections.close_all()
    if response.status_code != 200:
        sys.exit(f"Django answers {response.status_code} to {PATH}.")
    return len(queries)


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


def start_all(servers: list[Server], ports: list[int], folder: Path) -> Page:
    """Start the three servers, each after what it copies; return the page they send."""
    urls, logs = (
        [(port, PATH) for port in ports],
        [folder / f"{port}.log" for port in ports],
    )
    page = answer(start(servers, "article page", urls[0], GUNICORN, logs[0]))
    shown = len(re.findall(rb'id="comment-\d+"', page.body))
    if shown != COMMENTS:
        sys.exit(f"The page shows {shown} comments instead of {COMMENTS}.")
    keep(page, folder, ports[2])
    # The app named on the command line wins over wsgi_app of the configuration.
    same = [*GUNICORN, f"benchmarks.read:constant({str(folder)!r})"]
    if answer(start(servers, "same bytes, gunicorn", urls[1], same, logs[1])) != page:
        sys.exit("The constant app does not send the page's own headers and bytes.")
    nginx = [tool("nginx"), "-e", "stderr", "-p", str(folder), "-c", "nginx.conf"]
    start(servers, "static copy, nginx", urls[2], nginx, logs[2])
    return page


def keep(page: Page, folder: Path, port: int) -> None:
    """Write what the constant app and nginx serve, and the configuration of nginx."""
    static = folder / "www" / PATH.strip("/") / "index.html"
    static.parent.mkdir(parents=True)
    static.write_bytes(page.body)
    (folder / "page.html").write_bytes(page.body)
    own = [one for one in page.headers if one[0] not in {"Server", "Connection"}]
    (folder / "headers.json").write_text(json.dumps(own))
    # Root's nginx would give its workers another user, who cannot read our folder.
    user = "user root root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX_CONF % {"user": user, "port": port})


def rounds(
    servers: list[Server], body: bytes, options: argparse.Namespace
) -> list[Figures]:
    """Drive the servers in turns; return the medians of each."""
    for server in servers:
        drive(server, WARM_UP, options.connections)
    results: list[list[Figures]] = [[] for _ in servers]
    for number in range(options.rounds):
        for server, figures in zip(servers, results, strict=True):
            figures.append(drive(server, options.seconds, options.connections))
            if answer(server).body != body:
                sys.exit(f"The {server.name} sends another page than before.")
        print(f"Round {number + 1} of {options.rounds} done.", file=sys.stderr)
    columns = [zip(*map(astuple, figures), strict=True) for figures in results]
    return [Figures(*map(statistics.median, each)) for each in columns]


def print_table(names: list[str], medians: list[Figures]) -> None:
    """The medians, and those of the first row divided by those of the others."""
    heads = ("requests/s", "CPU ms/request", "p99 ms")
    print(f"{'median':34}" + "".join(f"{one:>16}" for one in heads))
    for name, row in zip(names, medians, strict=True):
        print(f"{name:34}" + "".join(f"{one:>16,.3f}" for one in astuple(row)))
    for name, row in zip(names[1:], medians[1:], strict=True):
        pairs = zip(astuple(medians[0]), astuple(row), strict=True)
        ratios = [
            f"{ours / other:>16.4g}" if other else f"{'-':>16}" for ours, other in pairs
        ]
        print(f"{f'{names[0]} / {name}':34}" + "".join(ratios))


if __name__ == "__main__":
    main()
