"""One finished page in the encodings that browsers ask for."""

import gzip
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import brotli  # type: ignore[import-untyped]

from articles.edition import Edition

Headers = list[tuple[str, str]]

# The best first. At these levels it takes a small part of the time that making a page takes.
_COMPRESS = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}
_OF_THE_BODY = {"content-type", "content-length", "content-encoding"}


@dataclass(frozen=True, slots=True)
class Encoded:
    """One representation, with the headers of 200 and of 304."""

    etag: str
    date: str  # Last-Modified, "" if the page has none
    headers: Headers
    unchanged: Headers
    body: bytes


class KeptPage:
    """A page of one edition of the site. ``headers`` are those of Django's answer."""

    def __init__(self, edition: Edition, headers: Headers, body: bytes) -> None:
        self.edition = edition
        sent = {name.lower(): value for name, value in headers}
        self._etag, self._date = sent["etag"], sent.get("last-modified", "")
        ours = {"etag", "vary", "content-length"}
        self._headers = [one for one in headers if one[0].lower() not in ours]
        self._headers.append(("Vary", "Accept-Encoding"))
        self.encoded: dict[str, Encoded] = {}
        self._plain = self._representation("", body)

    def _representation(self, encoding: str, body: bytes) -> Encoded:
        # An encoding makes another representation, which needs a strong ETag of its own.
        etag = f'{self._etag[:-1]}-{encoding}"' if encoding else self._etag
        headers = [*self._headers, ("ETag", etag), ("Content-Length", str(len(body)))]
        if encoding:
            headers.append(("Content-Encoding", encoding))
        unchanged = [one for one in headers if one[0].lower() not in _OF_THE_BODY]
        made = Encoded(etag, self._date, headers, unchanged, body)
        self.encoded[encoding] = made
        return made

    def encode(self, encoding: str) -> Encoded:
        """Compress the page, once; one that would not become smaller stays as it is."""
        body = _COMPRESS[encoding](self._plain.body)
        if len(body) < len(self._plain.body):
            return self._representation(encoding, body)
        return self.encoded.setdefault(encoding, self._plain)

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return sum(len(one.body) + 4000 for one in list(self.encoded.values()))


@lru_cache(maxsize=128)
def asked_encoding(accepted: str) -> str:
    """The encoding to send to whoever sends this Accept-Encoding: "br", "gzip" or "" (none)."""
    asked = {}
    for one in accepted.lower().split(","):
        name, _, parameter = one.partition(";")
        asked[name.strip()] = _quality(parameter)
    known = [(asked.get(name, asked.get("*", 0.0)), name) for name in _COMPRESS]
    best, name = max(known, key=lambda one: one[0])
    return name if best > 0 and best >= asked.get("identity", 0) else ""


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def is_known_to(environ: dict[str, Any], page: Encoded) -> bool:
    """Whether the client says that it has this very representation.

    By date alone only if the dates are equal: the date may also go back, when the newest of
    what is shown goes.
    """
    tags = environ.get("HTTP_IF_NONE_MATCH")
    if tags is None:
        return bool(page.date) and environ.get("HTTP_IF_MODIFIED_SINCE") == page.date
    known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
    return page.etag in known or "*" in known
