"""The mailbox that servers send their reports to: an IMAP folder, or a Maildir on this machine.

Each mail is looked at once and marked as read; what is no report is flagged besides, for
somebody to look at. Nothing is moved or deleted: that is the owner's.
"""

import imaplib
import os
import re
import ssl
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings

from outbox import ending
from outbox.sending import Report as Say
from subscriptions.bounces import effects, reports, tracing
from subscriptions.bounces.mails import LONGEST

MOST = 50  # mails in one turn
TIMEOUT = 20  # seconds for each step


class MailboxError(Exception):
    """It cannot be reached or read; the words hold no password."""


class Mailbox(Protocol):
    """Where reports arrive."""

    def unread(self) -> list[str]:
        """The names of the mails that nobody has looked at, the oldest first."""

    def read(self, name: str) -> bytes:
        """The first LONGEST bytes of a mail."""

    def mark(self, name: str, *, flag: bool) -> None:
        """Mark a mail as read; with ``flag`` as one that asks for somebody."""

    def close(self) -> None:
        """Let go of it."""


def read_bounces(say: Say) -> int:
    """Look through new mails in BOUNCE_MAILBOX; return how many there were."""
    if not settings.BOUNCE_MAILBOX:
        return 0
    read, unknown = 0, 0
    try:
        with closing(opened()) as box:
            for name in box.unread()[:MOST]:
                if ending.asked.is_set():
                    break
                is_report = _record(box.read(name))
                # Killed before this, it is read again, and counts no second time.
                box.mark(name, flag=not is_report)
                read, unknown = read + 1, unknown + (not is_report)
    except MailboxError as error:
        say(f"The mailbox of bounces cannot be read: {error}")
        return 0
    if read:
        say(f"Bounces: {read} mails read, {unknown} of them were no report; see there.")
    return read


def count_unread() -> int:
    """How many mails wait in BOUNCE_MAILBOX. Raises MailboxError."""
    with closing(opened()) as box:
        return len(box.unread())


def opened() -> Mailbox:
    """The mailbox that BOUNCE_MAILBOX names. Raises MailboxError."""
    url = urlsplit(settings.BOUNCE_MAILBOX)
    if url.scheme == "maildir":
        return _Maildir(Path(unquote(url.path)))
    return _Imap(url)


def _record(raw: bytes) -> bool:
    """Do what the reports in a mail ask for; whether there are any."""
    found = reports.read(raw)
    digest = sha256(raw).hexdigest()[:32]
    for number, report in enumerate(found):
        if finding := tracing.find(report):
            effects.record(
                finding.kind,
                f"mail {digest} {number}",
                delivery=finding.delivery,
                subscriber=finding.subscriber,
                status=report.status,
                words=report.words,
            )
    return bool(found)


class _Maildir:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not all((folder / name).is_dir() for name in ("new", "cur")):
            raise MailboxError(f"{folder} is no Maildir.")

    def unread(self) -> list[str]:
        try:
            new = [f"new/{name}" for name in sorted(os.listdir(self.folder / "new"))]
            old = [f"cur/{name}" for name in sorted(os.listdir(self.folder / "cur"))]
        except OSError as error:
            raise MailboxError(_words(error)) from error
        # Whoever opens the box with a mail program moves them without reading them.
        unseen = [name for name in old if "S" not in name.partition(":2,")[2]]
        return [name for name in new + unseen if not name[4:].startswith(".")]

    def read(self, name: str) -> bytes:
        try:
            with (self.folder / name).open("rb") as file:
                return file.read(LONGEST)
        except OSError as error:
            raise MailboxError(_words(error)) from error

    def mark(self, name: str, *, flag: bool) -> None:
        base, _, flags = name[4:].partition(":2,")
        marked = "".join(sorted({*flags, "S", *("F" if flag else "")}))
        try:
            with suppress(FileNotFoundError):  # another worker did it
                (self.folder / name).rename(self.folder / "cur" / f"{base}:2,{marked}")
        except OSError as error:
            raise MailboxError(_words(error)) from error

    def close(self) -> None:
        pass


class _Imap:
    def __init__(self, url: SplitResult) -> None:
        folder = unquote(url.path.strip("/")) or "INBOX"
        quoted = folder.replace("\\", "\\\\").replace('"', '\\"')
        try:
            self._imap = _connected(url)
        except _TROUBLE as error:
            raise MailboxError(_words(error)) from error
        try:
            self._imap.login(unquote(url.username or ""), unquote(url.password or ""))
            self._expect(*self._imap.select(f'"{quoted}"'))
        except _TROUBLE as error:
            self.close()
            raise MailboxError(_words(error)) from error

    def unread(self) -> list[str]:
        numbers = self._ask("SEARCH", "UNSEEN")[0]
        return numbers.decode().split() if numbers else []

    def read(self, name: str) -> bytes:
        pieces = self._ask("FETCH", name, f"(BODY.PEEK[]<0.{LONGEST}>)")
        return next((piece[1] for piece in pieces if isinstance(piece, tuple)), b"")

    def mark(self, name: str, *, flag: bool) -> None:
        flags = r"(\Seen \Flagged)" if flag else r"(\Seen)"
        self._ask("STORE", name, "+FLAGS.SILENT", flags)

    def close(self) -> None:
        with suppress(*_TROUBLE):
            self._imap.logout()
        with suppress(*_TROUBLE):
            self._imap.shutdown()  # what logging out leaves open on a line that broke

    def _ask(self, command: str, *arguments: str) -> list:
        try:
            return self._expect(*self._imap.uid(command, *arguments))
        except _TROUBLE as error:
            raise MailboxError(_words(error)) from error

    def _expect(self, answer: str, pieces: list) -> list:
        if answer != "OK":
            raise imaplib.IMAP4.error(pieces[0])
        return pieces


def _connected(url: SplitResult) -> imaplib.IMAP4:
    host = url.hostname or ""
    if url.scheme == "imap":  # on this machine
        return imaplib.IMAP4(host, url.port or 143, timeout=TIMEOUT)
    context = ssl.create_default_context()
    return imaplib.IMAP4_SSL(
        host, url.port or 993, ssl_context=context, timeout=TIMEOUT
    )


# UnicodeError and the like: words of ours that IMAP cannot carry.
_TROUBLE = (OSError, imaplib.IMAP4.error, ValueError)
_BYTES = re.compile(r"""^b(['"])(.*)\1$""")


def _words(error: Exception) -> str:
    """What went wrong; imaplib shows the server's words as Python would."""
    match = _BYTES.match(str(error))
    return match[2] if match else str(error) or type(error).__name__
