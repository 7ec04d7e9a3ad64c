"""The running site: what tests start that look at it from outside."""

import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[1]
DEADLINE = 30  # seconds; nothing here takes long, a busy machine may


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Site:
    """`manage.py serve` on a free port, with everything it writes in one folder.

    ``environment`` is added to what it needs; without ``smtp_port`` it keeps its mails.
    """

    command = ("manage.py", "serve")

    def __init__(
        self, folder: Path, smtp_port: int | None = None, **environment: str
    ) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.log = folder / "serve.log"
        # Nothing of the tests' own settings, nor of the .env of whoever runs them.
        kept = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR"]
        self.env = {name: os.environ[name] for name in kept if name in os.environ} | {
            "DOT_ENV": os.devnull,
            "DEBUG": "0",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "DATA_DIR": str(folder / "data"),
            "PORT": str(self.port),
            "SITE_URL": self.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}" if smtp_port else "",
            "FROM_EMAIL": "Footcare <letters@localhost>",
            **environment,
        }
        self.owner = {
            "DJANGO_SUPERUSER_USERNAME": "owner",
            "DJANGO_SUPERUSER_PASSWORD": secrets.token_urlsafe(20),
            "DJANGO_SUPERUSER_EMAIL": "owner@example.org",
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._seen: dict[int, str] = {}

    def start(self) -> None:
        """Start as `make run` does; return once it answers."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start, and do not wait for it."""
        if not (BASE_DIR / "var" / "static" / "staticfiles.json").exists():
            self.manage("collectstatic", "--noinput", "--verbosity", "0")
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self.command],
                cwd=BASE_DIR,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Return once it answers."""
        try:
            self._wait_until(self.answers)
        except AssertionError:
            self.end()
            raise
        self.processes()  # remembered, should it end in a way that leaves some behind

    @property
    def is_started(self) -> bool:
        return self._process is not None

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return answer.status == 200
        except (OSError, http.client.HTTPException):
            return False

    def make_owner(self) -> None:
        """The owner's account, as `make owner` makes it in a second terminal."""
        self.manage("createsuperuser", "--noinput", **self.owner)

    def manage(self, *arguments: str, **environment: str) -> str:
        """Run a command of the site; return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE_DIR,
            env=self.env | environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def processes(self) -> dict[int, str]:
        """The ids of the site's processes that run, each with its command."""
        assert self._process
        self._seen |= _with_descendants(self._process.pid)
        return {pid: said for pid, said in self._seen.items() if _command(pid) == said}

    def interrupt(self) -> int:
        """Press Ctrl-C; return the exit code."""
        assert self._process
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(DEADLINE)

    def kill(self) -> None:
        """End `serve` alone, as nothing can refuse to be ended."""
        assert self._process
        self._process.kill()
        self._process.wait(DEADLINE)

    def end(self) -> None:
        """End every process that was started, politely or not. Safe to repeat."""
        if not self._process:
            return
        if self._process.poll() is None:
            self.processes()
            with suppress(subprocess.TimeoutExpired):
                self.interrupt()
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(DEADLINE)

    def wait_until_said(self, words: str) -> None:
        self._wait_until(lambda: words in self.said())

    def _wait_until(self, is_so: Callable[[], bool]) -> None:
        """Ask again and again, until the deadline or until the site has ended."""
        assert self._process
        end = time.monotonic() + DEADLINE
        while not is_so():
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(0.05)
                raise AssertionError(f"The site has ended:\n{self.said()}")
            assert time.monotonic() < end, f"Waited in vain:\n{self.said()}"

    def said(self) -> str:
        """What the site printed since its last start."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""


def _with_descendants(pid: int) -> dict[int, str]:
    """Process ids with their commands; nothing of a process that has ended."""
    found = {}
    with suppress(FileNotFoundError, ProcessLookupError):
        if command := _command(pid):
            found[pid] = command
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                found |= _with_descendants(int(child))
    return found


def _command(pid: int) -> str:
    """What the process runs; "" once it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""
