#!/usr/bin/env python
"""Django's command line for this site; `python manage.py help` lists the commands."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "footcare.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as mistake:
        # An owner's mistake in .env is one sentence, not a traceback.
        sys.exit(f"Footcare cannot start: {mistake}")


if __name__ == "__main__":
    main()
