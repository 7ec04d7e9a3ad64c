"""The last step before Django: what a client may not decide about a request's body."""

import re
from collections.abc import Callable, Iterable
from typing import Any

_BOUNDARY = re.compile(r';\s*boundary\s*=\s*("[^"]*"|[^;\s]+)', re.IGNORECASE)

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Door:
    """A WSGI application around ``application``.

    Forms are read as UTF-8, whatever charset a client names: some it could name take
    quadratic time, others cannot be looked up, and then no error page of ours is reached.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["CONTENT_TYPE"] = plain_content_type(environ.get("CONTENT_TYPE", ""))
        length = environ.get("CONTENT_LENGTH", "")
        if length.isascii() and length.isdigit():
            environ["wsgi.input"] = WholeBody(environ["wsgi.input"], int(length))
        return self.application(environ, start_response)


def plain_content_type(value: str) -> str:
    """``value`` with its boundary as the only parameter that is left."""
    media_type = value.partition(";")[0].strip().lower()
    boundary = _BOUNDARY.search(value)
    return f"{media_type}; boundary={boundary[1]}" if boundary else media_type


class WholeBody:
    """A body of ``length`` bytes; one that breaks off before raises OSError.

    Without it the first half of a form would be taken for the whole.
    """

    def __init__(self, stream: Any, length: int) -> None:
        self.stream, self.left = stream, length

    def read(self, size: int = -1) -> bytes:
        return self._take(self.stream.read(size), size)

    def readline(self, size: int = -1) -> bytes:
        return self._take(self.stream.readline(size), 1)

    def _take(self, data: bytes, wanted: int) -> bytes:
        wanted = self.left if wanted is None or wanted < 0 else min(wanted, self.left)
        self.left -= len(data)
        if len(data) < wanted:
            raise OSError("The request broke off.")
        return data
