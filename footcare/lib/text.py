"""What a stranger types, made safe to store: one form of each character, no controls."""

import unicodedata

# Everything below U+0020 except tab and line feed, DEL, and the C1 controls.
_CONTROLS = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)])


def clean_text(value: str) -> str:
    """Return ``value`` in NFC, with LF line ends, without control characters, trimmed.

    Text that shows nothing (spaces, zero-width and direction marks only) becomes "".
    Lone surrogates, which no database stores, become U+FFFD.
    """
    value = value.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
    value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    value = unicodedata.normalize("NFC", value).strip()
    return value if any(_shows(character) for character in value) else ""


def _shows(character: str) -> bool:
    # Cf: zero-width and direction marks; Z: every kind of space.
    return unicodedata.category(character)[0] not in "CZ"


def number_in(asked: str) -> int:
    """The row number that a query or a form names; 0 for whatever is none."""
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
