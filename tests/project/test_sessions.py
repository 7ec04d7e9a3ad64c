"""Who is in: how passwords are kept, when a session ends, where a log-in leads."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import get_hasher
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from footcare import sessions
from footcare import settings as real
from tests.project.steps import LOGIN, PASSWORD, log_in


def test_passwords_are_hashed_with_argon2():
    assert real.PASSWORD_HASHERS[0].endswith(".Argon2PasswordHasher")


def test_an_account_is_made_with_argon2_and_an_older_hash_is_renewed(
    client, db, settings
):
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
    # A message waits for the next page: it is no third cookie.
    added = client.post("/admin/articles/topic/add/", {"name": "Rest", "slug": "rest"})
    assert added.status_code == 302

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
