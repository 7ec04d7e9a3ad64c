"""The log-in of the admin: slow for who guesses, the same for every name, never locked for
the owner by somebody else.
"""

import math
from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import ngettext

from footcare.lib import throttle

TRIES_A_MINUTE = 15  # of one network, whatever comes of them
FAILURES = 5  # with one name from one network, in a window
FAILURES_ELSEWHERE = 30  # with one name, from all networks it is not known on
WINDOW = 15 * 60
KNOWN_FOR = 30 * 24 * 3600


class LoginForm(AdminAuthenticationForm):
    """Django's form behind three limits.

    A name is counted as it was typed, whether there is such an account or not. Tries are
    counted before the password is looked at, so many at the same moment gain nothing, and a
    right one is given back.
    """

    request: HttpRequest  # the admin always gives one
    retry_after = 0  # seconds, when a limit was passed

    def clean(self) -> dict[str, Any]:
        network = throttle.client_network(self.request)
        self._count("login", network, TRIES_A_MINUTE, throttle.MINUTE)
        name = self.cleaned_data.get("username", "").casefold()
        if not (name and self.cleaned_data.get("password")):
            return self.cleaned_data
        pair = f"{name}\n{network}"
        counted = {"login name and network": (pair, FAILURES)}
        if not throttle.remembers("login", pair):
            counted["login name"] = (name, FAILURES_ELSEWHERE)
        for scope, (who, limit) in counted.items():
            self._count(scope, who, limit, WINDOW)
        cleaned = super().clean()  # raises unless name and password are right
        for scope, (who, _) in counted.items():
            throttle.give_back(scope, who, seconds=WINDOW)
        throttle.remember("login", pair, seconds=KNOWN_FOR)
        return cleaned

    def _count(self, scope: str, who: str, limit: int, seconds: int) -> None:
        wait = throttle.retry_after(scope, who, limit=limit, seconds=seconds)
        if not wait:
            return
        self.retry_after = wait
        minutes = math.ceil(wait / 60)
        raise ValidationError(
            ngettext(
                "Too many tries to log in. Try again in %(minutes)d minute.",
                "Too many tries to log in. Try again in %(minutes)d minutes.",
                minutes,
            ),
            "too_often",
            {"minutes": minutes},
        )
