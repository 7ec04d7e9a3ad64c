from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from footcare.doctor import examine
from footcare.doctor.findings import Finding, Level, ok, wrong
from footcare.lib.logs import one_line
from outbox.line import DeliveryError, Line
from outbox.models import Message
from outbox.sending import envelope_of


class Command(BaseCommand):
    help = (
        "Look at all that letters need: the site, the worker, the mail server, the sender, "
        "leaving with one click, what comes back. Says “wrong” and ends with 1 where letters "
        "cannot go. It changes nothing."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--send-to", metavar="ADDRESS", help="send a mail there, at once"
        )

    def handle(self, *, send_to: str | None, **options: Any) -> None:
        findings = []
        for finding in examine():
            findings.append(finding)
            self.stdout.write(one_line(str(finding)))
        if send_to:
            findings.append(_sent(send_to))
            self.stdout.write(one_line(str(findings[-1])))
        errors = sum(finding.level is Level.WRONG for finding in findings)
        if errors:
            raise CommandError(f"{errors} wrong; see above.")


def _sent(address: str) -> Finding:
    """One real mail over the line that all mails take."""
    try:
        validate_email(address)
    except ValidationError:
        return wrong(f"{address} is no address.")
    message = Message(
        to=address,
        subject=_("A test of your mails"),
        text=_("Mails of your site arrive."),
        html=f"<p>{_('Mails of your site arrive.')}</p>",
        headers={"Auto-Submitted": "auto-generated"},
        message_id=make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
    )
    line = Line()
    try:
        kept_as = line.send(envelope_of(message))
    except DeliveryError as error:
        return wrong(f"The mail to {address} was not taken: {error}")
    finally:
        line.close()
    return ok(
        f"The mail to {address} was taken{kept_as}. Look whether it is in “spam”."
    )
