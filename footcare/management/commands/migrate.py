from typing import Any

from django.core.management.commands import migrate

from footcare.lib import turns


class Command(migrate.Command):
    help = f"{migrate.Command.help} Two at once come one after the other."

    def handle(self, *args: Any, **options: Any) -> None:
        with turns.alone(self.say_that_it_waits, options["database"]):
            super().handle(*args, **options)

    def say_that_it_waits(self) -> None:
        self.stdout.write("Another process migrates this database: waiting for it ...")
        self.stdout.flush()
