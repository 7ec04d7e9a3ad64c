import logging
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from django.utils import autoreload
from django.utils.module_loading import import_string

from footcare.lib.logs import one_line, without_people
from footcare.lib.outage import is_outage
from outbox import ending
from outbox.models import BEAT, Heartbeat

AFTER_MISTAKE = 30.0  # seconds until a job is asked again that failed unexpectedly

_log = logging.getLogger(__name__)


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
        self.beat_due, self.has_erred = 0.0, False
        while not ending.asked.is_set():
            for number, (job, pause) in enumerate(jobs):
                if due[number] <= time.monotonic():
                    due[number] = self.do(job, pause)
            if once and all(due.values()):
                if self.has_erred:
                    raise CommandError("A job failed; the log says why.")
                return
            ending.asked.wait(max(0, min(due.values()) - time.monotonic()))
        self.stdout.write("The mail worker has stopped.")

    def do(self, job: Any, pause: float) -> float:
        """One turn of a job; return when it is due again: 0 where there may be more.

        A database that is away is waited for, not died of. Nor is a mistake of ours: what
        one job cannot do is no reason to do nothing else.
        """
        try:
            close_old_connections()  # a lost one is found out, and opened anew
            self.beat()
            if job(self.report):
                return 0.0  # so `--once` does it all
        except Exception as error:
            if is_outage(error):
                why = one_line(without_people(str(error)))
                self.stderr.write(f"{job.__name__}: the database is away ({why}).")
            else:
                self.has_erred = True
                _log.exception("The worker's job %s failed", job.__name__)
                pause = max(pause, AFTER_MISTAKE)
        return time.monotonic() + pause

    def report(self, line: str) -> None:
        # A mail server names in its words whom it refused.
        self.stdout.write(one_line(without_people(line)))
        self.stdout.flush()
        self.beat()  # a job with many things to do takes long

    def beat(self) -> None:
        if self.beat_due <= time.monotonic():
            Heartbeat.objects.beat()
            self.beat_due = time.monotonic() + BEAT.total_seconds()
