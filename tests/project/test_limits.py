"""The limits as a client meets them: on forms, at the log-in, in the search."""

import pytest

from footcare.lib import throttle
from tests.factories import make_article

FORMS = {
    "comment": ("/articles/feet/comments/", {"name": "Ada", "body": ""}, 20, 422),
    "sign-up": ("/subscribe/", {"email": "nonsense"}, 20, 422),
    "log-in": ("/admin/login/", {"username": "a", "password": ""}, 15, 200),
    "search": ("/search/?q=feet", None, 60, 200),
}
FORWARDING = ["X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP", "X-Cluster-Client-IP", "X-Forwarded"]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_none_of_eight_forwarding_headers_moves_a_limit(client, db, form):
    make_article(slug="feet")
    path, values, limit, status = FORMS[form]

    def send(n, **more):
        name = FORWARDING[n % 8]
        value = f"203.0.113.{n}"
        headers = {name: f"for={value}" if name == "Forwarded" else value}
        if values is None:
            return client.get(path, headers=headers, **more)
        return client.post(path, values, headers=headers, **more)

    assert {send(n).status_code for n in range(limit)} == {status}
    for n in range(8):
        refused = send(n)
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert "no-store" in refused.headers["Cache-Control"]
    assert send(0, REMOTE_ADDR="192.0.2.9").status_code == status


def test_the_search_of_a_client_in_a_hurry_gets_a_page_of_the_site(client, db):
    for _ in range(60):
        assert client.get("/search/?q=feet").status_code == 200

    refused = client.get("/search/?q=feet")

    assert refused.status_code == 429
    assert "Not so fast" in refused.content.decode()
    assert client.get("/search/").status_code == 200  # nothing is looked for


def test_a_flood_is_turned_away_before_it_costs_a_page_or_a_query(
    client, site, monkeypatch, django_assert_num_queries
):
    def send(address="192.0.2.1"):
        form = {"name": "Ada", "body": "My words."}
        path = "/articles/foot-massage/comments/"
        return client.post(path, form, REMOTE_ADDR=address)

    for _ in range(20):
        assert send().status_code == 302
    for _ in range(throttle.FLOOD):
        refused = send()
        assert refused.status_code == 429
        assert "My words." in refused.text

    with django_assert_num_queries(0):
        flood = send()
        searched = client.get("/search/?q=feet", REMOTE_ADDR="192.0.2.1")

    assert flood.status_code == searched.status_code == 429
    assert flood.headers["Retry-After"] == "60"
    assert flood.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in flood.headers["Content-Security-Policy"]
    assert "Not so fast" in flood.text
    assert (
        client.get("/", REMOTE_ADDR="192.0.2.1").status_code == 200
    )  # reading goes on
    assert send("192.0.2.2").status_code == 302
    now = throttle.time() + 60
    monkeypatch.setattr(throttle, "time", lambda: now)
    assert send().status_code == 302
