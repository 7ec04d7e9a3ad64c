"""Whose tries are counted together: one client's, whatever the client says of itself."""

import pytest

from footcare.lib import throttle
from footcare.lib.throttle import allow, client_network

NEAREST = "192.0.2.1"  # what the server itself is connected to


@pytest.mark.parametrize(
    ("proxies", "forwarded", "client"),
    [
        (0, "203.0.113.7", "192.0.2.1/32"),
        (0, "10.0.0.1, 203.0.113.7", "192.0.2.1/32"),
        (1, "203.0.113.7", "203.0.113.7/32"),
        (1, "10.0.0.1, 203.0.113.7", "203.0.113.7/32"),
        (1, "forged, , 10.0.0.1,203.0.113.7 ", "203.0.113.7/32"),
        (2, "203.0.113.7, 198.51.100.2", "203.0.113.7/32"),
        (2, "10.0.0.1, 203.0.113.7, 198.51.100.2", "203.0.113.7/32"),
        (2, "10.0.0.1", "192.0.2.1/32"),  # it did not come through both
        (1, "10.0.0.1, garbage", "unknown"),
        (1, "10.0.0.1, 203.0.113.7:8080", "203.0.113.7/32"),
        (1, "10.0.0.1, [2001:db8::1]:8080", "2001:db8::/64"),
        (1, "2001:db8::1", "2001:db8::/64"),
        (1, "::ffff:203.0.113.7", "203.0.113.7/32"),
        (1, "", "192.0.2.1/32"),
        (1, "10.0.0.1,", "unknown"),
    ],
)
def test_a_client_is_what_the_outermost_of_our_own_proxies_saw(
    rf, settings, proxies, forwarded, client
):
    settings.TRUSTED_PROXY_COUNT = proxies

    request = rf.get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR=NEAREST)

    assert client_network(request) == client


def allowed(rf, address, forwarded=""):
    request = rf.get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR=address)
    return allow("test", request, limit=2)


def test_one_client_has_one_limit_behind_a_proxy_whatever_it_forges(rf, settings):
    settings.TRUSTED_PROXY_COUNT = 1

    answers = [allowed(rf, NEAREST, f"10.0.0.{n}, 203.0.113.7") for n in range(3)]

    assert answers == [True, True, False]
    assert allowed(rf, NEAREST, "10.0.0.0, 203.0.113.8")


def test_one_ipv6_network_has_one_limit_however_many_addresses_it_takes(rf):
    answers = [allowed(rf, f"2001:db8:1:2:{n}::1") for n in range(3)]

    assert answers == [True, True, False]
    assert allowed(rf, "2001:db8:1:3::1")


def test_a_limit_of_nothing_allows_nothing(rf):
    request = rf.get("/")

    assert not allow("test", request, limit=0)


def test_the_next_minute_has_a_limit_of_its_own(rf, monkeypatch):
    now = throttle.time()
    assert [allowed(rf, NEAREST) for _ in range(3)] == [True, True, False]

    monkeypatch.setattr(throttle, "time", lambda: now + 60)

    assert allowed(rf, NEAREST)
