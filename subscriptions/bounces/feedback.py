"""Complaints: what a mailbox provider sends when a reader pressed "spam" (ARF, RFC 5965)."""

from subscriptions.bounces.dsn import addresses_in, returned_head
from subscriptions.bounces.mails import Part, fields_in
from subscriptions.bounces.verdicts import Kind, Report

# "not-spam" takes one back, "auth-failure" is about our own set-up.
_COMPLAINTS = {"abuse", "fraud", "virus", "opt-out", "opt-out-list", "other"}


def read(mail: Part) -> list[Report]:
    """The complaint in ``mail``, if it is one."""
    parts = mail.parts
    found = next(
        (part for part in parts if part.kind == "message/feedback-report"), None
    )
    if found is None:
        return []
    fields = fields_in(found.body)
    kind = fields.get("feedback-type", "").lower()
    if kind not in _COMPLAINTS:
        return []
    head = returned_head(parts)
    return [
        Report(
            kind=Kind.COMPLAINT,
            addresses=frozenset(addresses_in(fields.get("original-rcpt-to", ""))),
            message_id=head.get("message-id", ""),
            leave_link=head.get("list-unsubscribe", ""),
            status=kind,
            words=fields.get("user-agent", ""),
        )
    ]
