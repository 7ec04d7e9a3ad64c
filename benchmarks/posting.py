"""Eight writers of 500 comments each, while two moderators approve, hide and erase.

`python -m benchmarks.posting` does so on SQLite and, with TEST_DATABASE_URL, on PostgreSQL.
It prints comments a second and how long one took, and fails if a write was refused, if a
comment was lost, or if a count is not what a recount finds. The databases are its own.
"""

import argparse
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.growth import database_on
from benchmarks.servers import ROOT

WRITERS, MODERATORS, POSTS = 8, 2, 500


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.posting")
    parser.add_argument("--posts", type=int, default=POSTS)
    parser.add_argument("--on", choices=["SQLite", "PostgreSQL"])
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="footcare-"))
        urls = {"SQLite": f"sqlite:///{Path(folder) / 'posting.sqlite3'}"}
        if server := os.environ.get("TEST_DATABASE_URL"):
            urls["PostgreSQL"] = database_on(server, 0, stack)
        print("| database | comments a second | median | p99 | slowest |")
        print("| --- | --- | --- | --- | --- |")
        for name, url in urls.items():
            if options.on in {None, name}:
                print(f"| {name} | {storm(url, options.posts)} |", flush=True)


def storm(url: str, posts: int) -> str:
    """Let them loose on an empty database; return what they took, as cells of a table."""
    run(url, "prepare").wait()
    writers = [run(url, "write", posts) for _ in range(WRITERS)]
    moderators = [run(url, "moderate") for _ in range(MODERATORS)]
    said = [process.communicate()[0] for process in writers]
    for moderator in moderators:
        moderator.communicate("")  # the end of its input is the end of its day
    for process in [*writers, *moderators]:
        if process.returncode:
            sys.exit("A write was refused.")
    sent = [one for lines in said for one in json.loads(lines)]
    check = run(url, "check")
    check.communicate(json.dumps([pk for pk, _, _ in sent]))
    if check.returncode:
        sys.exit("The conversation is not what it should be.")
    took = sorted((ended - begun) * 1000 for _, begun, ended in sent)
    seconds = max(ended for _, _, ended in sent) - min(begun for _, begun, _ in sent)
    return (
        f"{len(sent) / seconds:.0f} | {statistics.median(took):.1f} ms | "
        f"{took[int(len(took) * 0.99)]:.0f} ms | {took[-1]:.0f} ms"
    )


def run(url: str, part: str, posts: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.posters", part, str(posts)],
        cwd=ROOT,
        env=os.environ
        | {
            "DATABASE_URL": url,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "DEBUG": "0",
            "DJANGO_SETTINGS_MODULE": "footcare.settings",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


if __name__ == "__main__":
    main()
