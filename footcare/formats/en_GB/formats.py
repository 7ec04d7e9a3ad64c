"""Months in full: a page is read, not filed."""

DATE_FORMAT = "j F Y"
