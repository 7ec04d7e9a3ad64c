"""How a site of `benchmarks.growth` answers, over standard input.

Each line "<requests> <page>" is answered with the milliseconds of CPU that a request took,
those of the database's own process included: they say the same on a busy machine.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection
from django.test import Client

Ask = Callable[[], object]


def size() -> int:
    """How large the site is to be."""
    return int(sys.argv[1])


def get(path: str, client: Client | None = None) -> Ask:
    """A request for ``path``, which must be answered with 200."""
    client = client or Client(headers={"host": "localhost"})

    def ask() -> None:
        response = client.get(path)
        if response.status_code != 200:
            sys.exit(f"Django answers {response.status_code} to {path}.")

    return ask


def answer(asked: dict[str, Ask]) -> None:
    """Say that the site is there; then answer each line, until there is none."""
    backend = backend_of_postgresql()
    print(size(), flush=True)
    for line in sys.stdin:
        requests, _, page = line.strip().partition(" ")
        print(cost(asked[page], int(requests), backend), flush=True)


def cost(ask: Ask, requests: int, backend: int) -> float:
    before = cpu_seconds(backend)
    for _ in range(requests):
        ask()
    return (cpu_seconds(backend) - before) * 1000 / requests


def cpu_seconds(backend: int) -> float:
    """What this process used, and process ``backend`` of PostgreSQL (0 for none)."""
    used = time.process_time()
    if backend:
        # In nanoseconds; the ticks of /proc/<pid>/stat are too coarse for a page.
        used += int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e9
    return used


def backend_of_postgresql() -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]
