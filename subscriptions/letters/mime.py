"""One letter as a mail: all that is the same for everybody is encoded once.

For a reader only the address, the Message-ID, the date and the tokens in their links are
put in, each in the encoding of its place, so a message costs a tenth of what one Django
message each would (docs/measurements.md).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import quoprimime
from email.header import Header
from email.utils import formatdate
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from footcare.lib.links import absolute_url
from outbox.line import Envelope
from subscriptions import tokens
from subscriptions.letters.composing import compose
from subscriptions.models import Letter

_LINE = 75  # characters, and a "=" where a line goes on
_CRLF = "\r\n"
_NEW_LINE_DOT = re.compile(rb"^\.", re.MULTILINE)
# What may stand in an address that is put into a header and into a command as it is: dots
# and letters, or anything but blanks and brackets between quotation marks.
_ADDRESS = re.compile(
    r"""([\w.!#$%&'*+/=?^`{|}~-]+|"[!#-;=?-\[\]-~]*")@[A-Za-z0-9.-]+""", re.ASCII
)
_IN_PARTS = {"Content-Type", "Content-Transfer-Encoding", "MIME-Version"}
_OF_READER = {"To", "Date", "Message-ID", "List-Unsubscribe"}


@dataclass(frozen=True)
class To:
    """One reader of a letter, and the row of the ledger that says so."""

    delivery: int
    subscriber: int
    email: str
    letter_key: str


class PreparedLetter:
    """``letter``, ready to be made out to any reader."""

    def __init__(self, letter: Letter) -> None:
        self.letter = letter
        self.parts = compose(letter)
        self.host = _domain(settings.SITE_URL)
        self.leave_place = f"{letter.mark}leave"
        self.preferences_place = f"{letter.mark}preferences"
        self._leave_url = absolute_url(
            reverse("subscriptions:leave", args=[self.leave_place])
        )
        self._places = re.compile(f"{letter.mark}(leave|preferences)")
        self._head = self._prepared_head()
        self._body = list(self._prepared_body())
        self.sender = settings.BOUNCE_ADDRESS or settings.DEFAULT_FROM_EMAIL

    def envelope(self, to: To) -> Envelope:
        """The letter to one reader. Raises ValueError for an address that is none."""
        if not _ADDRESS.fullmatch(to.email):
            raise ValueError("The address is not one that mail can be sent to.")
        return Envelope(
            sender=self.sender,
            to=to.email,
            data=lambda: self.data(to),
            message=lambda: self.message(to),
        )

    def message_id(self, delivery: int) -> str:
        """The same for every try; the part before the @ names the row of the ledger."""
        return f"<{self.token(delivery)}@{self.host}>"

    def token(self, delivery: int) -> str:
        """What proves that somebody has seen this letter."""
        return tokens.make("delivery", delivery, self.letter.mark)

    def data(self, to: To) -> bytes:
        """The bytes of the whole mail, lines ended and dots doubled as SMTP wants them."""
        leave = tokens.make("leave", to.subscriber, to.letter_key)
        own = {
            "leave": leave,
            "preferences": tokens.make("preferences", to.subscriber, to.letter_key),
        }
        head = (
            f"To: {to.email}\r\nDate: {formatdate()}\r\n"
            f"Message-ID: {self.message_id(to.delivery)}\r\n"
            f"List-Unsubscribe: <{self._leave_url.replace(self.leave_place, leave)}>\r\n"
        )
        pieces = [head.encode("ascii"), self._head]
        for piece, place in self._body:
            pieces.append(piece)
            if place:
                pieces.append(_in_quoted_printable(own[place]))
        return b"".join(pieces)

    def message(self, to: To) -> EmailMultiAlternatives:
        """The same mail as Django has it, for backends that do not speak SMTP."""
        leave = tokens.make("leave", to.subscriber, to.letter_key)
        preferences = tokens.make("preferences", to.subscriber, to.letter_key)

        def own(words: str) -> str:
            return words.replace(self.leave_place, leave).replace(
                self.preferences_place, preferences
            )

        mail = self._message(
            own(self.parts.text),
            own(self.parts.html),
            to=[to.email],
            **{
                "Message-ID": self.message_id(to.delivery),
                "List-Unsubscribe": own(f"<{self._leave_url}>"),
            },
        )
        # What a provider tells us again when the letter comes back (bounces/providers.py).
        mail.metadata = {"delivery": self.token(to.delivery)}  # type: ignore[attr-defined]
        return mail

    def _message(
        self, text: str, html: str, to: list[str], **headers: str
    ) -> EmailMultiAlternatives:
        if self.letter.is_automatic:  # nobody wrote it just now (RFC 3834)
            headers["Auto-Submitted"] = "auto-generated"
        mail = EmailMultiAlternatives(
            self.parts.subject,
            text,
            to=to,
            headers={
                "List-Id": f"<letters.{self.host}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Precedence": "bulk",
                **headers,
            },
        )
        mail.attach_alternative(html, "text/html")
        return mail

    def _prepared_head(self) -> bytes:
        """The headers that are the same for all, folded."""
        message = self._message("", "", to=[]).message()
        same = {
            name: value
            for name, value in message.items()
            if name not in _IN_PARTS | _OF_READER
        }
        # Anew: Django's begins with an empty line, which not every program can read.
        same["Subject"] = self.parts.subject
        lines = [
            *(_folded(*header) for header in same.items()),
            "MIME-Version: 1.0\r\n",
        ]
        return "".join(lines).encode("ascii")

    def _prepared_body(self) -> Iterator[tuple[bytes, str]]:
        """Pieces of the body, each with the place ("leave", "preferences", "") after it."""
        boundary = f"=={self.letter.mark}=="
        yield (
            "Content-Type: multipart/alternative;\r\n"
            f' boundary="{boundary}"\r\n\r\n'.encode(),
            "",
        )
        for kind, words in (("plain", self.parts.text), ("html", self.parts.html)):
            yield (
                f'--{boundary}\r\nContent-Type: text/{kind}; charset="utf-8"\r\n'
                "Content-Transfer-Encoding: quoted-printable\r\n\r\n".encode(),
                "",
            )
            cut = self._places.split(words)
            for number in range(0, len(cut), 2):
                place = cut[number + 1] if number + 1 < len(cut) else ""
                yield (
                    _quoted_printable(cut[number]) + (b"=\r\n" if place else b""),
                    place,
                )
            yield b"\r\n", ""
        yield f"--{boundary}--\r\n".encode(), ""


def _domain(site_url: str) -> str:
    """What stands for the site in a Message-ID; an address in brackets would not do."""
    host = urlsplit(site_url).hostname or ""
    return host if host and ":" not in host else "localhost"


def _folded(name: str, value: str) -> str:
    """A whole header in lines of at most 76 characters, where there is a place to fold."""
    is_plain = value.isascii()
    if name == "Subject":
        # What looks encoded and is not would be decoded; a long word has no place to fold.
        is_plain &= "=?" not in value and max(map(len, value.split()), default=0) < 60
    header = Header(value, None if is_plain else "utf-8", header_name=name)
    return f"{name}: {header.encode(linesep=_CRLF)}{_CRLF}"


def _quoted_printable(words: str) -> bytes:
    """``words`` encoded, to stand at the beginning of a line, with dots doubled."""
    octets = words.encode().decode("latin-1")
    encoded = quoprimime.body_encode(octets, maxlinelen=_LINE, eol=_CRLF)
    return _NEW_LINE_DOT.sub(b"..", encoded.encode("ascii"))


def _in_quoted_printable(token: str) -> bytes:
    """A token on lines of its own, which go on in the next."""
    return f"{token}=\r\n".encode("ascii")
