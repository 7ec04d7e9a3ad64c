"""The mail server that the site sends to, and Chromium: what the fixtures start."""

import shutil
import threading
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from playwright.sync_api import BrowserContext

from tests.running import DEADLINE, free_port

NewContext = Callable[..., BrowserContext]

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NO_CHROMIUM = "There is no Chromium here: install Debian's package `chromium`."


def chromium_path() -> str | None:
    return shutil.which("chromium")


class Mailbox:
    """An aiosmtpd handler that keeps what is delivered, and wakes who waits for it.

    ``calls`` counts how often somebody came, with letters or without.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.letters: list[EmailMessage] = []
        self.calls = 0
        self._arrived = threading.Condition()

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.calls += 1
        return "221 Bye"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        letter = message_from_bytes(envelope.content, policy=policy.default)
        with self._arrived:
            self.letters.append(letter)
            self._arrived.notify_all()
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.letters if letter["To"] == address]

    def wait_for(self, address: str, *, number: int) -> EmailMessage:
        """The ``number``-th letter (from 1) to ``address``, as soon as it is there."""
        with self._arrived:
            self._arrived.wait_for(lambda: len(self.to(address)) >= number, DEADLINE)
            letters = self.to(address)
        assert len(letters) == number, (
            f"{len(letters)} of {number} letters to {address}"
        )
        return letters[-1]
