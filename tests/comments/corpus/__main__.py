"""Prints what becomes of the corpus under the rules that a new site begins with.

With a group (spam, honest, health, near) it tells the wrong ones of the half that may be
looked at.
"""

import os
import sys

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ["DATABASE_URL"] = "sqlite://:memory:"
    django.setup()

    # Django first: it has models.
    from tests.comments.corpus.measure import main

    main(*sys.argv[1:])
