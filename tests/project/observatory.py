"""The published scoring of Mozilla's HTTP Observatory, as far as one answer can be judged.

Source: mdn/mdn-http-observatory on GitHub, src/grader/charts.js (the modifiers and grades) and
src/analyzer/tests/ (what earns which), read in November 2026; its MDN page is “Tests & scoring”.
A site begins with 100 points. Each test adds its modifier; bonuses count only where the site has
90 or more without them; 100 and more is A+.

Not judged here: the redirect from http, which the proxy that holds the certificate makes
(docs/operations.md), and the preload list, which is the owner's decision. Both count as 0.
"""

from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

BASELINE, BONUS_FROM, BEST_GRADE_FROM = 100, 90, 100
HALF_A_YEAR = 15_768_000

Headers = Mapping[str, str]

_BROAD = {"ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"}  # fmt: skip
_INLINE = {"'unsafe-inline'", "data:"}
_PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}  # fmt: skip


def score(headers: Headers, cookies: Sequence[str] = (), html: str = "") -> int:
    """The points of an answer; header names in lower case, ``cookies`` are Set-Cookie lines."""
    modifiers = modifiers_of(headers, cookies, html).values()
    without = BASELINE + sum(one for one in modifiers if one < 0)
    bonus = sum(one for one in modifiers if one > 0)
    return max(0, without + (bonus if without >= BONUS_FROM else 0))


def modifiers_of(headers: Headers, cookies: Sequence[str], html: str) -> dict[str, int]:
    return {
        "content-security-policy": _policy(headers),
        "cookies": _cookies(cookies, _transport(headers) == 0),
        "cross-origin-resource-sharing": _sharing(headers),
        "cross-origin-resource-policy": _resource(headers),
        "referrer-policy": _referrer(headers),
        "strict-transport-security": _transport(headers),
        "subresource-integrity": _scripts(html),
        "x-content-type-options": 0 if _value(headers, "x-content-type-options") == "nosniff" else -5,
        "x-frame-options": _framing(headers),
    }  # fmt: skip


def _value(headers: Headers, name: str) -> str:
    return headers.get(name, "").strip().lower()


def directives(headers: Headers) -> dict[str, set[str]]:
    """The policy's sources by directive; the first of a name counts, as browsers have it."""
    found: dict[str, set[str]] = {}
    for part in headers.get("content-security-policy", "").split(";"):
        name, *sources = part.split() or [""]
        if name:
            found.setdefault(name.lower(), {one.lower() for one in sources})
    return found


def _policy(headers: Headers) -> int:
    policy = directives(headers)
    if not policy:
        return -25
    default = policy.get("default-src", {"*"})
    script = policy.get("script-src", default)
    style = policy.get("style-src", default)
    objects = policy.get("object-src", default)
    passive = policy.get("img-src", default) | policy.get("media-src", default)
    of_scripts = policy.keys() - {"img-src", "media-src"}
    active = set().union(*(policy[name] for name in of_scripts)) | script
    if script & (_BROAD | _INLINE) or objects & _BROAD:
        return -20
    if any(one.startswith(("http:", "ftp:")) for one in active):
        return -20
    if "'unsafe-eval'" in script | style:
        return -10
    if any(one.startswith(("http:", "ftp:")) for one in passive):
        return -10
    if style & (_BROAD | _INLINE):
        return 0
    return 10 if default <= {"'none'"} else 5


def _cookies(lines: Sequence[str], has_transport_security: bool) -> int:
    worst = [5] if lines else [0]
    for line in lines:
        for name, cookie in SimpleCookie(line).items():
            is_session = any(word in name.lower() for word in ("sess", "login"))
            if not cookie["secure"]:
                plain = (-10, -40) if is_session else (-5, -20)
                worst.append(plain[0] if has_transport_security else plain[1])
            if is_session and not cookie["httponly"]:
                worst.append(-30)
            site = str(cookie["samesite"]).lower()
            if site not in {"", "lax", "strict", "none"}:
                worst.append(-20)
            if not site:
                worst.append(-20 if "csrf" in name.lower() else 0)
    return min(worst)


def _sharing(headers: Headers) -> int:
    is_open = "access-control-allow-origin" in headers
    with_cookies = _value(headers, "access-control-allow-credentials") == "true"
    return -50 if is_open and with_cookies else 0


def _resource(headers: Headers) -> int:
    known = {"": 0, "cross-origin": 0, "same-origin": 10, "same-site": 10}
    return known.get(_value(headers, "cross-origin-resource-policy"), -5)


def _referrer(headers: Headers) -> int:
    policy = _value(headers, "referrer-policy")
    return 0 if not policy else 5 if policy in _PRIVATE else -5


def _transport(headers: Headers) -> int:
    for part in _value(headers, "strict-transport-security").split(";"):
        name, _, seconds = part.strip().partition("=")
        if name == "max-age" and seconds.isdigit():
            return 0 if int(seconds) >= HALF_A_YEAR else -10
    return -20


def _framing(headers: Headers) -> int:
    ancestors = directives(headers).get("frame-ancestors", {"*"})
    if not ancestors & _BROAD:
        return 5
    return 0 if _value(headers, "x-frame-options") in {"deny", "sameorigin"} else -20


class _Scripts(HTMLParser):
    """The modifiers of a page's scripts, as the test of subresource integrity has them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "script" and values.get("src"):
            has_sum = bool(values.get("integrity"))
            source = urlsplit(values["src"] or "")
            if not source.netloc:
                self.found.append(5 if has_sum else 0)
            elif source.scheme == "https":
                self.found.append(5 if has_sum else -5)
            else:
                self.found.append(-20 if has_sum else -50)


def _scripts(html: str) -> int:
    page = _Scripts()
    page.feed(html)
    return min(page.found, default=0)
