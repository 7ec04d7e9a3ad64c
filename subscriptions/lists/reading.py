"""CSV as other programs write it: in which encoding, parted by what, which column is what."""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from subscriptions.lists.statuses import STATUSES

_SAMPLE = 20  # rows that a guess looks at
_SEPARATORS = ",;\t"
_PIECE = 65536  # bytes
# Excel's own line before the first.
_EXCEL = re.compile(r"sep=(.)", re.IGNORECASE)


class Role(TextChoices):
    """What a column may be to us."""

    EMAIL = "email", _("E-mail")
    CONFIRMED = "confirmed_at", _("Confirmed at")
    ASKED = "asked_at", _("Signed up at")
    SOURCE = "source", _("Signed up where")
    TOPICS = "topics", _("Topics")
    PACE = "pace", _("Pace")
    STATUS = "status", _("Status")
    LEFT = "left_at", _("Left, if anything stands there")
    BOUNCED = "bounced_at", _("Bounced, if anything stands there")


# Names of columns in the exports of Mailchimp, Ghost, listmonk, Buttondown, MailPoet,
# Newsletter, Jetpack and of this site, as `_plain` has them.
_NAMES = {
    Role.EMAIL: {
        "email", "e_mail", "mail", "email_address", "e_mail_address", "subscriber_email",
        "user_email", "e_mail_adresse", "emailadresse", "email_adresse",
    },
    Role.CONFIRMED: {"confirmed_at", "confirm_time", "confirmed_on", "confirmation_date"},
    Role.ASKED: {
        "asked_at", "optin_time", "opt_in_time", "created_at", "created_on", "created",
        "creation_date", "subscribed_at", "subscribe_date", "subscription_date",
        "signup_date", "date_added", "date",
    },
    Role.SOURCE: {
        "asked_on", "source", "signup_source", "referrer", "referrer_url", "referer",
        "http_referer",
    },
    Role.TOPICS: {"topics"},
    Role.PACE: {"pace"},
    Role.STATUS: {
        "status", "global_status", "subscription_status", "subscribed_to_emails",
        "subscriber_type", "email_marketing_status",
    },
    Role.LEFT: {"left_at", "unsub_time", "unsubscribed_at", "unsubscription_date"},
    Role.BOUNCED: {"bounced_at", "clean_time", "undeliverability_date"},
}  # fmt: skip
# These may mean something else: they count if each cell looked at is a word that we know.
_PERHAPS_STATUS = {"state", "type", "subscribed"}
_OF_NETWORK = re.compile(r"(.*_)?ip(_address)?")


@dataclass(frozen=True)
class Row:
    """One person's cells; ``line`` to ``last`` are the lines of the file they stand in."""

    line: int
    last: int
    cells: list[str]


@dataclass
class Layout:
    """How a file is to be read. ``columns`` says in which column each role stands."""

    delimiter: str = ","
    has_header: bool = False
    columns: dict[str, int] = field(default_factory=dict)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Layout":
        return cls(**stored)

    def as_json(self) -> dict[str, Any]:
        return {
            "delimiter": self.delimiter,
            "has_header": self.has_header,
            "columns": self.columns,
        }


def encoding_of(file: BinaryIO) -> str:
    """The encoding of ``file``, which is read once, piece by piece, and set back."""
    start = file.read(_PIECE)
    file.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Every second byte of plain letters is 0, where nobody wrote a mark of the order.
    if start[1::2].count(0) > len(start) / 4:
        return "utf-16-le"
    if start[::2].count(0) > len(start) / 4:
        return "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := file.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        file.seek(0)
    return "utf-8-sig"


def layout_of(lines: Iterable[str]) -> Layout:
    """A guess from the first of ``lines``: the owner sees it and may change it."""
    start = list(islice(lines, 5 * _SAMPLE))
    delimiter = _delimiter_of(start)
    sample = list(islice(rows_of(start, Layout(delimiter)), _SAMPLE))
    if not sample:
        return Layout(delimiter)
    first = sample[0].cells
    if any("@" in cell for cell in first):
        return Layout(
            delimiter, False, _columns_of_cells([row.cells for row in sample])
        )
    return Layout(
        delimiter, True, _columns_of_names(first, [row.cells for row in sample[1:]])
    )


def rows_of(lines: Iterable[str], layout: Layout) -> Iterator[Row]:
    """The rows of ``lines``, without the names of the columns and without empty ones.

    A file that cannot be read further ends with a row without cells.
    """
    reader = csv.reader(lines, delimiter=layout.delimiter)
    to_skip = layout.has_header
    line = 1
    try:
        for cells in reader:
            row, line = Row(line, reader.line_num, cells), reader.line_num + 1
            is_excels = row.line == 1 and _EXCEL.fullmatch(layout.delimiter.join(cells))
            if is_excels or not any(cell.strip() for cell in cells):
                continue
            if to_skip:
                to_skip = False
                continue
            yield row
    except csv.Error:  # a quotation mark that is never closed
        yield Row(line, reader.line_num, [])


def names_of(lines: Iterable[str], layout: Layout) -> list[str]:
    """What stands in the first row: the names of the columns, or the first person."""
    bare = Layout(layout.delimiter)
    for row in rows_of(islice(lines, 5 * _SAMPLE), bare):
        return row.cells
    return []


def is_of_network(name: str) -> bool:
    """Whether a column of this name holds IP addresses, which nobody needs here."""
    return bool(_OF_NETWORK.fullmatch(_plain(name)))


def _delimiter_of(start: list[str]) -> str:
    if start and (excels := _EXCEL.fullmatch(start[0].strip())):
        return excels[1]
    return max(_SEPARATORS, key=lambda one: _fit(start, one))


def _fit(start: list[str], delimiter: str) -> tuple[int, int]:
    """How many rows have as many cells as the first, where those are several."""
    rows = list(islice(rows_of(start, Layout(delimiter)), _SAMPLE))
    width = len(rows[0].cells) if rows else 0
    alike = sum(len(row.cells) == width for row in rows) if width > 1 else 0
    return alike, width


def _columns_of_names(names: list[str], sample: list[list[str]]) -> dict[str, int]:
    columns: dict[str, int] = {}
    plain = [_plain(name) for name in names]
    for role, known in _NAMES.items():
        for number, name in enumerate(plain):
            if name in known:
                columns.setdefault(role.value, number)
    if Role.STATUS not in columns:
        for number, name in enumerate(plain):
            if name in _PERHAPS_STATUS and _are_statuses(sample, number):
                columns.setdefault(Role.STATUS.value, number)
    if Role.EMAIL not in columns:
        columns |= _columns_of_cells(sample)
    return columns


def _columns_of_cells(sample: list[list[str]]) -> dict[str, int]:
    """Where the addresses are: in the column that has most of them."""
    width = max((len(cells) for cells in sample), default=0)
    counts = [
        sum("@" in cells[number] for cells in sample if number < len(cells))
        for number in range(width)
    ]
    if not any(counts):
        return {}
    return {Role.EMAIL.value: counts.index(max(counts))}


def _are_statuses(sample: list[list[str]], number: int) -> bool:
    words = [cells[number].strip().lower() for cells in sample if number < len(cells)]
    return bool(words) and all(word in STATUSES for word in words)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
