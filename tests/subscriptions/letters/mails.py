"""Letters as bytes, and as whoever gets them reads them."""

import re
from email import message_from_bytes, policy

from django.utils import timezone

from subscriptions.letters.mime import PreparedLetter, To
from subscriptions.models import Letter

READER = To(delivery=7, subscriber=11, email="reader@example.org", letter_key="k" * 32)
MARK = "0123456789abcdef" * 2
# Python's strictest reading: any fault in a mail raises.
STRICT = policy.default.clone(raise_on_defect=True)


def frozen_letter(text="Words.", html="<p>Words.</p>", subject="News", **values):
    """One that was queued with these words; nothing is asked of a database."""
    return Letter(
        pk=3, mark=MARK, queued_at=timezone.now(),
        frozen_subject=subject, html=html, text=text, **values,
    )  # fmt: skip


def data_of(letter, to=READER):
    return PreparedLetter(letter).data(to)


def read(data):
    """The mail in what was said to the server: dots undone, nothing forgiven."""
    return read_message(re.sub(rb"(?m)^\.", b"", data))


def read_message(message):
    return message_from_bytes(message, policy=STRICT)


def header_lines(data):
    return data.partition(b"\r\n\r\n")[0].split(b"\r\n")


def words_of(mail):
    """The text and the HTML, line ends as they are everywhere."""
    return [part.get_content().replace("\r\n", "\n") for part in mail.iter_parts()]
