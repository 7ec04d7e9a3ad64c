"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from footcare.door import Door
from footcare.lib import triggers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "footcare.settings")

application = Door(get_wsgi_application())

# After a migration that broke off, SQLite stands without its triggers until here.
triggers.restore()
