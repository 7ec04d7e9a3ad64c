"""British dates, with months in full: a page is read, not filed."""

from django.conf.locale.en_GB.formats import *  # type: ignore[import-untyped]  # noqa: F403

DATE_FORMAT = "j F Y"
