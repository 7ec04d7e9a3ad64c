"""A request through the whole application, its door included, as a server would hand it over."""

import io
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

SERVER = {
    "SERVER_NAME": "testserver",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "HTTP_HOST": "testserver",
    "REMOTE_ADDR": "192.0.2.1",
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}
EVERYWHERE = {
    "content-security-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "x-content-type-options",
}


@dataclass(frozen=True)
class Sent:
    """``path`` is what a server makes of the address: its bytes, percent signs resolved."""

    method: str = "GET"
    path: bytes = b"/"
    query: str = ""
    body: bytes = b""
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    seconds: float  # of CPU

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]


def send(request: Sent) -> Answer:
    # Not earlier: the module looks into the database.
    from footcare.wsgi import application

    environ = {
        **SERVER,
        "REQUEST_METHOD": request.method,
        "PATH_INFO": request.path.decode("latin-1"),
        "QUERY_STRING": request.query,
        "CONTENT_LENGTH": str(len(request.body)) if request.body else "",
        "CONTENT_TYPE": "",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        **request.environ,
    }
    started: list[tuple[str, list[tuple[str, str]]]] = []
    begin = time.thread_time()
    chunks = application(environ, lambda *args: started.append(args[:2]))
    try:
        body = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    ((status, headers),) = started
    return Answer(int(status.split()[0]), headers, body, time.thread_time() - begin)


def faults(request: Sent, answer: Answer) -> list[str]:
    """What is wrong with an answer to a stranger, whatever was asked; [] if nothing is."""
    names = [name.lower() for name, _ in answer.headers]
    policy = " ".join(answer.values("content-security-policy"))
    places = [
        one for name in ("location", "content-location") for one in answer.values(name)
    ]
    is_login = b"/admin/login/" in request.path
    kept = " ".join(answer.values("cache-control"))
    # To take back a cookie that was sent is no harm, in an answer that nobody keeps.
    cookies = [
        one.partition("=")[0].strip()
        for one in answer.values("set-cookie")
        if "Max-Age=0" not in one or "public" in kept
    ]
    checks = {
        # No worker runs beside these tests, and /readyz is there to say so.
        f"status {answer.status}": not 200 <= answer.status < 500
        and (answer.status, request.path.strip(b"/")) != (503, b"readyz"),
        f"no {EVERYWHERE - set(names)}": EVERYWHERE - set(names),
        "may be framed": "frame-ancestors 'none'" not in policy,
        "allows inline": "unsafe" in policy or "nonce" in policy,
        "a header twice": len({*names} - {"set-cookie"}) < len([one for one in names if one != "set-cookie"]),
        f"cookies {cookies}": cookies not in ([], ["csrftoken"] if is_login else []),
        "a header of two lines": any(c in value for _, value in answer.headers for c in "\r\n\0"),
        f"leads to {places}": any(not _is_ours(place) for place in places),
        "a body to HEAD": request.method == "HEAD" and answer.body,
        "tells of its inside": b"Traceback (most" in answer.body or b"site-packages" in answer.body,
        "an error that is kept": answer.status >= 400 and not {"no-cache", "no-store"} & set(kept.split(", ")),
    }  # fmt: skip
    return [words for words, wrong in checks.items() if wrong]


def _is_ours(place: str) -> bool:
    ours = place.removeprefix("http://testserver")
    return ours == "" or (ours.startswith("/") and not ours.startswith(("//", "/\\")))
