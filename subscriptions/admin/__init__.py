"""What the owner sees of letters and readers; each part registers itself."""

from subscriptions.admin import importing, statistics, subscriber

__all__ = ["importing", "statistics", "subscriber"]
