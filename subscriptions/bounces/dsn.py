"""Reports of mail servers as RFC 3464 has them: multipart/report, message/delivery-status."""

import re

from subscriptions.bounces import verdicts
from subscriptions.bounces.mails import Part, fields_in, groups_in
from subscriptions.bounces.verdicts import Report

_STATUS = {"message/delivery-status", "message/global-delivery-status"}
_WHOLE = {"message/rfc822", "message/global"}
_HEADERS = {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_LONGEST_ADDRESS = 254


def read(mail: Part) -> list[Report]:
    """A report for each recipient whom the server has given up.

    "delayed" is none: the server goes on trying, and says when it stops. Nor are
    "delivered", "relayed" and "expanded", which are no trouble at all.
    """
    parts = mail.parts
    status = next((part for part in parts if part.kind in _STATUS), None)
    if status is None:
        return []
    head = returned_head(parts)
    reports = []
    for group in groups_in(status.body):
        if group.get("action", "").partition(" ")[0].lower() == "failed":
            reports.append(_report(group, head))
    return reports


def _report(group: dict[str, str], head: dict[str, str]) -> Report:
    words = group.get("diagnostic-code", "")
    words = words.partition(";")[2].strip() if ";" in words[:40] else words
    code = verdicts.code_in(group.get("status", ""), words)
    original = addresses_in(group.get("original-recipient", ""))
    final = addresses_in(group.get("final-recipient", ""))
    return Report(
        kind=verdicts.kind_of(code, words),
        addresses=frozenset(original | final),
        message_id=head.get("message-id", ""),
        leave_link=head.get("list-unsubscribe", ""),
        status=code,
        words=words,
    )


def returned_head(parts: list[Part]) -> dict[str, str]:
    """The fields of the letter that a report gives back; nothing if it does not."""
    for part in parts:
        if part.kind in _WHOLE:
            return Part.of(part.body).fields
        if part.kind in _HEADERS:
            return fields_in(part.body)
    return {}


def addresses_in(value: str) -> set[str]:
    """The address in "rfc822; <name@host>", in small letters; nothing if there is none.

    One that came with the letter's own options may be written as xtext (RFC 3461), which
    nothing tells: then both readings are given.
    """
    kind, semicolon, rest = value.partition(";")
    written = (rest if semicolon else kind).strip().strip("<>")
    read = _XTEXT.sub(lambda digits: chr(int(digits[1], 16)), written)
    return {
        address.lower()
        for address in (written, read)
        if "@" in address and len(address) <= _LONGEST_ADDRESS and address.isprintable()
    }
