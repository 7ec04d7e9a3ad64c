"""Servers of the tests' own, which may be restarted, hung and killed."""

import getpass
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.running import DEADLINE, Site, free_port


class Gunicorn(Site):
    """gunicorn alone, as on one of several machines."""

    command = ("-m", "gunicorn", "-c", "python:footcare.gunicorn")

    @property
    def pid(self):
        return self._process.pid


def main_process(site):
    """The id of gunicorn's first process."""
    return min(gunicorns(site), key=lambda pid: parent_of(pid) in gunicorns(site))


def web_workers(site):
    """The ids of the processes that answer readers."""
    ours = gunicorns(site)
    return [pid for pid in ours if parent_of(pid) in ours]


def gunicorns(site):
    return [pid for pid, said in site.processes().items() if " gunicorn " in said]


def parent_of(pid):
    """The id of a process's parent; 0 once it has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def is_alive(pid):
    with suppress(FileNotFoundError, ProcessLookupError):
        return (
            Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        )
    return False


def wait_until(is_so, what, seconds=DEADLINE):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"Waited in vain: {what}."
        time.sleep(0.05)


class PostgreSQL:
    """A cluster in a folder of its own. The server refuses root, so root lends it a user."""

    user = "postgres" if os.geteuid() == 0 else getpass.getuser()

    def __init__(self):
        # Not pytest's folder, which is closed to every other user.
        self.folder = Path(tempfile.mkdtemp(prefix="footcare-faults-"))
        self.port = free_port()
        owner = pwd.getpwnam(self.user)
        os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        initdb = ["--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"]
        self._run("initdb", *initdb, "--username", "footcare")
        with (self.folder / "postgresql.conf").open("a") as more:
            more.write(
                f"port = {self.port}\nlisten_addresses = '127.0.0.1'\nfsync = off\n"
                f"unix_socket_directories = ''\n"
            )
        self.control("start")

    def control(self, *arguments):
        """pg_ctl start, stop, restart ...; it comes back when that is done."""
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), *arguments)

    def url(self, name, template="template0"):
        """A new database's address."""
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return f"postgres://footcare@127.0.0.1:{self.port}/{name}"

    def let_in(self, network):
        """Listen everywhere, and trust ``network``."""
        self.sql("ALTER SYSTEM SET listen_addresses = '*'")
        with (self.folder / "pg_hba.conf").open("a") as more:
            more.write(f"host all all {network} trust\n")
        self.control("restart")

    def sql(self, statement):
        psql = [
            "psql",
            "-qAt",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-U",
            "footcare",
        ]
        return subprocess.check_output([*psql, "-c", statement, "postgres"], text=True)

    def restored(self, file):
        """A new database's address, with what ``file`` holds."""
        address = self.url("restored")
        command = ["pg_restore", "--no-owner", "--exit-on-error", "--dbname", address]
        subprocess.run([*command, str(file)], check=True)
        return address

    @contextmanager
    def hung(self):
        """Every process of it stands still."""
        pids = subprocess.check_output(
            ["pgrep", "--session", self._main_pid()], text=True
        ).split()
        for pid in pids:
            os.kill(int(pid), signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(int(pid), signal.SIGCONT)

    def _main_pid(self):
        return (self.folder / "postmaster.pid").read_text().split()[0]

    def _run(self, program, *arguments):
        subprocess.run(
            [postgresql_program(program), "-D", str(self.folder), *arguments],
            user=self.user if os.geteuid() == 0 else None,
            cwd="/",
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            timeout=DEADLINE,
        )

    def end(self):
        with suppress(subprocess.SubprocessError):
            self.control("stop", "-m", "immediate")
        shutil.rmtree(self.folder)


def postgresql_program(name):
    """The newest one that is installed; Debian keeps them out of PATH. None without one."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name)


class Redis:
    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self):
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1"]
        self.process = subprocess.Popen(
            [*command, "--save", "", "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
        )
        wait_until(self.answers, "Redis")

    def answers(self):
        asked = subprocess.run(
            ["redis-cli", "-p", str(self.port), "ping"],
            capture_output=True,
            check=False,
        )
        return asked.stdout == b"PONG\n"

    def kill(self):
        self.process.kill()
        self.process.wait(DEADLINE)

    @contextmanager
    def hung(self):
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


@contextmanager
def small_disk(folder, kilobytes):
    """A file system of its own with so much room."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def can_mount():
    return sys.platform == "linux" and os.geteuid() == 0
