"""Finished pages, kept in the process and served before Django is asked.

A page that any cache may keep (footcare/lib/caching.py) is the same for everybody, and its
edition (articles/edition.py) tells whether it still is what the site shows. So each request
reads the edition, one look into the database, and gets the kept bytes, or has the page made
anew. Nothing has to be taken out when something changes.
"""

import re
import threading
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.db import Error

from articles import edition
from articles.edition import Edition
from footcare.door import Application
from footcare.kept_page import KeptPage, asked_encoding, is_known_to
from footcare.lib.caching import EDITION, KEEP
from footcare.lib.shelf import Shelf

Environ = dict[str, Any]
# A page's path, and what the known names in its query say.
Key = tuple[str, tuple[str | None, ...]]

_OF_ARTICLE = re.compile(r"/articles/([^/]+)/")
_PATHS = 10_000  # of which the known names of the query are remembered
_PATIENCE = 20  # seconds for which a request waits while another makes the same page


class PageCache:
    """A WSGI application around ``application``; the kept pages take ``size`` bytes at most.

    HEAD is answered as GET is, without the body.
    """

    def __init__(self, application: Application, size: int) -> None:
        self.application = application
        self.hosts = {origin.partition("//")[2] for origin in settings.SITE_ORIGINS}
        # Queries are endless: whoever makes them up pushes no other page out.
        self.plain: Shelf[KeptPage] = Shelf(size * 3 // 4)
        self.queried: Shelf[KeptPage] = Shelf(size // 4)
        self.names: dict[str, tuple[str, ...]] = {}
        self.making: dict[tuple[str, str, Edition], threading.Event] = {}

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if not self._may_answer(environ):
            is_head = environ["REQUEST_METHOD"] == "HEAD"
            body = self.application(environ, start_response)
            return _closed(body) if is_head else body
        now = _edition_of(environ["PATH_INFO"])
        page = self._find(environ, now)
        if page is None and now and "HTTP_COOKIE" not in environ:
            return self._make_once(environ, start_response, now)
        if page is None:
            return self._make(environ, start_response, now)
        return self._send(environ, start_response, page)

    def _may_answer(self, environ: Environ) -> bool:
        """Whether the request asks for a page and nothing else; static files are no pages."""
        return (
            environ["REQUEST_METHOD"] in {"GET", "HEAD"}
            and environ.get("HTTP_HOST") in self.hosts
            and environ.get("CONTENT_LENGTH", "") in {"", "0"}
            and "HTTP_TRANSFER_ENCODING" not in environ
            and not environ["PATH_INFO"].startswith(settings.STATIC_URL)
        )

    def _key(self, environ: Environ) -> Key | None:
        """None while it is not known which names in the query the page looks at."""
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        names = self.names.get(path)
        if names is None or not query.isascii():
            return None
        if not (names and query):
            return path, ()
        asked = dict(parse_qsl(query, keep_blank_values=True))
        values = tuple(asked.get(name) for name in names)
        return path, values if any(value is not None for value in values) else ()

    def _shelf(self, key: Key) -> Shelf[KeptPage]:
        return self.queried if key[1] else self.plain

    def _find(self, environ: Environ, now: Edition | None) -> KeptPage | None:
        key = self._key(environ)
        page = self._shelf(key).find(key) if key else None
        return page if page and page.edition == now else None

    def _make_once(
        self, environ: Environ, start_response: Any, now: Edition
    ) -> Iterable[bytes]:
        """Make the page, or wait for another request that makes it already.

        Readers carry no cookie. Whoever does may be asking for a page of their own.
        """
        made = environ["PATH_INFO"], environ.get("QUERY_STRING", ""), now
        done = threading.Event()
        others = self.making.setdefault(made, done)
        if others is not done:
            others.wait(_PATIENCE)
        try:
            # Looked for again: it may have been made since.
            if page := self._find(environ, now):
                return self._send(environ, start_response, page)
            return self._make(environ, start_response, now)
        finally:
            if others is done:
                del self.making[made]
                done.set()

    def _make(
        self, environ: Environ, start_response: Any, now: Edition | None
    ) -> Iterable[bytes]:
        """Have Django answer, and keep its answer if it may be kept."""
        asked = dict(environ)
        environ |= {"REQUEST_METHOD": "GET", KEEP: None, EDITION: now}
        answer = _Answer()
        body = self.application(environ, answer)
        names = environ[KEEP]
        if names is None or now is None or not answer.may_be_kept():
            start_response(answer.status, answer.headers, answer.exc_info)
            return body if asked["REQUEST_METHOD"] == "GET" else _closed(body)
        page = KeptPage(now, answer.headers, b"".join(body))
        _closed(body)
        if len(self.names) >= _PATHS:
            self.names.clear()
        self.names[environ["PATH_INFO"]] = names
        self._keep(asked, page)
        return self._send(asked, start_response, page)

    def _keep(self, environ: Environ, page: KeptPage) -> None:
        if key := self._key(environ):
            self._shelf(key).put(key, page)

    def _send(
        self, environ: Environ, start_response: Any, page: KeptPage
    ) -> Iterable[bytes]:
        encoding = asked_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        sent = page.encoded.get(encoding)
        if sent is None:
            sent = page.encode(encoding)
            self._keep(environ, page)  # it has grown
        if is_known_to(environ, sent):
            start_response("304 Not Modified", sent.unchanged[:])
            return []
        start_response("200 OK", sent.headers[:])
        return [sent.body] if environ["REQUEST_METHOD"] == "GET" else []


class _Answer:
    """Takes what Django would have sent."""

    status: str
    headers: list[tuple[str, str]]
    exc_info: Any = None

    def __call__(self, status: str, headers: Any, exc_info: Any = None) -> None:
        self.status, self.headers, self.exc_info = status, headers, exc_info

    def may_be_kept(self) -> bool:
        cookies = any(name.lower() == "set-cookie" for name, _ in self.headers)
        return self.status == "200 OK" and not cookies


def _edition_of(path: str) -> Edition | None:
    """What stands under an article's address is of the article's edition, all else of the
    lists'. None where Django knows better what to say: there is no such article, or the
    database is away.
    """
    article = _OF_ARTICLE.match(path)
    try:
        return edition.current(article[1] if article else "")
    except Error:
        return None


def _closed(body: Any) -> list[bytes]:
    """Tell Django that the answer has been sent."""
    if hasattr(body, "close"):
        body.close()
    return []
