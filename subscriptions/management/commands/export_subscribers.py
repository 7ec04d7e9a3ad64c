import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from subscriptions.lists import exporting
from subscriptions.models import Subscriber


class Command(BaseCommand):
    help = (
        "Write the subscribers into a CSV file. Needs no more memory for more of them."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path, help="it must not be there yet")
        parser.add_argument(
            "--state", choices=Subscriber.State.values, default="", help="only those"
        )

    def handle(self, *, file: Path, state: str, **options: Any) -> None:
        try:
            # Readable by its owner alone: it is full of addresses.
            target = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise CommandError(f"{file} is there already; nothing was done.") from None
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from None
        with open(target, "w", encoding="utf-8", newline="") as opened:
            opened.writelines(exporting.csv_of(state))
        self.stdout.write(f"{file}: {file.stat().st_size:,} bytes.")
