import ctypes
import os
import signal
import subprocess
import sys
import threading
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

WORKER_PAUSE = 2  # seconds before a worker that died is started again
_PR_SET_PDEATHSIG = 1  # prctl(2)
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Command(BaseCommand):
    help = (
        "Serve the site: migrate, seed, then gunicorn and the mail worker together. "
        "One Ctrl-C ends both."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--reload", action="store_true", help="start again when the code changes"
        )

    def handle(self, *, reload: bool, **options: Any) -> None:
        # The first process of a container hears no SIGTERM that it does not ask for: a stop
        # while it migrates would wait, and end in SIGKILL.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        os.umask(0o077)  # what the site writes is nobody else's
        try:
            self.prepare()
        except (OSError, OperationalError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise CommandError(
                "Footcare cannot start: the database or the folder of the site's data "
                f"cannot be used ({reason}). Look at DATABASE_URL and DATA_DIR in .env."
            ) from error
        self.greet()
        more = ["--reload"] if reload else []
        python = sys.executable
        gunicorn = [python, "-m", "gunicorn", "-c", "python:footcare.gunicorn", *more]
        worker = [python, "manage.py", "worker", *more]
        sys.exit(Pair(gunicorn, worker).run())

    def prepare(self) -> None:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("seed_site", stdout=self.stdout)

    def greet(self) -> None:
        """Say where the site is, where its mails go, and what is still to do."""
        write = self.stdout.write
        write(f"The site:   {settings.SITE_URL}")
        write(f"To write:   {settings.SITE_URL}/{settings.ADMIN_PATH}")
        if settings.MAILS_ARE_KEPT:
            folder = settings.EMAIL_FILE_PATH
            write(f"Mails:      kept as files in {folder} (set EMAIL_URL to send them)")
        else:
            write(
                f"Mails:      sent through {settings.MAIL_PROVIDER or settings.EMAIL_HOST}"
            )
        if not get_user_model().objects.filter(is_superuser=True).exists():
            write(
                "Your account: run `make owner` in a second terminal (in a container:"
            )
            write("            `python manage.py createsuperuser`).")
        write("Stop with Ctrl-C.")
        self.stdout.flush()


class Pair:
    """Two processes that live and end together; the second is started again if it dies."""

    def __init__(self, first: list[str], second: list[str]) -> None:
        self.first, self.second = first, second
        self.stopping = threading.Event()

    def run(self) -> int:
        """Run until a signal or the end of the first; return its exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())
        first, second = self._start(self.first), self._start(self.second)
        while not self.stopping.wait(0.2) and first.poll() is None:
            if second.poll() is not None:
                self.stopping.wait(WORKER_PAUSE)
                if not self.stopping.is_set():
                    second = self._start(self.second)
        for process in (first, second):
            if process.poll() is None:
                process.terminate()
        second.wait()
        return first.wait()

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        # In a session of its own, so that Ctrl-C reaches this process alone, which then
        # asks both politely.
        return subprocess.Popen(  # noqa: S603  (our own commands)
            command,
            cwd=settings.BASE_DIR,
            env=os.environ,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509  (there are no threads here)
        )


def end_with_parent() -> None:
    """Have Linux end this process politely if `serve` is killed, which nothing can catch."""
    if _libc:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
