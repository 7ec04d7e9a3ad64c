"""The door for the e-mail provider: who knocks without the secret is refused without a word.

Django-anymail's own would write a page into the log for each of them, and for the provider
who sends what cannot be read, answer 500.
"""

from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import HttpRequest


def guarded(view: Any) -> Any:
    """A view of django-anymail's that refuses with 403, or with 400."""

    class Guarded(view):
        def run_validators(self, request: HttpRequest) -> None:
            try:
                super().run_validators(request)
            except SuspiciousOperation as error:
                raise PermissionDenied from error

        def parse_events(self, request: HttpRequest) -> Any:
            try:
                return super().parse_events(request)
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                raise BadRequest from error

    return Guarded
