"""What a mail to the bounce address reports. Whatever it is, reading it raises nothing."""

from subscriptions.bounces import dsn, feedback, plain
from subscriptions.bounces.mails import Part
from subscriptions.bounces.verdicts import Report


def read(raw: bytes) -> list[Report]:
    """The reports in a mail; none if it is something else, such as an automatic answer."""
    mail = Part.of(raw)
    if mail.kind != "multipart/report":
        return plain.read(mail)
    kind = mail.parameter("report-type").lower()
    if kind == "feedback-report":
        return feedback.read(mail)
    # Some servers leave the type out; a receipt ("disposition-notification") has another.
    return dsn.read(mail) if kind in {"delivery-status", ""} else []
