import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils import autoreload
from django.utils.module_loading import import_string

from footcare.lib.logs import one_line, without_people
from footcare.lib.outage import is_outage
from outbox import ending
from outbox.models import BEAT, Heartbeat


class Command(BaseCommand):
    help = (
        "Do what waits: answer sign-ups, send mail, clean up. Runs until stopped; safe to "
        "stop at any moment and to run several times at once."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--once", action="store_true", help="do what waits now, then end"
        )
        parser.add_argument(
            "--reload", action="store_true", help="start again when the code changes"
        )

    def handle(self, *, once: bool, reload: bool, **options: Any) -> None:
        if reload:
            autoreload.run_with_reloader(self.work, once=False)
        else:
            self.work(once=once)

    def work(self, *, once: bool) -> None:
        ending.listen()
        jobs = [(import_string(path), pause) for path, pause in settings.WORKER_JOBS]
        due = dict.fromkeys(range(len(jobs)), 0.0)
        self.beat_due = 0.0
        while not ending.asked.is_set():
            for number, (job, pause) in enumerate(jobs):
                if due[number] <= time.monotonic():
                    did = self.do(job)
                    # At once where there may be more, so that `--once` does it all.
                    due[number] = 0.0 if did else time.monotonic() + pause
            if once and all(due.values()):
                return
            ending.asked.wait(max(0, min(due.values()) - time.monotonic()))
        self.stdout.write("The mail worker has stopped.")

    def do(self, job: Any) -> int:
        """One turn of a job. A database that is away is waited for, not died of."""
        close_old_connections()  # a lost one is found out, and opened anew
        try:
            self.beat()
            return job(self.report)
        except (DatabaseError, InterfaceError) as error:
            if not is_outage(error):
                raise
            why = one_line(without_people(str(error)))
            self.stderr.write(f"{job.__name__}: the database is away ({why}).")
            return 0

    def report(self, line: str) -> None:
        # A mail server names in its words whom it refused.
        self.stdout.write(one_line(without_people(line)))
        self.stdout.flush()
        self.beat()  # a job with many things to do takes long

    def beat(self) -> None:
        if self.beat_due <= time.monotonic():
            Heartbeat.objects.beat()
            self.beat_due = time.monotonic() + BEAT.total_seconds()
