from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles import search_index
from footcare.lib import triggers


class Command(BaseCommand):
    help = (
        "Compare what searches look in with the articles, set right what is wrong and say "
        "what was. In a healthy site always 0. Safe while the site runs."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="only look; exit with 1 if anything is wrong",
        )

    def handle(self, *, check: bool, **options: Any) -> None:
        lost = triggers.missing()
        wrong = search_index.rebuild(repair=False, thorough=True)
        if (lost or wrong) and not check:
            triggers.restore()
            search_index.rebuild(thorough=True)
        for name in lost:
            self.stdout.write(f"Trigger {name} was missing.")
        for line in wrong:
            self.stdout.write(line)
        verb = "are wrong" if check else "corrected"
        self.stdout.write(f"{len(wrong)} entries {verb}.")
        if check and (lost or wrong):
            raise CommandError("The search needs a repair.", returncode=1)
