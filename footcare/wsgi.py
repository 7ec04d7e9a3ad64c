"""What gunicorn serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from footcare.door import Door
from footcare.lib import triggers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "footcare.settings")

_django = Door(get_wsgi_application())

from footcare.flood import FloodGate  # noqa: E402  (models need Django set up)
from footcare.page_cache import PageCache  # noqa: E402

application = FloodGate(PageCache(_django, settings.PAGE_CACHE_MB * 2**20))

# After a migration that broke off, SQLite stands without its triggers until here.
triggers.restore()
