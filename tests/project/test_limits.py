"""The limits as a client meets them: on forms, at the log-in, in the search."""

import pytest

from footcare.flood import FloodGate
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


COMMENTS = "/articles/foot-massage/comments/"


def comment(client):
    return client.post(COMMENTS, {"name": "Ada", "body": "My words."})


def through_gate(request):
    """(status, headers, body) from the gate, or None if it let ``request`` in."""
    answers = []
    gate = FloodGate(lambda environ, start_response: [])
    body = gate(request.environ, lambda *answer: answers.append(answer))
    return (*answers[0], b"".join(body).decode()) if answers else None


def test_a_flood_is_turned_away_before_it_costs_a_page_or_a_query(
    client, rf, site, monkeypatch, django_assert_num_queries
):
    for _ in range(20):
        assert comment(client).status_code == 302
    for _ in range(throttle.FLOOD):
        assert through_gate(rf.post(COMMENTS)) is None
        refused = comment(client)
        assert refused.status_code == 429
        assert "My words." in refused.text

    with django_assert_num_queries(0):
        turned_away = through_gate(rf.post(COMMENTS))
        assert through_gate(rf.get("/search/?q=feet"))

    status, headers, body = turned_away
    assert status == "429 Too Many Requests"
    assert dict(headers)["Retry-After"] == "60"
    assert "Not so fast" in body
    assert through_gate(rf.get("/")) is None  # reading goes on
    assert through_gate(rf.post(COMMENTS, REMOTE_ADDR="192.0.2.2")) is None
    now = throttle.time() + 60
    monkeypatch.setattr(throttle, "time", lambda: now)
    assert through_gate(rf.post(COMMENTS)) is None
    assert comment(client).status_code == 302


def test_a_flood_gets_the_headers_of_every_page(client, rf, site):
    for _ in range(20 + throttle.FLOOD):
        comment(client)

    usual = comment(client)
    _, headers, body = through_gate(rf.post(COMMENTS))

    assert dict(headers)["Content-Length"] == str(len(body.encode()))
    assert dict(headers)["Cache-Control"] == "no-store"
    assert set(usual.headers) - {"Vary"} <= set(dict(headers))


def test_the_gate_stands_before_everything_else(db):
    from footcare import wsgi

    assert isinstance(wsgi.application, FloodGate)
