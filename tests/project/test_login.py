"""The log-in of the admin: limits, the same answer for every name, sessions that end."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import get_hasher
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from footcare import login, sessions
from footcare.lib import throttle
from footcare.models import TryCount

PASSWORD = "a-long-password-1"
LOGIN = "/admin/login/"


@pytest.fixture
def owner(db):
    return User.objects.create_superuser("Owner", password=PASSWORD)


def log_in(client, name="Owner", password=PASSWORD, address="192.0.2.1", **values):
    form = {"username": name, "password": password} | values
    return client.post(LOGIN, form, REMOTE_ADDR=address)


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


def test_nothing_that_is_kept_holds_a_name_or_an_address(client, owner, caplog):
    caplog.set_level("DEBUG")
    log_in(client, address="203.0.113.7")
    fail(7, name="somebody", address="203.0.113.7")

    kept = f"{list(TryCount.objects.values())}{caplog.text}{throttle._refused}".lower()

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


def test_passwords_are_hashed_with_argon2():
    from footcare import settings as real

    assert real.PASSWORD_HASHERS[0].endswith(".Argon2PasswordHasher")


def test_an_account_is_made_with_argon2_and_an_older_hash_is_renewed(
    client, db, settings
):
    from footcare import settings as real

    settings.PASSWORD_HASHERS = real.PASSWORD_HASHERS
    user = User.objects.create_superuser("Owner", password=PASSWORD)
    assert user.password.startswith("argon2$argon2id$")
    user.password = get_hasher("pbkdf2_sha256").encode(PASSWORD, "salt")
    user.save()

    assert log_in(client).status_code == 302

    user.refresh_from_db()
    assert user.password.startswith("argon2$argon2id$")


def test_logging_in_makes_a_new_key_of_the_session(client, owner):
    session = client.session
    session["kept"] = 1
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before

    log_in(client)

    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def is_in(client):
    return client.get("/admin/").status_code == 200


def test_a_new_password_ends_the_sessions_of_before(owner):
    here, there = Client(), Client()
    for client in (here, there):
        log_in(client)
    assert is_in(there)

    form = {"old_password": PASSWORD} | dict.fromkeys(
        ["new_password1", "new_password2"], "another-long-password-2"
    )
    assert here.post("/admin/password_change/", form).status_code == 302

    assert is_in(here)
    assert not is_in(there)


def test_the_owner_can_sign_somebody_out_everywhere(owner):
    editor = User.objects.create_superuser("editor", password=PASSWORD)
    devices = [Client(), Client()]
    for device in devices:
        log_in(device, "editor")
    owners = Client()
    log_in(owners)

    form = {"action": "sign_out_everywhere", "_selected_action": [editor.pk]}
    done = owners.post("/admin/auth/user/", form, follow=True)

    assert "2 sessions ended." in done.text
    assert not any(map(is_in, devices))
    assert is_in(owners)


def test_who_may_not_change_accounts_cannot_sign_anybody_out(owner):
    from django.contrib.auth.models import Permission

    editor = User.objects.create_user("editor", password=PASSWORD, is_staff=True)
    editor.user_permissions.add(Permission.objects.get(codename="view_user"))
    editors, owners = Client(), Client()
    log_in(editors, "editor")
    log_in(owners)

    form = {"action": "sign_out_everywhere", "_selected_action": [owner.pk]}
    editors.post("/admin/auth/user/", form)

    assert is_in(owners)


def days_pass(monkeypatch, days):
    now = sessions.time() + days * 24 * 3600
    monkeypatch.setattr(sessions, "time", lambda: now)


def test_a_session_ends_after_a_day_without_a_look(client, owner, monkeypatch):
    log_in(client)
    days_pass(monkeypatch, 0.9)
    assert is_in(client)
    days_pass(monkeypatch, 0.9)
    assert is_in(client)

    days_pass(monkeypatch, 1.1)

    assert not is_in(client)
    assert not Session.objects.exists()


def test_a_session_ends_a_week_after_the_log_in_however_busy(
    client, owner, monkeypatch
):
    log_in(client)
    for _ in range(13):
        days_pass(monkeypatch, 0.5)
        assert is_in(client)

    days_pass(monkeypatch, 0.5)

    assert not is_in(client)


def test_looking_around_writes_no_session_each_time(client, owner, monkeypatch):
    log_in(client)
    is_in(client)

    with CaptureQueriesContext(connection) as queries:
        assert is_in(client)

    assert not [q for q in queries if "UPDATE" in q["sql"] and "session" in q["sql"]]


def test_sessions_that_have_ended_are_deleted(client, owner):
    log_in(client)
    log_in(Client())
    assert sessions.forget_ended(print) == 0
    Session.objects.filter(pk=client.session.session_key).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )

    assert sessions.forget_ended(print) == 1
    assert Session.objects.count() == 1


def test_cookies_are_nobody_elses(client, owner, settings):
    client.get(LOGIN)
    log_in(client)
    client.post("/admin/auth/user/add/", {})

    assert set(client.cookies) == {"sessionid", "csrftoken"}
    for cookie in client.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]
    assert not settings.SESSION_SAVE_EVERY_REQUEST


def test_a_form_of_the_admin_needs_djangos_token(owner):
    client = Client(enforce_csrf_checks=True)

    assert log_in(client).status_code == 403
    client.force_login(owner)
    form = {"name": "Rest", "slug": "rest"}
    assert client.post("/admin/articles/topic/add/", form).status_code == 403


@pytest.mark.parametrize(
    "aim",
    [
        "//evil.example", "https://evil.example", "///evil.example", "/\\evil.example",
        "\\\\evil.example", "http:evil.example", "https:///evil.example", "\t//evil.example",
        "javascript:alert(1)", "//evil.example/admin/", "http://testserver@evil.example/",
        "http://testserver.evil.example/", "%2F%2Fevil.example", "/%5cevil.example",
    ],
)  # fmt: skip
def test_a_log_in_leads_nowhere_but_into_the_site(client, owner, aim):
    for response in (
        client.post(f"{LOGIN}?next=/admin/", {"username": "Owner", "password": PASSWORD, "next": aim}),
        Client().post(LOGIN, {"username": "Owner", "password": PASSWORD, "next": aim}),
        client.post("/admin/logout/", {"next": aim}),
    ):  # fmt: skip
        assert response.status_code in {200, 302}
        location = response.headers.get("Location", "/")
        assert re.match(r"(/|%2F|/%5c)", location)
        assert not re.match(r"[/\\]{2}|/\\", location)
