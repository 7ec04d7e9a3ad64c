from typing import Any

from django.core.management.base import BaseCommand

from articles.seed import seed_site
from footcare.lib import turns


class Command(BaseCommand):
    help = (
        "Write the first article and pages. Safe to repeat: what exists is left alone."
    )

    def handle(self, **options: Any) -> None:
        with turns.alone(lambda: None):
            written = seed_site()
        for name in written:
            self.stdout.write(f"Wrote {name}.")
        if not written:
            self.stdout.write("The site is seeded already; nothing was changed.")
