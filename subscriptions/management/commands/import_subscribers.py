from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from subscriptions.lists import asking, importing, reading, undoing
from subscriptions.lists.reading import Layout, Role
from subscriptions.lists.report import Report
from subscriptions.models import Import


class Command(BaseCommand):
    help = (
        "Put the people of a CSV file on the list, as confirmed. Who left, bounced or was "
        "erased is never brought back. Sends nothing; safe while the site runs."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument(
            "--proof", default="", help="when, where and in which words they agreed"
        )
        parser.add_argument("--dry-run", action="store_true", help="only look")
        parser.add_argument(
            "--ask", action="store_true",
            help="do not put them on the list: mail each, and let them confirm",
        )  # fmt: skip
        parser.add_argument(
            "--column", action="append", default=[], metavar="ROLE=NUMBER",
            help=f"which column, from 1, is what: {', '.join(Role.values)}; 0 for none",
        )  # fmt: skip
        parser.add_argument("--undo", type=int, metavar="N", help="take import N back")

    def handle(
        self, *, file: Path | None, undo: int | None, dry_run: bool, **options: Any
    ) -> None:
        if undo is not None:
            self.undo(undo)
        elif file is None:
            raise CommandError("Name a file, or an import to undo.")
        elif not (dry_run or options["proof"].strip()):
            raise CommandError("Say with --proof when, where and how they agreed.")
        else:
            try:
                with file.open("rb") as opened:
                    encoding = reading.encoding_of(opened)
                with file.open(
                    encoding=encoding, errors="replace", newline=""
                ) as lines:
                    self.read(lines, file.name, dry_run, **options)
            except OSError as error:
                raise CommandError(
                    f"{file} cannot be read: {error.strerror}."
                ) from None

    def read(
        self,
        lines: TextIO,
        name: str,
        dry_run: bool,
        proof: str,
        ask: bool,
        **options: Any,
    ) -> None:
        layout = reading.layout_of(lines)
        self.choose(layout, options["column"])
        lines.seek(0)
        if dry_run:
            self.tell(importing.check(lines, layout))
            self.stdout.write("Nothing was changed.")
            return
        imported = Import.objects.create(
            file_name=name[:200], mapping=layout.as_json(), proof=proof.strip()
        )
        take = asking.hand_over if ask else importing.run
        self.tell(take(imported, lines, layout))
        self.stdout.write(f"Import {imported.pk}. To undo it: --undo {imported.pk}")

    def choose(self, layout: Layout, columns: list[str]) -> None:
        for column in columns:
            role, _, number = column.partition("=")
            if role not in Role.values or not number.isdecimal():
                raise CommandError(f"{column}: write it like email=2.")
            layout.columns.pop(role, None)
            if int(number):
                layout.columns[role] = int(number) - 1
        if Role.EMAIL not in layout.columns:
            raise CommandError("No column with addresses was found; see --column.")
        for role, at in sorted(layout.columns.items(), key=lambda one: one[1]):
            self.stdout.write(f"Column {at + 1}: {role}")

    def tell(self, report: Report) -> None:
        for kind, count, lines in report.kinds():
            self.stdout.write(f"{count:>9,} {kind.value}: {kind.label}")
            for line in lines:
                if line.why:
                    self.stdout.write(f"          line {line.number}: {line.why}")

    def undo(self, number: int) -> None:
        imported = Import.objects.filter(pk=number).defer("content").first()
        if imported is None:
            raise CommandError(f"There is no import {number}.")
        removed, stay = undoing.undo(imported)
        self.stdout.write(f"{removed:,} taken off the list.")
        for why, count in stay.items():
            self.stdout.write(f"{count:,} stay: {undoing.WORDS[why]}.")
