"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "footcare.settings")

application = get_wsgi_application()

# After a migration that broke off, SQLite stands without its triggers until here.
from footcare.lib import triggers  # noqa: E402

triggers.restore()
