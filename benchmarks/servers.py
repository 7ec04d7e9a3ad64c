"""Server processes of a benchmark: started, asked, driven with wrk, and ended again."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEARCHED = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin"])


@dataclass
class Page:
    """A whole answer, without the header that says when it was made."""

    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class Server:
    """One server on loopback; ``headers`` go with whatever is asked of it."""

    name: str
    port: int
    headers: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes]


@dataclass
class Figures:
    """What one round measured."""

    requests: float  # a second
    cpu: float  # milliseconds a request, of the server's whole process tree
    p99: float  # milliseconds


def tool(name: str) -> str:
    """The path of program ``name``; leave with a sentence if it is not installed."""
    found = shutil.which(name, path=SEARCHED)
    return found or sys.exit(f"The benchmark needs {name}, which is not installed.")


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nobody listened on a moment ago."""
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in taken]


def start(
    servers: list[Server],
    name: str,
    port: int,
    command: list[str],
    log: Path,
    *,
    host: str = "",
    environment: dict[str, str] | None = None,
) -> Server:
    """Run ``command`` with PORT set, and wait until it answers for ``host``.

    It joins ``servers`` at once, so that :func:`stop` ends it whatever happens. In a
    session of its own, Ctrl-C reaches this process alone.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"PORT": str(port)} | (environment or {}),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    headers = {"Host": host or f"localhost:{port}"}
    server = Server(name, port, headers, log, process)
    servers.append(server)
    _wait_for(server)
    return server


def _wait_for(server: Server) -> None:
    deadline = time.monotonic() + 30
    while server.process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError):
            _status_and_page(server, "/")
            return
        time.sleep(0.1)
    sys.exit(f"The server “{server.name}” does not start:\n{_end_of(server.log)}")


def stop(servers: list[Server]) -> None:
    """End all processes, politely at first; a second Ctrl-C does not keep us from it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for server in servers:
        server.process.terminate()
    for server in servers:
        with suppress(subprocess.TimeoutExpired):
            server.process.wait(25)
        with suppress(ProcessLookupError):
            os.killpg(server.process.pid, signal.SIGKILL)  # what is left of it
        server.process.wait()


def answer(server: Server, path: str) -> Page:
    """Ask ``server`` once; leave with a sentence unless it says 200."""
    status, page = _status_and_page(server, path)
    if status != 200:
        said = f"The server “{server.name}” answers {status} to {path}."
        sys.exit(f"{said}\n{_end_of(server.log)}")
    return page


def _status_and_page(server: Server, path: str) -> tuple[int, Page]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request("GET", path, headers=server.headers)
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    headers = [one for one in response.getheaders() if one[0] != "Date"]
    return response.status, Page(headers, body)


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]


def drive(
    server: Server, path: str, seconds: int, connections: int, **headers: str
) -> Figures:
    """One round with wrk; leave with what it said if any answer was not in order."""
    command = [tool("wrk"), "--latency", "--timeout", "10s", "-t1"]
    command += [f"-c{connections}", f"-d{seconds}s"]
    for name, value in (server.headers | headers).items():
        command += ["-H", f"{name.replace('_', '-')}: {value}"]
    command += [f"http://127.0.0.1:{server.port}{path}"]
    before = cpu_seconds(server.process.pid)
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=seconds + 30
    )
    time.sleep(0.3)  # the server may still be busy with what wrk left behind
    cpu = cpu_seconds(server.process.pid) - before
    said = done.stdout + done.stderr
    requests = re.search(r"([1-9]\d*) requests in", said)
    rate = re.search(r"Requests/sec: +([\d.]+)", said)
    p99 = re.search(r"99% +([\d.]+)(us|ms|s|m)\b", said)
    is_wrong = done.returncode or re.search(r"Non-2xx|Socket errors", said)
    if is_wrong or not (requests and rate and p99):
        sys.exit(f"The {server.name} failed under wrk:\n{said}")
    return Figures(
        requests=float(rate[1]),
        cpu=1000 * cpu / int(requests[1]),
        p99=float(p99[1]) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[p99[2]],
    )


def cpu_seconds(root: int) -> float:
    """What process ``root`` and all below it used, and the ended ones they waited for."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            # After the name, which may hold blanks: state, ppid, ...; see proc(5).
            fields = stat.read_text().rpartition(")")[2].split()
            pid = int(stat.parent.name)
            parents[pid], ticks[pid] = int(fields[1]), sum(map(int, fields[11:15]))
    tree = [root]
    for pid in tree:  # it grows as it is walked
        tree += [child for child, parent in parents.items() if parent == pid]
    return sum(ticks[pid] for pid in tree) / os.sysconf("SC_CLK_TCK")
