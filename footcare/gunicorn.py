"""How gunicorn serves the site; `manage.py serve` and the container both use it."""

import os
import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from gunicorn.glogging import Logger

from footcare.lib.logs import OneLineFormatter

try:
    from footcare import settings
except ImproperlyConfigured as mistake:
    sys.exit(f"Footcare cannot start: {mistake}")

wsgi_app = "footcare.wsgi:application"
bind = f"{settings.HOST}:{settings.PORT}"
worker_class = "gthread"
workers = settings.env.int("WEB_WORKERS", default=2)
threads = settings.env.int("WEB_THREADS", default=4)
if min(workers, threads) < 1:
    sys.exit("Footcare cannot start: WEB_WORKERS and WEB_THREADS are 1 or more.")
timeout = 30
graceful_timeout = 20
control_socket_disable = True
# What proxies say is believed by Django alone, as far as TRUSTED_PROXY_COUNT goes.
forwarded_allow_ips = ""
forwarder_headers = ""


class QuietLogger(Logger):
    """gunicorn's own lines, without who asked and for what."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(OneLineFormatter(self.error_fmt, self.datefmt))

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        # A stranger's nonsense is no news; gunicorn would tell their address with it.
        if not msg.startswith("Invalid request from"):
            super().warning(msg, *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        # What was asked for may hold a token, or what somebody searched for.
        if msg.startswith("Error handling request"):
            msg, args = "Error handling a request", ()
        super().exception(msg, *args, **kwargs)


logger_class = QuietLogger
# Nothing is logged of a request that went well. Who turns it on (GUNICORN_CMD_ARGS) gets how
# the site does, not who reads what.
accesslog = None
access_log_format = "%(t)s %(m)s %(s)s %(B)s %(M)sms"
# gunicorn takes a stray GUNICORN_PID for a sign that it was re-executed, and never listens.
os.environ.pop("GUNICORN_PID", None)
