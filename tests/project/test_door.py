"""Requests as a server hands them over: through the whole application, its door included."""

import io

import pytest
from django.core.wsgi import get_wsgi_application

from comments.models import Comment
from footcare.door import Door, plain_content_type
from subscriptions.models import Request
from tests.wsgi import ask

COMMENTS = "/articles/foot-massage/comments/"
FORM = "application/x-www-form-urlencoded"
BODY = b"name=Ada&body=Hello&email=ada%40example.org"


@pytest.fixture
def send(site, _one_connection):
    """Send a request to the application; returns (status, body)."""
    application = Door(get_wsgi_application())

    def send(method, path, body=b"", content_type="", **environ):
        sent = {
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": content_type,
            "wsgi.input": io.BytesIO(body),
        }
        answer = ask(application, path, method, **sent | environ)
        return answer.status, answer.body.decode()

    return send


CHARSETS = [
    "utf-16",
    "utf-7",
    "punycode",
    "hex",
    "zlib",
    "rot13",
    "undefined",
    "nonsense",
    "idna",
]


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("path", [COMMENTS, "/subscribe/"])
def test_a_form_is_utf_8_whatever_charset_it_claims(send, path, charset):
    status, _ = send("POST", path, BODY, f"{FORM}; charset={charset}")

    assert status == 302
    assert Comment.objects.count() + Request.objects.count() == 1


@pytest.mark.parametrize(
    "content_type",
    [
        *(f"text/plain; charset={charset}" for charset in CHARSETS),
        "text/plain; x*=nonsense'en'%41",
        "text/plain; charset*=utf-8''%00",
        "multipart/form-data; boundary",
        ";;;=\x01",
        "x" * 5000,
    ],
)
@pytest.mark.parametrize("path", ["/?a=1", "/healthz", "/nowhere/?a=ä"])
def test_no_content_type_is_an_error_of_ours(send, path, content_type):
    status, _ = send("GET", path, b"", content_type)

    assert status in {200, 404}


def test_a_form_that_breaks_off_is_not_taken_for_a_whole_one(send):
    status, page = send("POST", COMMENTS, BODY, FORM, CONTENT_LENGTH="500")

    assert status == 400
    assert "This could not be read" in page
    assert not Comment.objects.exists()


@pytest.mark.parametrize("size", [10, 60, 200])
def test_a_multipart_form_that_breaks_off_is_refused_wherever_it_ends(send, size):
    whole = (
        b"".join(
            b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\nHello\r\n' % name
            for name in (b"name", b"body")
        )
        + b"--x--\r\n"
    )

    length, kind = str(len(whole) + 100), "multipart/form-data; boundary=x"
    status, _ = send("POST", COMMENTS, whole[:size], kind, CONTENT_LENGTH=length)

    assert status == 400
    assert not Comment.objects.exists()
    assert send("POST", COMMENTS, whole, kind)[0] == 302


def test_a_form_of_unknown_length_is_refused_with_a_page(send):
    status, page = send(
        "POST",
        COMMENTS,
        BODY,
        FORM,
        CONTENT_LENGTH="",
        HTTP_TRANSFER_ENCODING="chunked",
    )

    assert status == 411
    assert "How long is it?" in page


def test_a_body_that_is_too_large_is_refused_before_it_is_read(send):
    class Untouched(io.BytesIO):
        def read(self, size=-1):
            raise AssertionError

    kind = "multipart/form-data; boundary=x"
    length = str(60_000_000)
    values = {"CONTENT_LENGTH": length, "wsgi.input": Untouched()}

    assert send("POST", "/healthz", b"", kind, **values)[0] == 413


def test_what_is_left_of_a_content_type():
    assert plain_content_type("Text/HTML; charset=utf-16") == "text/html"
    assert (
        plain_content_type('multipart/form-data; charset=x; Boundary="a;b"; y=z')
        == 'multipart/form-data; boundary="a;b"'
    )
