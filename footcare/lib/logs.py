"""Log lines that a visitor cannot forge."""

import logging

_CONTROL = {code: f"\\x{code:02x}" for code in [*range(9), *range(11, 32), 127]}


class OneLineFormatter(logging.Formatter):
    """Escape control characters in the message, so that one record is one line.

    A traceback, which is ours, keeps its lines.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        line = super().formatMessage(record)
        return line.replace("\n", "\\n").translate(_CONTROL)
