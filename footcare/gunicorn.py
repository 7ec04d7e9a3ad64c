"""How gunicorn serves the site; `manage.py serve` and the container both use it."""

import os

import environ

environ.Env.read_env(os.path.join(os.path.dirname(__file__), "..", ".env"))

wsgi_app = "footcare.wsgi:application"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 30
graceful_timeout = 20
control_socket_disable = True
# The arguments below would be read by gunicorn itself, too: it takes a stray GUNICORN_PID
# for a sign that it was re-executed, and then never listens.
os.environ.pop("GUNICORN_PID", None)
