"""Log lines that a visitor cannot forge, and that tell of nobody."""

import logging
import re

# What moves a terminal's cursor, begins a line, turns the direction of writing, or cannot be
# written at all; tab and line feed apart.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
# An e-mail address; a token in a link that somebody was mailed, as django.core.signing makes
# it or as those in letters are; the row that PostgreSQL quotes in an error. Each try begins
# where a word does, or a long one would take time by its square.
_PRIVATE = [
    (re.compile(r"(?<![\w.+-])[\w.+-]++(?:@|%40)[\w.-]+"), "(address)"),
    (re.compile(r"(?<![\w.-])[\w.-]++(?::|%3A)[\w-]{6}(?::|%3A)[\w-]{20,}"), "(token)"),
    (re.compile(r"(?<![\w-])[1-9][0-9]{0,17}-[\w-]{22}(?![\w-])"), "(token)"),
    (re.compile(r"DETAIL: .*"), "DETAIL: (not kept)"),
]


def one_line(text: str) -> str:
    """``text`` with whatever could pass for another line, or hide one, written out."""
    return _UNSEEN.sub(_escaped, text).replace("\n", "\\n")


def without_people(text: str) -> str:
    """``text`` without e-mail addresses and without the tokens of mailed links."""
    for pattern, words in _PRIVATE:
        text = pattern.sub(words, text)
    return text


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


class OneLineFormatter(logging.Formatter):
    """One record is one line; a traceback follows it, each line of it after a bar.

    So a line feed in an exception's words begins nothing that looks like a record.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        return one_line(without_people(super().formatMessage(record)))

    def formatException(self, ei: object) -> str:  # noqa: N802
        return _behind_bars(super().formatException(ei))  # type: ignore[arg-type]

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        return _behind_bars(super().formatStack(stack_info))


def _behind_bars(text: str) -> str:
    lines = without_people(text).split("\n")
    return "\n".join(f"| {one_line(line)}" for line in lines)
