"""The rules by which the pages are judged, on answers whose points are known."""

import pytest

from tests.project.observatory import modifiers_of, score

GOOD = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
}


def test_a_site_without_any_header_gets_what_it_deserves():
    # No policy -25, no HSTS -20, may be framed -20, types are guessed -5.
    assert score({}) == 30


def test_the_best_headers_have_every_bonus_that_one_answer_can_earn():
    assert score(GOOD) == 130
    assert score(GOOD, html='<script src="/a.js" integrity="sha256-x"></script>') == 135


def test_no_bonus_makes_up_for_what_is_missing():
    assert score(GOOD | {"strict-transport-security": ""}) == 80


@pytest.mark.parametrize(
    ("policy", "points"),
    [
        ("default-src 'none'", 10),
        ("default-src 'self'; object-src 'none'", 5),
        ("default-src 'none'; style-src 'unsafe-inline'", 0),
        ("default-src 'none'; script-src 'unsafe-inline'", -20),
        ("default-src 'none'; script-src https:", -20),
        ("default-src 'none'; script-src 'unsafe-eval'", -10),
        ("default-src 'none'; img-src http://images.example", -10),
        ("default-src 'none'; connect-src http://api.example", -20),
        ("img-src 'self'", -20),
        ("", -25),
    ],
)
def test_a_policy_is_worth_what_it_stops(policy, points):
    headers = {"content-security-policy": policy}

    assert modifiers_of(headers, [], "")["content-security-policy"] == points


@pytest.mark.parametrize(
    ("cookie", "points"),
    [
        ("__Host-csrftoken=x; Path=/; Secure; HttpOnly; SameSite=Lax", 5),
        ("other=x; Secure", 0),
        ("csrftoken=x; Secure", -20),
        ("csrftoken=x; SameSite=Lax", -5),
        ("sessionid=x; HttpOnly; SameSite=Lax", -10),
        ("sessionid=x; Secure; SameSite=Lax", -30),
    ],
)
def test_a_cookie_is_worth_what_protects_it(cookie, points):
    assert modifiers_of(GOOD, [cookie], "")["cookies"] == points


@pytest.mark.parametrize(
    ("script", "points"),
    [
        ("", 0),
        ('<script src="/site.js"></script>', 0),
        ('<script src="https://other.example/a.js"></script>', -5),
        ('<script src="http://other.example/a.js"></script>', -50),
    ],
)
def test_a_script_is_worth_where_it_comes_from(script, points):
    assert modifiers_of(GOOD, [], script)["subresource-integrity"] == points
