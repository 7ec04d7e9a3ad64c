"""How gunicorn serves the site; `manage.py serve` and the container both use it."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured

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
# gunicorn takes a stray GUNICORN_PID for a sign that it was re-executed, and never listens.
os.environ.pop("GUNICORN_PID", None)
