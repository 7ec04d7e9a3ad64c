"""Sessions of those who log in, ended some time after the log-in and sooner when unused."""

from collections.abc import Callable
from time import time
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

_LOGGED_IN, _SEEN = "logged_in_at", "seen_at"
_NOTED_EVERY = 10 * 60  # seconds: not every request writes


class SessionStore(db.SessionStore):
    """Django's sessions in the database, empty once SESSION_COOKIE_AGE has passed since the
    log-in or SESSION_IDLE_AGE since the last request.
    """

    def load(self) -> dict[str, Any]:
        values = super().load()
        if _LOGGED_IN not in values:
            return values
        now = time()
        idle = now - values[_SEEN]
        age = now - values[_LOGGED_IN]
        if age >= settings.SESSION_COOKIE_AGE or idle >= settings.SESSION_IDLE_AGE:
            self.delete(self.session_key)
            self._session_key = None
            return {}
        if idle >= _NOTED_EVERY:
            values[_SEEN] = now
            self.modified = True
        return values


@receiver(user_logged_in)
def note_log_in(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    request.session[_LOGGED_IN] = request.session[_SEEN] = time()


def sign_out(user: AbstractBaseUser) -> int:
    """End all sessions of ``user``, on every device; return how many there were.

    Sessions do not say whose they are without being read. Only those who write have any.
    """
    current = Session.objects.filter(expire_date__gt=timezone.now())
    theirs = [
        session.pk
        for session in current.iterator()
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    return Session.objects.filter(pk__in=theirs).delete()[0]


def forget_ended(report: Callable[[str], object]) -> int:
    """Delete sessions that nobody can use any more; return how many."""
    return Session.objects.filter(expire_date__lte=timezone.now()).delete()[0]
