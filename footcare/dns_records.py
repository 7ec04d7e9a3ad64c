"""The DNS records that a site needs so that its letters are believed: told, not looked up."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings

# What the relays of a few hosts are called in SPF; every other one tells its own.
_SPF = {
    "smtp.gmail.com": "include:_spf.google.com",
    "smtp-relay.gmail.com": "include:_spf.google.com",
    "smtp.office365.com": "include:spf.protection.outlook.com",
    "smtp.mailgun.org": "include:mailgun.org",
    "smtp.eu.mailgun.org": "include:mailgun.org",
    "smtp.fastmail.com": "include:spf.messagingengine.com",
}
_OWN = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Record:
    """``kind`` is such as "TXT"; ``value`` may hold <places> that only the owner knows."""

    name: str
    kind: str
    value: str
    why: str


def records() -> Iterator[Record]:
    """What is to be set, by the settings of this site."""
    sender = _domain(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
    bounces = _domain(settings.BOUNCE_ADDRESS) or sender
    yield _spf(bounces)
    yield Record(
        f"<selector>._domainkey.{sender}",
        "TXT or CNAME",
        "<the key that your mail server or provider shows you>",
        "DKIM: letters are signed, also over the link to leave. Without it large "
        "mailbox providers refuse newsletters.",
    )
    yield Record(
        f"_dmarc.{sender}",
        "TXT",
        f'"v=DMARC1; p=none; rua=mailto:postmaster@{sender}"',
        "DMARC: what to do with letters that only pretend to come from you. Begin with "
        "p=none, read the reports for some weeks, then p=quarantine.",
    )
    if not settings.MAIL_PROVIDER:
        yield from _of_ones_own_server(bounces)


def advice() -> Iterator[str]:
    """What no record says."""
    sender = _domain(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
    site = urlsplit(settings.SITE_URL).hostname or ""
    bounces = _domain(settings.BOUNCE_ADDRESS)
    if not settings.FROM_EMAIL:
        yield f"FROM_EMAIL is not set: these are the records for {sender}, a guess."
    if settings.SITE_IS_LOCAL:
        yield f"SITE_URL is {settings.SITE_URL}: set it before you go on the web."
    elif f".{site}" != f".{sender}" and not f".{site}".endswith(f".{sender}"):
        yield f"Letters come from {sender} and lead to {site}: better one domain for both."
    if bounces and bounces != sender and not bounces.endswith(f".{sender}"):
        yield (
            f"BOUNCE_ADDRESS is at {bounces}, FROM_EMAIL at {sender}: SPF is then no help "
            "for DMARC, which compares the two; DKIM alone has to be right."
        )


def _spf(domain: str) -> Record:
    if settings.MAIL_PROVIDER or settings.MAILS_ARE_KEPT:
        allowed = "include:<as your provider tells you>"
    elif settings.EMAIL_HOST in _OWN:
        allowed = "mx a:<the name of this machine>"
    else:
        allowed = _SPF.get(settings.EMAIL_HOST, f"a:{settings.EMAIL_HOST}")
    return Record(
        domain,
        "TXT",
        f'"v=spf1 {allowed} ~all"',
        "SPF: which servers may send for the domain that bounces go to. A domain has one; "
        "if there is one, add the middle to it.",
    )


def _of_ones_own_server(bounces: str) -> Iterator[Record]:
    if settings.BOUNCE_ADDRESS:
        yield Record(
            bounces,
            "MX",
            "10 <the server of the mailbox>",
            f"Where letters come back to: {settings.BOUNCE_ADDRESS} must take mail.",
        )
    if settings.EMAIL_HOST in _OWN and not settings.MAILS_ARE_KEPT:
        yield Record(
            "<the address of this machine, backwards>",
            "PTR",
            "<the name of this machine>",
            "Reverse: set by whoever gave you the address. The name must lead back to the "
            "address (A, AAAA), and be the one that your server greets with.",
        )


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
