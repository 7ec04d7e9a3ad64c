"""What pages cost as the site grows: 100, 10,000 and 100,000 articles, side by side; or, with
`--of comments`, one article with 100, 10,000 and 1,000,000 comments.

`python -m benchmarks.growth` makes one site of each size, on SQLite and, with
TEST_DATABASE_URL, on PostgreSQL, then asks all of them for the same pages in turns, inside
Django, without a server between. It prints the median milliseconds of CPU of each, the
database's included, and how often the largest site's is the smallest's. PostgreSQL must
run on this machine. The databases are the benchmark's own and go with it.
"""

import argparse
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

from benchmarks.servers import ROOT


@dataclass(frozen=True)
class Growth:
    """What grows, to which sizes, and what is asked for; filled and answered by ``module``."""

    module: str
    sizes: list[int]
    pages: list[str]


GROWTHS = {
    "articles": Growth(
        "benchmarks.growing_site",
        [100, 10_000, 100_000],
        [
            "home", "list", "last page of the list", "topic of all", "its last page",
            "topic of ten", "article", "search: a word in most", "search: a rare word",
            "search: two words", "search: nothing found", "feed",
        ],
    ),
    "comments": Growth(
        "benchmarks.growing_thread",
        [100, 10_000, 1_000_000],
        [
            "first page", "a permalink in the middle", "last page", "feed",
            "the newest of all, as a feed", "comments.json", "moderation queue",
            "list of comments in the admin", "a comment is sent", "one is approved",
        ],
    ),
}  # fmt: skip


class Site:
    """One site of ``size``, in a process of its own that runs ``module``."""

    def __init__(self, url: str, module: str, size: int) -> None:
        self.size = size
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, str(size)],
            cwd=ROOT,
            env=os.environ
            | {
                "DATABASE_URL": url,
                "SECRET_KEY": secrets.token_urlsafe(50),
                "DEBUG": "0",
                "CACHE_URL": "locmemcache://",
                "SITE_URL": "http://localhost",
                "DJANGO_SETTINGS_MODULE": "footcare.settings",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def say(self, line: str) -> str:
        """Send one line, return the answer; leave if there is none."""
        if line:
            print(line, file=self._pipe(self.process.stdin), flush=True)
        said = self._pipe(self.process.stdout).readline()
        return said.strip() or sys.exit("A site of the benchmark broke off.")

    def stop(self) -> None:
        self._pipe(self.process.stdin).close()
        self.process.wait()

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        assert pipe
        return pipe


def main() -> None:
    options = arguments()
    tables = {"SQLite": None}
    if url := os.environ.get("TEST_DATABASE_URL"):
        tables["PostgreSQL"] = url
    for name, server in tables.items():
        with ExitStack() as stack:
            print(f"\n{name}, {options.rounds} rounds of {options.requests} requests\n")
            sites = make_sites(stack, server, options)
            print_table(options.of, sites, measure(sites, options))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--requests", type=int, default=15)
    parser.add_argument("--of", choices=GROWTHS, default="articles")
    parser.add_argument("--sizes", type=int, nargs="+")
    options = parser.parse_args()
    options.growth = GROWTHS[options.of]
    options.sizes = options.sizes or options.growth.sizes
    return options


def make_sites(
    stack: ExitStack, server: str | None, options: argparse.Namespace
) -> list[Site]:
    """Start a site of each size and wait until they are filled."""
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="footcare-growth-"))
    sites = []
    for size in options.sizes:
        url = f"sqlite:///{Path(folder) / f'{size}.sqlite3'}"
        if server:
            url = database_on(server, size, stack)
        site = Site(url, options.growth.module, size)
        stack.callback(site.stop)
        print(f"{site.say('')} {options.of} are there.", file=sys.stderr)
        sites.append(site)
    return sites


def database_on(server: str, size: int, stack: ExitStack) -> str:
    """The address of a new database beside the one that ``server`` names."""
    import psycopg

    name = f"footcare_growth_{size}"

    def drop() -> None:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    connection = psycopg.connect(server, autocommit=True)
    stack.callback(connection.close)
    drop()
    connection.execute(f"CREATE DATABASE {name}")
    stack.callback(drop)
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def measure(sites: list[Site], options: argparse.Namespace) -> dict[str, list[float]]:
    """Medians in milliseconds of each page, one for each site, asked in turns."""
    found: dict[str, list[list[float]]] = {
        page: [[] for _ in sites] for page in options.growth.pages
    }
    for _ in range(options.rounds):
        for page, columns in found.items():
            for site, column in zip(sites, columns, strict=True):
                column.append(float(site.say(f"{options.requests} {page}")))
    return {
        page: [statistics.median(column) for column in columns]
        for page, columns in found.items()
    }


def print_table(of: str, sites: list[Site], medians: dict[str, list[float]]) -> None:
    heads = "".join(f" {site.size:>9,} |" for site in sites)
    print(f"| CPU ms a page, {of}: |{heads} growth |")
    print("| --- |" + " --- |" * (len(sites) + 1))
    for page, row in medians.items():
        cells = "".join(f" {value:>9.2f} |" for value in row)
        print(f"| {page} |{cells} {row[-1] / row[0]:.2f} |")


if __name__ == "__main__":
    main()
