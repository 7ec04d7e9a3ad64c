"""Malformed requests to the processes that serve the site: refused, and nobody else notices."""

import re
import socket
from collections.abc import Iterator

import pytest

from tests.hostile.raw import NOT_IMPLEMENTED, RAW, WHOLE
from tests.running import DEADLINE, Site, free_port

pytestmark = pytest.mark.xdist_group("raw")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    served = Site(tmp_path_factory.mktemp("raw"), smtp_port=free_port())
    try:
        served.start()
        yield served
    finally:
        served.end()


def answers(site: Site, request: bytes) -> list[int]:
    """The statuses of what comes back until the server hangs up; [] if nothing does."""
    return [int(one) for one in re.findall(rb"^HTTP/1\.[01] (\d{3})", ask(site, request), re.M)]  # fmt: skip


def ask(site: Site, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", site.port), DEADLINE) as line:
        received = b""
        try:
            line.sendall(request)
            line.shutdown(socket.SHUT_WR)
            while data := line.recv(65_536):
                received += data
        except (BrokenPipeError, ConnectionResetError):
            pass  # hung up while we still spoke
    return received


@pytest.mark.parametrize("name", RAW)
def test_a_malformed_request_is_refused_and_the_next_one_served(
    site: Site, name: str
) -> None:
    statuses = answers(site, RAW[name])

    allowed = {501} if name in NOT_IMPLEMENTED else set()
    assert [
        one for one in statuses if not 200 <= one < 500 and one not in allowed
    ] == []
    assert site.answers()


@pytest.mark.parametrize("name", ["an underscore", "headers of a proxy", "Script-Name"])
def test_headers_that_look_like_the_servers_own_change_nothing(
    site: Site, name: str
) -> None:
    def body(request: bytes) -> bytes:
        return ask(site, request).partition(b"\r\n\r\n")[2]

    assert body(RAW[name]) == body(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")


@pytest.mark.parametrize("name", ["a length and chunks", "a second request that was smuggled", "two lengths", "chunks twice", "hidden chunks"])  # fmt: skip
def test_no_second_request_is_smuggled_in(site: Site, name: str) -> None:
    received = ask(site, RAW[name])

    assert len(re.findall(rb"^HTTP/1\.1 ", received, re.M)) <= 1
    assert b"/admin/login/" not in received


def test_no_malformed_form_is_kept_and_nothing_is_said_of_it(site: Site) -> None:
    for name in RAW.keys() - WHOLE:
        ask(site, RAW[name])

    said = site.said()
    assert "Traceback" not in said
    assert "127.0.0.1:" not in said.replace(f"127.0.0.1:{site.port}", "")
    assert "Invalid request" not in said
    for name in WHOLE:
        ask(site, RAW[name])
    count = "from comments.models import Comment; print(Comment.objects.count())"
    # Sent again within ten minutes, it is the same one.
    assert site.manage("shell", "-v", "0", "-c", count).strip() == str(len(WHOLE))
