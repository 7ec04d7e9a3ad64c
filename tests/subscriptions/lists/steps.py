"""An owner who brings a list."""

import io

from subscriptions.lists import importing, reading
from subscriptions.models import Import

PROOF = "Signed up at our fair stand, May 2024, on paper."


def lines_of(content):
    return io.StringIO(content, newline="")


def layout_of(content):
    return reading.layout_of(lines_of(content))


def check(content, layout=None):
    return importing.check(lines_of(content), layout or layout_of(content))


def bring(content, layout=None):
    """Import ``content``; return the import and its report."""
    imported = Import.objects.create(proof=PROOF, content=content)
    report = importing.run(imported, lines_of(content), layout or layout_of(content))
    imported.refresh_from_db()
    return imported, report


def kinds(report):
    return {kind.value: count for kind, count, _ in report.kinds()}
