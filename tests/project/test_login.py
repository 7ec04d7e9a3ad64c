"""The log-in of the admin: its limits, and the same answer for every name."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from footcare import login
from footcare.lib import throttle
from footcare.models import TryCount
from tests.project.steps import LOGIN, PASSWORD, log_in


def fail(times, **values):
    return [
        log_in(Client(), password="wrong", **values).status_code for _ in range(times)
    ]


def later(monkeypatch, seconds):
    now = throttle.time() + seconds
    monkeypatch.setattr(throttle, "time", lambda: now)


def test_a_network_has_fifteen_tries_a_minute_with_any_names(client, owner):
    for n in range(15):
        assert log_in(client, f"name{n}", "wrong").status_code == 200

    refused = log_in(client)

    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "60"
    assert "Too many tries to log in. Try again in 1 minute." in refused.text
    assert 'value="Owner"' in refused.text
    assert "_auth_user_id" not in client.session


def test_a_name_has_five_failures_in_a_quarter_of_an_hour(client, owner, monkeypatch):
    assert fail(5) == [200] * 5

    refused = log_in(client)

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) == 15 * 60
    assert "Try again in 15 minutes." in refused.text
    later(monkeypatch, 60)  # the limit of the network is a minute's
    assert log_in(client).status_code == 429
    later(monkeypatch, 15 * 60)
    assert log_in(client).status_code == 302


def test_spelling_a_name_another_way_gives_no_further_tries(client, owner):
    names = ["Owner", "OWNER", " owner ", "oWnEr", "\uff2fwner"]

    assert [fail(1, name=name) for name in names] == [[200]] * 5

    assert log_in(client).status_code == 429


def test_who_logs_in_well_is_never_in_the_way_of_himself(owner, monkeypatch):
    for _ in range(20):
        assert log_in(Client()).status_code == 302
        later(monkeypatch, 30)


def test_a_log_in_of_ones_own_does_not_give_the_tries_at_another_name_back(
    owner, monkeypatch
):
    User.objects.create_superuser("editor", password=PASSWORD)
    for n in range(5):
        assert fail(1) == [200]
        assert log_in(Client(), "editor").status_code == 302
        later(monkeypatch, 20 * (n % 2))

    assert log_in(Client()).status_code == 429


def test_a_stranger_does_not_lock_the_owner_out(client, owner, monkeypatch):
    assert log_in(client, address="203.0.113.7").status_code == 302
    later(monkeypatch, 24 * 3600)
    for n in range(login.FAILURES_ELSEWHERE):
        assert fail(1, address=f"198.51.100.{n}") == [200]

    assert fail(1, address="198.51.100.99") == [429]
    assert log_in(Client(), address="203.0.113.7").status_code == 302
    # With the right password, too: it would tell the stranger that it is.
    assert log_in(Client(), address="198.51.100.99").status_code == 429
    later(monkeypatch, 15 * 60)
    assert log_in(Client(), address="198.51.100.99").status_code == 302


def test_a_network_is_known_for_thirty_days(client, owner, monkeypatch):
    log_in(client, address="203.0.113.7")
    later(monkeypatch, 31 * 24 * 3600)
    for n in range(login.FAILURES_ELSEWHERE):
        fail(1, address=f"198.51.100.{n}")

    assert log_in(Client(), address="203.0.113.7").status_code == 429


def test_a_network_is_known_for_the_account_that_logged_in_there(owner):
    User.objects.create_superuser("editor", password=PASSWORD)
    log_in(Client(), "editor", address="203.0.113.7")
    for n in range(login.FAILURES_ELSEWHERE):
        fail(1, address=f"198.51.100.{n}")

    assert log_in(Client(), address="203.0.113.7").status_code == 429


def test_nothing_that_is_kept_holds_a_name_or_an_address(client, owner, logged):
    log_in(client, address="203.0.113.7")
    fail(7, name="somebody", address="203.0.113.7")

    kept = f"{list(TryCount.objects.values())}{logged.text}{throttle._refused}".lower()

    assert "203.0.113" not in kept
    assert "somebody" not in kept
    assert "owner" not in kept


@pytest.fixture
def accounts(owner):
    """One account of each kind that a stranger could ask for, all with PASSWORD."""
    User.objects.create_user("reader", password=PASSWORD)
    User.objects.create_user(
        "asleep", password=PASSWORD, is_staff=True, is_active=False
    )
    User.objects.create_user("locked", is_staff=True)  # no usable password
    return ["Owner", "reader", "asleep", "locked", "nobody"]


def seen(response, name):
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.text)
    headers = dict(response.headers) | dict.fromkeys(["Content-Length", "Expires"])
    return response.status_code, page.replace(name, "NAME"), headers


def test_the_answer_is_the_same_for_every_account_and_for_none(accounts, monkeypatch):
    answers = []
    for n, name in enumerate(accounts):
        client = Client()
        client.get(LOGIN)
        with CaptureQueriesContext(connection) as queries:
            response = log_in(client, name, "wrong", f"198.51.100.{n}")
        answers.append((*seen(response, name), len(queries)))
        monkeypatch.setattr(throttle, "_refused", {})

    assert all(answer == answers[0] for answer in answers)
    assert "staff" in answers[0][1]


def test_the_right_password_of_who_may_not_in_is_answered_as_a_wrong_one(accounts):
    wrong = seen(log_in(Client(), "nobody"), "nobody")

    for name in ["reader", "asleep"]:
        assert seen(log_in(Client(), name), name) == wrong


def test_the_answer_over_the_limit_is_the_same_for_every_name(accounts):
    answers = []
    for n, name in enumerate(accounts):
        address = f"198.51.100.{n}"
        fail(5, name=name, address=address)
        answers.append(seen(log_in(Client(), name, "x", address), name))

    assert answers[0][0] == 429
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("name", ["a\x00b", "", "   "])
def test_a_name_that_can_be_none_is_counted_against_the_network(client, db, name):
    for _ in range(15):
        assert log_in(client, name).status_code == 200

    assert log_in(client, name).status_code == 429
