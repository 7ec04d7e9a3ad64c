"""Requests as a server hands them over, through a whole application and not Django's client."""

import io
from typing import NamedTuple


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def ask(application, path, method="GET", **environ):
    """Send one request; ``environ`` adds to it, or takes the place of what it would hold."""
    path, _, query = path.partition("?")
    values = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "testserver",
        "REMOTE_ADDR": "192.0.2.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }
    started = []
    chunks = application(values | environ, lambda *args: started.append(args))
    try:
        body = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    status, headers = started[-1][:2]
    names = [name for name, _ in headers]
    assert len(names) == len(set(names)), names
    return Answer(int(status.split()[0]), dict(headers), body)
