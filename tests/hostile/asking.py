"""Requests of strangers, as Hypothesis makes them up: from the site's own addresses and forms."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote, urlencode

from django import forms
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import get_converters
from django.urls.resolvers import RoutePattern
from hypothesis import strategies as st

from tests.hostile.payloads import PAYLOADS
from tests.hostile.serving import Sent

_PART = re.compile(r"<(?:(\w+):)?(\w+)>")
FORM = "application/x-www-form-urlencoded"

# What each of our addresses may be filled with, beside nonsense.
KNOWN = ["foot-massage", "massage", "about", "privacy", "1", "2", "0", "9" * 18, "9" * 19, "9" * 60, "-1", "rss", "atom", "json", "articles", "topics", "nobody"]  # fmt: skip
NASTY = ["", "\x00", "%00", "\x1b[2J", "\ud800", "\udfff\ud800", "\u202e\u2066", "\r\n", "\r\nSet-Cookie: a=b", "../../../etc/passwd", "..\\..\\", "//evil.example", "/\\evil.example", "http://evil.example/", "%", "%zz", "%ff%fe", "%ed%a0%80", "{{7*7}}", "{% load x %}", "'", "' OR '1'='1", "%' --", "1e309", "NaN", "Infinity", "\uff11\uff12", "²", "٣", "\u0301" * 500, "A\u0301\u0328" * 200, "ß" * 100, "ﷺ" * 80, "a" * 300, "a@b@c", "@", "a@" + "b." * 120, "xn--" + "a" * 60, "💅🏽" * 40, "null", "true", "[]", "{}", "*", '"', "NEAR(a b)", "a AND", "foot*", "( (", "\u2028", "\ufeff", "\xa0" * 50, "0x10", "1_000", " 1", "1 ", "--", "<", ">"]  # fmt: skip
QUERIES = ["q", "page", "comments", "parent", "media", "key", "reason", "url", "format", "maxwidth", "maxheight", "status", "status__exact", "next", "_popup", "_to_field", "e", "o", "p", "all", "term", "app_label", "model_name", "field_name", "article__title", "_changelist_filters", "do", "show", "after", "way", "of", "undo", "answers"]  # fmt: skip
METHODS = ["GET"] * 6 + ["POST"] * 6 + ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "FOO", "get", "PROPFIND"]  # fmt: skip
# What a header usually holds; any of them may hold nonsense instead.
HEADERS = {
    "HTTP_ACCEPT": ["*/*", "text/html", "image/avif;q=x"],
    "HTTP_ACCEPT_ENCODING": ["gzip", "br", "gzip;q=0, *;q=0", "identity;q=0", "gzip;q=nan", "," * 200],
    "HTTP_ACCEPT_LANGUAGE": ["de", "xx-yy;q=9", "-" * 300, ("a" * 8 + "-") * 40],
    "HTTP_AUTHORIZATION": ["Basic !!!", "Bearer x"],
    "HTTP_COOKIE": ["sessionid=x", "csrftoken=" + "x" * 32, "a=b; a=c; ;=;", "sessionid=" + "x" * 4000, 'a="\\073"', "messages=W10:x"],
    "HTTP_EXPECT": ["100-continue", "x"],
    "HTTP_FORWARDED": ["for=evil;host=evil.example;proto=https"],
    "HTTP_HOST": ["testserver", "testserver", "testserver", "testserver:80", "TESTSERVER.", "evil.example", "testserver:99999", "[::1]", "a b", "testserver@evil.example", ""],
    "HTTP_IF_MODIFIED_SINCE": ["Wed, 21 Oct 2099 07:28:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "99999999999"],
    "HTTP_IF_NONE_MATCH": ["*", 'W/"x"', '"' * 400, '"a", ' * 300],
    "HTTP_IF_MATCH": ["*", '"x"'],
    "HTTP_IF_UNMODIFIED_SINCE": ["Thu, 01 Jan 1970 00:00:00 GMT"],
    "HTTP_ORIGIN": ["http://testserver", "null", "https://evil.example", "http://testserver.evil.example"],
    "HTTP_RANGE": ["bytes=0-10", "bytes=-1", "bytes=5-1", "bytes=" + "0-1," * 300, "lines=1"],
    "HTTP_REFERER": ["http://testserver/", "http://[", "https://evil.example/" + "a" * 4000, "javascript:alert(1)"],
    "HTTP_SEC_FETCH_SITE": ["same-origin", "none", "cross-site", "same-site"],
    "HTTP_TRANSFER_ENCODING": ["chunked", "gzip, chunked"],
    "HTTP_USER_AGENT": ["Mozilla/5.0", "() { :; }; echo", ""],
    "HTTP_X_FORWARDED_FOR": ["1.2.3.4", "::1, " * 200, "1.2.3.4:99999999", "[::"],
    "HTTP_X_FORWARDED_HOST": ["evil.example"],
    "HTTP_X_FORWARDED_PROTO": ["https", "javascript"],
    "HTTP_X_HTTP_METHOD_OVERRIDE": ["DELETE"],
    "HTTP_X_REQUESTED_WITH": ["XMLHttpRequest"],
}  # fmt: skip
TYPES = [FORM] * 6 + ["", "text/plain", "application/json", "multipart/form-data; boundary=x", "multipart/form-data", f"{FORM}; charset=utf-16", f"{FORM}; charset=utf-7", f"{FORM}; charset=nonsense", "multipart/form-data; boundary=\"\x01\"", "multipart/form-data; boundary=" + "x" * 300, "multipart/mixed; boundary=x", ";;;=,", "text/plain; charset*=utf-8''%00"]  # fmt: skip
LENGTHS = [
    "",
    "0",
    "1",
    "-1",
    "1e3",
    "\uff11\uff12",
    "99999999",
    "9" * 30,
    "0x10",
    "+5",
    "5, 5",
]


@dataclass(frozen=True)
class Address:
    """One line of the URL configuration: what stands before it, and the pattern itself."""

    group: str
    before: str
    pattern: RoutePattern | object


def addresses(
    resolver: URLResolver | None = None, before: str = "", group: str = "footcare"
) -> Iterator[Address]:
    """Every address of the site. A new one is found here by itself."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            within = one.app_name or group
            yield from addresses(one, before + str(one.pattern), within)
        elif isinstance(one, URLPattern):
            yield Address(group, before, one.pattern)


BY_GROUP: dict[str, list[Address]] = {}
for _one in addresses():
    BY_GROUP.setdefault(_one.group, []).append(_one)
GROUPS = sorted(BY_GROUP)

hostile = st.one_of(
    st.sampled_from(NASTY),
    st.sampled_from(PAYLOADS),
    st.text(st.characters(), max_size=40),
    st.text(st.characters(), min_size=100, max_size=300),
)


def rarely(odd: st.SearchStrategy, usual: st.SearchStrategy) -> st.SearchStrategy:
    """One in eight is ``odd``. (Of `one_of` each branch of a branch would count.)"""
    return st.sampled_from([False] * 7 + [True]).flatmap(
        lambda is_odd: odd if is_odd else usual
    )


@cache
def field_names() -> list[str]:
    """Of every form there is, our own and the admin's."""
    from comments import forms as comments_forms
    from subscriptions import forms as subscriptions_forms

    assert comments_forms, subscriptions_forms  # read, so that they are among the forms
    found: set[str] = set()
    left: list[type] = [forms.BaseForm]
    while left:
        one = left.pop()
        left += one.__subclasses__()
        found |= set(getattr(one, "base_fields", {}))
    return sorted(found)


@st.composite
def requests(draw: st.DrawFn, group: str, tokens: tuple[str, ...] = ()) -> Sent:
    path = draw(paths(draw(st.sampled_from(BY_GROUP[group])), tokens))
    query = draw(queries)
    method = draw(st.sampled_from(METHODS))
    kind, body = draw(bodies()) if method not in {"GET", "HEAD"} else ("", b"")
    environ = draw(headers())
    environ |= {"CONTENT_TYPE": kind, "REMOTE_ADDR": draw(clients)}
    if draw(st.integers(0, 15)) == 7:
        environ["CONTENT_LENGTH"] = draw(st.sampled_from(LENGTHS))
    return Sent(method, path, query, body, environ)


@st.composite
def paths(draw: st.DrawFn, address: Address, tokens: tuple[str, ...]) -> bytes:
    """An address filled in, mostly so that it is one; else with whatever."""
    pattern = address.pattern
    if isinstance(pattern, RoutePattern):
        route = f"{address.before}{pattern}"
    else:  # one of the admin's two regular expressions
        regex = str(pattern).removeprefix("^").removesuffix("$")
        return f"/{address.before}{draw(st.from_regex(regex, fullmatch=True))}".encode(errors="surrogatepass")  # fmt: skip
    made, end = "/", 0
    for part in _PART.finditer(route):
        made += route[end : part.start()] + draw(fillings(part[1] or "str", tokens))
        end = part.end()
    made += route[end:] + draw(
        rarely(st.sampled_from(["/", "x", "//", "\x00", "/.."]), st.just(""))
    )
    return made.encode(errors="surrogatepass")


@cache
def fillings(converter: str, tokens: tuple[str, ...]) -> st.SearchStrategy[str]:
    fits = re.compile(get_converters()[converter].regex).fullmatch
    known = [one for one in [*KNOWN, *tokens] if fits(one)]
    # Most of our addresses have something at one place alone.
    good = st.sampled_from(["foot-massage"] * 9 * bool(fits("foot-massage")) + known)
    return rarely(hostile, good)


def _raw(text: str) -> str:
    """As it stands in a query that no browser has encoded: the bytes, read as Latin-1."""
    return text.encode(errors="surrogatepass").decode("latin-1")


def pairs(names: list[str]) -> st.SearchStrategy[str]:
    def encoded(items: list[tuple[str, str]]) -> str:
        return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in items)

    name = st.one_of(st.sampled_from(names), st.sampled_from(names), hostile)
    return st.lists(st.tuples(name, values), max_size=4).map(encoded)


def _quoted(text: str) -> str:
    return quote(text, errors="surrogatepass")


values = st.one_of(st.sampled_from(KNOWN), hostile, st.just("ada@example.org"))
clients = st.integers(0, 65_535).map(lambda n: f"10.0.{n // 256}.{n % 256}")


def _in_header(text: str) -> str:
    return re.sub("[\r\n\0]", " ", _raw(text)).strip()


queries = rarely(hostile.map(_raw), st.one_of(st.just(""), pairs(QUERIES)))
_odd_header = st.one_of(
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60),
    st.sampled_from(PAYLOADS).map(_in_header),
)
HEADER = {
    name: rarely(_odd_header, st.sampled_from(usual)) for name, usual in HEADERS.items()
}


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, bytes]:
    """(content type, body), which may have nothing to do with each other."""
    kind = draw(st.sampled_from(TYPES))
    if kind.startswith("multipart/form-data; boundary=x") and draw(st.booleans()):
        return kind, draw(multiparts())
    odd = st.one_of(pairs(field_names()).map(str.encode), st.binary(max_size=200))
    return kind, draw(rarely(odd, good_forms()))


@st.composite
def good_forms(draw: st.DrawFn) -> bytes:
    """Both forms of the site as a reader fills them in, but for one field."""
    form = {
        "name": "Ada",
        "email": "ada@example.org",
        "body": "Words.",
        "topics": "massage",
    }
    form[draw(st.sampled_from([*form, "parent", "media", "website"]))] = draw(values)
    return urlencode(form, errors="surrogatepass").encode()


@st.composite
def multiparts(draw: st.DrawFn) -> bytes:
    parts = []
    for _ in range(draw(st.integers(0, 4))):
        name = draw(st.one_of(st.sampled_from(field_names()), hostile))
        file = draw(st.one_of(st.just(""), hostile.map(lambda x: f'; filename="{x}"')))
        kind = draw(st.sampled_from(["", "\r\nContent-Type: text/html", "\r\nContent-Transfer-Encoding: base64", "\r\nContent-Transfer-Encoding: nonsense"]))  # fmt: skip
        value = draw(hostile)
        parts.append(f'--x\r\nContent-Disposition: form-data; name="{name}"{file}{kind}\r\n\r\n{value}\r\n')  # fmt: skip
    end = draw(st.sampled_from(["--x--\r\n", "--x--\r\n", "--x", "", "--y--"]))
    return ("".join(parts) + end).encode(errors="surrogatepass")


@st.composite
def headers(draw: st.DrawFn) -> dict[str, str]:
    """A few headers; what no server hands over (line ends, NUL) is not among them."""
    found = {}
    for name in draw(st.lists(st.sampled_from(sorted(HEADER)), max_size=4)):
        found[name] = draw(HEADER[name])
    return found
