"""What time it is, as a test says."""

from datetime import UTC, datetime

from django.utils import timezone


class Clock:
    """Stands still until it is set."""

    def __init__(self, monkeypatch):
        self.moment = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
        monkeypatch.setattr(timezone, "now", lambda: self.moment)

    def set(self, *moment):
        self.moment = datetime(*moment, tzinfo=UTC)

    def forward(self, by):
        self.moment += by
