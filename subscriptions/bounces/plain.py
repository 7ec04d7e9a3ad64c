"""Reports that are text: qmail's (QSBMF), and those of servers from before RFC 3464."""

import re

from subscriptions.bounces import verdicts
from subscriptions.bounces.dsn import addresses_in
from subscriptions.bounces.mails import Part
from subscriptions.bounces.verdicts import Report

_SERVERS = re.compile(r"(?i)(?<![\w.+-])(mailer-daemon|postmaster)(@|\b)")
_STILL_TRYING = re.compile(r"(?i)\b(delay|warning|still trying)")
_MESSAGE_ID = re.compile(rb"(?im)^[ \t>|]{0,20}message-id:[ \t]*(<[^<>\s]{1,250}>)")
_OF_ADDRESS = re.compile(r"<([^<>\s]{3,254})>:")
_BLANK_LINES = re.compile(r"\n[ \t]*\n")
_RETURNED = re.compile(
    r"(?im)^[ \t]*-{2,}[ \t]*(below this line is a copy|this is a copy|original message"
    r"|the header of the original|unsent message)"
)
_MOST = 100


def read(mail: Part) -> list[Report]:
    """Reports in a mail that a server wrote.

    A reader's "I am on holiday" comes from the reader; a server's warning that it still
    tries says so in its subject. Neither is a report.
    """
    failed = mail.fields.get("x-failed-recipients", "")
    if not failed and not _SERVERS.search(mail.fields.get("from", "")):
        return []
    if _STILL_TRYING.search(mail.fields.get("subject", "")):
        return []
    returned = _MESSAGE_ID.search(mail.body)
    message_id = returned[1].decode(errors="replace") if returned else ""
    text = mail.body.decode(errors="replace").replace("\r\n", "\n")
    text = text[: cut.start()] if (cut := _RETURNED.search(text)) else text
    by_address = list(_by_address(text, message_id))
    return by_address or _of_all(failed, text, message_id)


def _by_address(text: str, message_id: str) -> list[Report]:
    """Paragraphs that begin with "<address>:", as qmail's do."""
    reports = []
    for paragraph in _BLANK_LINES.split(text, maxsplit=_MOST)[:_MOST]:
        if match := _OF_ADDRESS.match(paragraph.lstrip()):
            words = paragraph.lstrip()[match.end() :].strip()
            reports += _reports(addresses_in(match[1]), words, message_id)
    return reports


def _of_all(failed: str, text: str, message_id: str) -> list[Report]:
    addresses = set().union(*map(addresses_in, failed.split(",")[:_MOST]))
    for line in text.splitlines()[:_MOST]:
        if verdicts.code_in("", line) or verdicts.names_a_dead_address(line):
            return _reports(addresses, line.strip(), message_id)
    return []


def _reports(addresses: set[str], words: str, message_id: str) -> list[Report]:
    code = verdicts.code_in("", words)
    if not code and not verdicts.names_a_dead_address(words):
        return []
    kind = verdicts.kind_of(code, words)
    return [Report(kind, frozenset(addresses), message_id, code, words)]
