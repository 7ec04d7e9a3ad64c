"""A mail taken apart as far as a report needs it: its fields, and its parts one level deep.

Anybody may write to the address that bounces come to. Python's own parser goes as deep as a
stranger nests and asks each level at each line; this one looks once at each byte, and never
raises.
"""

import quopri
import re
from base64 import b64decode
from dataclasses import dataclass
from functools import cached_property

LONGEST = 256 * 1024  # bytes that are looked at; a report is at the beginning
_MOST_PARTS = 20
_MOST_GROUPS = 100
_LONGEST_FIELD = 2000  # characters

_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n")
_FOLDED = re.compile(rb"\r?\n[ \t]+")
_PARAMETER = re.compile(r';\s*([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s;"]+))', re.ASCII)


def fields_in(head: bytes) -> dict[str, str]:
    """The fields of ``head`` by their names in small letters; the first of each name."""
    found: dict[str, str] = {}
    for line in _FOLDED.sub(b" ", head).splitlines():
        name, colon, value = line.partition(b":")
        if colon and len(name) < 80:
            text = value[:_LONGEST_FIELD].decode(errors="replace").strip()
            found.setdefault(name.strip().decode(errors="replace").lower(), text)
    return found


def groups_in(text: bytes) -> list[dict[str, str]]:
    """Fields in groups with an empty line between them, as in RFC 3464."""
    groups = _BLANK_LINE.split(text.strip(), maxsplit=_MOST_GROUPS)
    return [fields_in(group) for group in groups[:_MOST_GROUPS]]


@dataclass(frozen=True)
class Part:
    """A whole mail, or one of its parts."""

    fields: dict[str, str]
    raw: bytes

    @classmethod
    def of(cls, raw: bytes) -> "Part":
        """``raw`` from its first field on; more than LONGEST bytes are left out."""
        raw = raw[:LONGEST]
        if raw.startswith((b"\n", b"\r\n")):
            return cls({}, raw.lstrip(b"\r\n"))
        head, _, body = _cut(raw)
        return cls(fields_in(head), body)

    @cached_property
    def kind(self) -> str:
        """Such as "text/plain", in small letters."""
        value = self.fields.get("content-type", "text/plain")
        return value.partition(";")[0].strip().lower()

    def parameter(self, name: str) -> str:
        """Of the content type: "boundary", "report-type"."""
        value = self.fields.get("content-type", "")
        for key, quoted, bare in _PARAMETER.findall(value):
            if key.lower() == name:
                return quoted or bare
        return ""

    @cached_property
    def body(self) -> bytes:
        """As it was before it was encoded for its way."""
        encoding = self.fields.get("content-transfer-encoding", "").lower()
        if encoding == "quoted-printable":
            return quopri.decodestring(self.raw)
        if encoding == "base64":
            return _from_base64(self.raw)
        return self.raw

    @cached_property
    def parts(self) -> "list[Part]":
        """Those of a multipart, as they stand; none of another mail."""
        boundary = self.parameter("boundary").encode()
        if not self.kind.startswith("multipart/") or not boundary:
            return []
        line = re.compile(
            rb"^--" + re.escape(boundary) + rb"(?:--)?[ \t]*\r?$", re.MULTILINE
        )
        pieces = line.split(self.raw, maxsplit=_MOST_PARTS)[1:]
        return [Part.of(piece.removeprefix(b"\n")) for piece in pieces]


def _cut(raw: bytes) -> tuple[bytes, bytes, bytes]:
    match = _BLANK_LINE.search(raw)
    if match is None:
        return raw, b"", b""
    return raw[: match.start()], match[0], raw[match.end() :]


def _from_base64(raw: bytes) -> bytes:
    try:
        return b64decode(raw)
    except ValueError:
        return raw
