"""How gunicorn serves the site best: kinds of workers, threads, start, memory, slow clients.

`python -m benchmarks.serving` tries each way of serving with wrk and with 200 clients that
send a byte a second, alone and behind docs/nginx/footcare.conf. It needs wrk and nginx, and
`make run` once before; its database is its own.
"""

import argparse
import http.client
import os
import re
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from benchmarks.proxy import start_proxy
from benchmarks.servers import (
    Server,
    answer,
    drive,
    free_ports,
    start,
    stop,
    tool,
)
from benchmarks.site import ARTICLE, GUNICORN, make_site, set_environment

# (kind, workers, threads, seconds that an idle line is kept)
WAYS = [
    ("sync", 2, 1, 0),
    ("sync", 4, 1, 0),
    ("gthread", 2, 1, 2),
    ("gthread", 2, 2, 2),
    ("gthread", 2, 4, 2),
    ("gthread", 2, 4, 15),
    ("gthread", 2, 16, 2),
    ("gthread", 4, 4, 2),
]
OURS = WAYS[4]
SLOW = 200  # clients
MIXED = [ARTICLE, "/", "/articles/", "/feeds/articles.rss", "/search/"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving")
    parser.add_argument("--seconds", type=int, default=4, help="default: 4")
    seconds = parser.parse_args().seconds
    tool("wrk")
    with ExitStack() as stack:
        made = tempfile.TemporaryDirectory(prefix="footcare-serving-")
        folder = Path(stack.enter_context(made))
        port, proxy = free_ports(2)
        set_environment(folder, port)
        make_site()
        load = " ".join(f"{one:.2f}" for one in os.getloadavg())
        print(f"Load before: {load}; medians where there are several.\n")
        ways(port, folder, seconds)
        start_and_memory(port, folder)
        behind_nginx(port, proxy, folder, seconds)


@contextmanager
def serving(
    port: int, folder: Path, way: tuple[str, int, int, int]
) -> Iterator[Server]:
    kind, workers, threads, idle = way
    command = [*GUNICORN, "--worker-class", kind, "--keep-alive", str(idle)]
    numbers = {"WEB_WORKERS": str(workers), "WEB_THREADS": str(threads)}
    servers: list[Server] = []
    try:
        yield start(servers, "site", port, command, folder / "log", environment=numbers)
    finally:
        stop(servers)


def ways(port: int, folder: Path, seconds: int) -> None:
    """One row for each way: pages kept and made, and readers beside slow clients."""
    heads = ("kept/s", "CPU ms", "kept/s, 64", "p99 ms, 64", "made/s", "p95 ms", "slow")
    print(f"{'worker, threads, idle':26}" + "".join(f"{one:>12}" for one in heads))
    for way in WAYS:
        with serving(port, folder, way) as server:
            kept = drive(server, ARTICLE, seconds, 8)
            many = drive(server, ARTICLE, seconds, 64)
            made = drive(server, MIXED[-1], seconds, 8)
            read, p95 = beside_slow_clients(server, seconds)
        row = (kept.requests, kept.cpu, many.requests, many.p99, made.requests, p95)
        kind, workers, threads, idle = way
        print(
            f"{f'{kind} {workers} x {threads}, {idle} s':26}"
            + "".join(f"{one:>12,.3g}" for one in row)
            + f"{read:>12}",
            flush=True,
        )
    print(
        "slow: pages read one after the other beside 200 slow clients; p95: of these.\n"
    )


def start_and_memory(port: int, folder: Path) -> None:
    """From exec to the first page; what a worker holds after 10,000 pages and 10,000 more."""
    starts = []
    for _ in range(5):
        begun = time.perf_counter()
        with serving(port, folder, OURS) as server:
            answer(server, "/")
            starts.append(time.perf_counter() - begun)
    print(f"First page after {statistics.median(starts):.2f} s (5 starts).")
    with serving(port, folder, OURS) as server:
        print(f"A worker holds {_memory(server)} MiB after its first page,", flush=True)
        for count in (10_000, 20_000):
            asked = _read_many(server, 10_000)
            print(f"{_memory(server)} after {count:,} ({asked}),", flush=True)


def _read_many(server: Server, count: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    for number in range(count):
        path = MIXED[number % len(MIXED)]
        accept = ("", "gzip", "br")[number % 3]
        connection.request(
            "GET", path, headers=server.headers | {"Accept-Encoding": accept}
        )
        connection.getresponse().read()
    connection.close()
    return "five pages, three encodings"


def _memory(server: Server) -> list[int]:
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    texts = [
        Path(f"/proc/{pid}/status").read_text() for pid in children.read_text().split()
    ]
    sizes = [re.search(r"VmRSS:\s+(\d+)", text) for text in texts]
    return [int(size[1]) // 1024 for size in sizes if size]


def beside_slow_clients(server: Server, seconds: int) -> tuple[int, float]:
    """How many pages one reader got meanwhile, and the 95th percentile in milliseconds."""
    over = threading.Event()
    slow = threading.Thread(target=_be_slow, args=(server, over))
    slow.start()
    time.sleep(2)
    waits = []
    end = time.monotonic() + 2 * seconds
    while time.monotonic() < end:
        begun = time.perf_counter()
        with suppress(SystemExit, OSError, http.client.HTTPException):
            answer(server, ARTICLE)
            waits.append(1000 * (time.perf_counter() - begun))
            continue
        waits.append(10_000.0)
    over.set()
    slow.join()
    good = [wait for wait in waits if wait < 10_000]
    p95 = statistics.quantiles(waits, n=20)[-1] if len(waits) > 1 else 10_000.0
    return len(good), p95


def _be_slow(server: Server, over: threading.Event) -> None:
    """Half of them are slow with the head, half with the form they send."""
    head = f"POST /subscribe/ HTTP/1.1\r\nHost: {server.headers['Host']}\r\n".encode()
    form = head + b"Content-Length: 100000\r\n\r\nemail="
    lines = []
    for number in range(SLOW):
        with suppress(OSError):
            # From addresses of their own, as the reader is no part of them.
            source = (f"127.0.0.{2 + number % 20}", 0)
            line = socket.create_connection(("127.0.0.1", server.port), 5, source)
            line.sendall(head + b"X-Slow: " if number % 2 else form)
            lines.append(line)
    while not over.wait(1):
        for line in lines:
            with suppress(OSError):
                line.send(b"a")
    for line in lines:
        line.close()


def behind_nginx(port: int, proxy: int, folder: Path, seconds: int) -> None:
    """The same slow clients, with the proxy in between that is shipped."""
    servers: list[Server] = []
    with serving(port, folder, OURS) as site:
        try:
            front = start_proxy(servers, site, proxy, folder)
            read, p95 = beside_slow_clients(front, seconds)
        finally:
            stop(servers)
    print(f"Behind nginx beside {SLOW} slow clients: {read} pages, p95 {p95:.1f} ms.")


if __name__ == "__main__":
    main()
