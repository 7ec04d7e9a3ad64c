"""What made-up requests have found, once each, through the whole application."""

import pytest

from tests.hostile.serving import Sent, faults, send

FOUND = {
    # Only what the kept pages answered had no body.
    "HEAD under a name that is not ours": Sent("HEAD", environ={"HTTP_HOST": "evil.example"}),
    "HEAD with the port": Sent("HEAD", b"/healthz", environ={"HTTP_HOST": "testserver:80"}),
    "HEAD with a body": Sent("HEAD", b"/articles/", body=b"a=b"),
    "HEAD of nothing": Sent("HEAD", b"/nowhere/"),
    "HEAD of a static file": Sent("HEAD", b"/favicon.ico"),
    # Its cookie was taken back, with a page for everybody.
    "a session that never was": Sent(environ={"HTTP_COOKIE": "sessionid=x"}),
    "and a form": Sent(path=b"/subscribe/", environ={"HTTP_COOKIE": "sessionid=x"}),
    # It was answered with 500.
    "a length in hexadecimal": Sent("POST", b"/subscribe/", body=b"email=a", environ={"CONTENT_LENGTH": "0x10"}),
    "a length that is no number": Sent(environ={"CONTENT_LENGTH": "many"}),
    # Whether these may be kept was not said.
    "what has not changed": Sent(path=b"/healthz", environ={"HTTP_IF_MATCH": '"x"'}),
    "a form without its token": Sent("POST", b"/admin/", body=b"a=b", environ={"CONTENT_TYPE": "application/x-www-form-urlencoded"}),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
@pytest.mark.usefixtures("site", "_one_connection")
def test_what_was_found_stays_mended(name):
    request = FOUND[name]

    assert faults(request, send(request)) == []
