from typing import Any

from django.core.management.base import BaseCommand

from footcare.dns_records import advice, records
from footcare.lib.logs import one_line


class Command(BaseCommand):
    help = (
        "Print the DNS records that make receivers believe your letters: SPF, DKIM, DMARC and "
        "more, for the sender in your settings. Asks nobody; set them where your domain is."
    )

    def handle(self, **options: Any) -> None:
        for words in advice():
            self.stdout.write(f"Note: {one_line(words)}\n\n")
        for record in records():
            line = f"{record.name}  {record.kind}  {record.value}"
            self.stdout.write(f"{one_line(line)}\n    {record.why}\n\n")
        self.stdout.write(
            "What stands in <these> only you, or whoever sends your mail, can tell. "
            "`manage.py doctor --send-to you@example.org` then sends a mail: look at its "
            "head, where receivers write spf=pass, dkim=pass and dmarc=pass.\n"
        )
