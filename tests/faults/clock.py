"""The site with a clock that a test moves; the application knows nothing of it.

The seconds to add stand in the file CLOCK, read each time the clock is looked at.
``python -m tests.faults.clock <command>`` is manage.py, and ``application`` is for gunicorn.
"""

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "footcare.settings")
_true_time = time.time
_file = Path(os.environ["CLOCK"])


def moved_time():
    return _true_time() + int(_file.read_text() or 0)


time.time = moved_time
timezone.now = lambda: datetime.fromtimestamp(moved_time(), UTC)

if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
else:
    from footcare.wsgi import application  # noqa: F401  (gunicorn takes it from here)
