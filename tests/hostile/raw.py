"""Requests that no HTTP library would send, byte by byte."""

_HOST = b"Host: localhost\r\n"
_END = b"\r\n"
_FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
_ADD = b"POST /articles/foot-massage/comments/ HTTP/1.1\r\n" + _HOST
_BODY = b"name=Ada&body=Words"
_PARTS = b"Content-Type: multipart/form-data; boundary=x\r\n"


def _get(target: bytes, *headers: bytes, version: bytes = b"HTTP/1.1") -> bytes:
    lines = b"".join(one + _END for one in headers)
    return b"GET " + target + b" " + version + _END + _HOST + lines + _END


def _add(*headers: bytes, body: bytes = _BODY) -> bytes:
    return _ADD + b"".join(one + _END for one in headers) + _END + body


RAW = {
    # The first line.
    "nothing": b"\r\n\r\n",
    "no request": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # a TLS greeting
    "binary": bytes(range(256)) * 4 + b"\r\n\r\n",
    "one word": b"GET\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "HTTP/1.0 without a host": b"GET / HTTP/1.0\r\n\r\n",
    "HTTP/1.1 without a host": b"GET / HTTP/1.1\r\n\r\n",
    "HTTP/2 in clear": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/9.9": _get(b"/", version=b"HTTP/9.9"),
    "HTTP/1.1 in small letters": _get(b"/", version=b"http/1.1"),
    "no version": b"GET / \r\n" + _HOST + _END,
    "four words": b"GET / x HTTP/1.1\r\n" + _HOST + _END,
    "two spaces": b"GET  / HTTP/1.1\r\n" + _HOST + _END,
    "a tab": b"GET\t/\tHTTP/1.1\r\n" + _HOST + _END,
    "a method in small letters": b"get / HTTP/1.1\r\n" + _HOST + _END,
    "an unknown method": b"FROBNICATE / HTTP/1.1\r\n" + _HOST + _END,
    "a method with signs": b"GE<T / HTTP/1.1\r\n" + _HOST + _END,
    "a long method": b"A" * 4000 + b" / HTTP/1.1\r\n" + _HOST + _END,
    "CONNECT": b"CONNECT evil.example:443 HTTP/1.1\r\n" + _HOST + _END,
    "TRACE": b"TRACE / HTTP/1.1\r\n" + _HOST + b"Cookie: sessionid=secret\r\n\r\n",
    "bare line feeds": b"GET / HTTP/1.1\nHost: localhost\n\n",
    # The address.
    "an absolute address": _get(b"http://localhost/articles/"),
    "an absolute address elsewhere": _get(b"http://evil.example/"),
    "another scheme": _get(b"file:///etc/passwd"),
    "an asterisk": b"OPTIONS * HTTP/1.1\r\n" + _HOST + _END,
    "no slash": _get(b"articles/"),
    "two slashes": _get(b"//evil.example/articles"),
    "a backslash": _get(b"/\\evil.example/articles"),
    "dots": _get(b"/static/../../footcare/settings.py"),
    "encoded dots": _get(b"/static/%2e%2e/%2e%2e/.env"),
    "encoded slashes": _get(b"/static/..%2f..%2f.env"),
    "half a percent sign": _get(b"/articles/%"),
    "a percent sign of nothing": _get(b"/articles/%zz/?q=%zz"),
    "a NUL": _get(b"/articles/%00/"),
    "half a character": _get(b"/articles/%ff%fe/?q=%c3"),
    "a lone surrogate": _get(b"/search/?q=%ed%a0%80"),
    "raw bytes": _get(b"/articles/\xff\xfe\x80/?q=\xff"),
    "encoded line ends": _get(b"/articles/%0d%0aSet-Cookie:%20a=b/"),
    "a fragment": _get(b"/#<script>alert(1)</script>"),
    "a long address": _get(b"/" + b"a" * 5000),
    "a long query": _get(b"/search/?q=" + b"a" * 5000),
    # The headers.
    "two hosts": _get(b"/", b"Host: evil.example"),
    "a host with a line end": b"GET / HTTP/1.1\r\nHost: localhost\rX: y\r\n\r\n",
    "a strange host": b"GET / HTTP/1.1\r\nHost: <script>\r\n\r\n",
    "a header without a colon": _get(b"/", b"Nonsense"),
    "a header with a space before the colon": _get(b"/", b"X-Name : x"),
    "a header without a name": _get(b"/", b": x"),
    "a folded header": _get(b"/", b"X-Name: a\r\n b"),
    "a name with signs": _get(b"/", b"X(Name: x"),
    "a NUL in a header": _get(b"/", b"X-Name: a\x00b"),
    "an underscore": _get(b"/", b"X_Forwarded_For: 1.2.3.4", b"Remote_User: admin"),
    "headers of a proxy": _get(b"/", b"X-Forwarded-Host: evil.example", b"X-Forwarded-Proto: https", b"X-Real-IP: ::1", b"SCRIPT_NAME: /x", b"PATH_INFO: /admin/"),
    "Script-Name": _get(b"/", b"Script-Name: /evil", b"Path-Info: /admin/"),
    "a large header": _get(b"/", b"X-Name: " + b"a" * 9000),
    "many headers": _get(b"/", *(b"X-%d: x" % n for n in range(150))),
    "large headers": _get(b"/", *(b"X-%d: " % n + b"a" * 8000 for n in range(60))),
    "bytes in cookies": _get(b"/", b"Cookie: a=\xff\xfe; sessionid=\x80\x81"),
    "a proxy's greeting": b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + _get(b"/"),
    "an upgrade": _get(b"/", b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c"),
    "an expectation": _add(b"Expect: magic", b"Content-Length: 0", body=b""),
    "many ranges": _get(b"/favicon.ico", b"Range: bytes=" + b"0-1," * 1000),
    # The body.
    "two lengths": _add(_FORM[:-2], b"Content-Length: 19", b"Content-Length: 5"),
    "a list of lengths": _add(_FORM[:-2], b"Content-Length: 19, 19"),
    "a negative length": _add(_FORM[:-2], b"Content-Length: -1"),
    "a length with a sign": _add(_FORM[:-2], b"Content-Length: +19"),
    "a length in hexadecimal": _add(_FORM[:-2], b"Content-Length: 0x13"),
    "an enormous length": _add(_FORM[:-2], b"Content-Length: " + b"9" * 30),
    "a length and chunks": _add(_FORM[:-2], b"Content-Length: 5", b"Transfer-Encoding: chunked", body=b"0\r\n\r\nGET /admin/ HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    "chunks": _add(_FORM[:-2], b"Transfer-Encoding: chunked", body=b"13\r\n" + _BODY + b"\r\n0\r\n\r\n"),
    "chunks of a bad size": _add(_FORM[:-2], b"Transfer-Encoding: chunked", body=b"zz\r\nx\r\n0\r\n\r\n"),
    "chunks of an enormous size": _add(_FORM[:-2], b"Transfer-Encoding: chunked", body=b"f" * 40 + b"\r\nx"),
    "chunks twice": _add(_FORM[:-2], b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity", body=b"0\r\n\r\n"),
    "hidden chunks": _add(_FORM[:-2], b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n"),
    "chunks with a vertical tab": _add(_FORM[:-2], b"Transfer-Encoding: \x0bchunked", body=b"0\r\n\r\n"),
    "chunks in HTTP/1.0": b"POST /subscribe/ HTTP/1.0\r\n" + _HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a charset that cannot be looked up": _add(_FORM[:-2] + b"; charset=utf-16", b"Cookie: csrftoken=" + b"x" * 32, b"Content-Length: 19"),
    "an encoded body": _add(_FORM[:-2], b"Content-Encoding: gzip", b"Content-Length: 19"),
    "parts without a boundary": _add(b"Content-Type: multipart/form-data", b"Content-Length: 19"),
    "parts that do not end": _add(_PARTS[:-2], b"Content-Length: 30", body=b"--x\r\nContent-Disposition: for"),
    "parts within parts": _add(_PARTS[:-2], b"Content-Length: 60", body=b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y--\r\n--x"),
    "parts with long headers": _add(_PARTS[:-2], b"Content-Length: 5005", body=b"--x\r\n" + b"a" * 5000),
    "a body to a GET": _get(b"/", b"Content-Length: 5") + b"hello",
    "a second request that was smuggled": _get(b"/", b"Content-Length: 44") + b"GET /admin/ HTTP/1.1\r\nHost: localhost\r\n\r\nGET",
}  # fmt: skip

# An answer that gunicorn makes, and the standard asks for.
NOT_IMPLEMENTED = {"hidden chunks"}
# Its bytes are a whole form, whatever they claim to be encoded with.
WHOLE = {"an encoded body"}
