"""Mailboxes that bounces come to: a real Maildir, and a small IMAP server."""

import pytest

from tests.outbox.conftest import mailbox
from tests.subscriptions.bounces.imap import ImapServer

__all__ = ["mailbox"]


class Maildir:
    """A real Maildir."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("new", "cur", "tmp"):
            (folder / name).mkdir(parents=True)
        self.url = f"maildir:{folder}"

    def add(self, raw):
        number = len(self.all())
        (self.folder / "new" / f"{1795763564 + number}.M1P2.host").write_bytes(raw)

    def all(self):
        return [*self.folder.glob("new/*"), *self.folder.glob("cur/*")]

    def marked(self):
        """Of each mail, in their order, what stands on it."""
        names = sorted(path.name for path in self.folder.glob("cur/*"))
        return [name.partition(":2,")[2] for name in names]

    def raw(self):
        return {path.read_bytes() for path in self.all()}


class Imap(ImapServer):
    """The same questions to an IMAP server."""

    @property
    def url(self):
        return f"imap://me:p%40ss%2F%22%5C@127.0.0.1:{self.port}/INBOX/Bounces"

    def marked(self):
        short = {"\\Seen": "S", "\\Flagged": "F"}
        return [
            "".join(sorted(short[flag] for flag in flags))
            for flags in self.flags.values()
            if flags
        ]

    def raw(self):
        return set(self.mails.values())


@pytest.fixture
def imap(settings):
    server = Imap()
    settings.BOUNCE_MAILBOX = server.url
    yield server
    server.stop()


@pytest.fixture
def maildir(tmp_path, settings):
    box = Maildir(tmp_path / "bounces of letters")
    settings.BOUNCE_MAILBOX = box.url.replace(" ", "%20")
    return box


@pytest.fixture(params=["maildir", "imap"])
def box(request):
    return request.getfixturevalue(request.param)
