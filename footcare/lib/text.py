"""What a stranger types, made safe to store: one form of each character, no controls."""

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85]")
# Everything below U+0020 except tab and line feed, DEL, and the C1 controls.
_CONTROLS = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)])
# Letters and signs that look like nothing.
_BLANK = set("\u115f\u1160\u2800\u3164\uffa0")
_MARKS_IN_A_ROW = 30  # as Unicode's stream-safe text format has it


def clean_text(value: str) -> str:
    """Return ``value`` in NFC, with LF line ends, without control characters, trimmed.

    Text that shows nothing (spaces, zero-width and direction marks only) becomes "".
    Lone surrogates, which no database stores, become U+FFFD. More than 30 combining marks
    in a row are cut: to put n of them in order takes n² steps.
    """
    value = _LINE_ENDS.sub("\n", value).translate(_CONTROLS)
    value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    value = unicodedata.normalize("NFC", _cut_marks(value)).strip()
    return value if any(_shows(character) for character in value) else ""


def _cut_marks(value: str) -> str:
    kept, marks = [], 0
    for character in value:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)


def _shows(character: str) -> bool:
    # Cf: zero-width and direction marks; Z: every kind of space.
    kind = unicodedata.category(character)
    return kind[0] != "Z" and kind not in {"Cc", "Cf"} and character not in _BLANK


def number_in(asked: str) -> int:
    """The row number that a query or a form names; 0 for whatever is none."""
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
