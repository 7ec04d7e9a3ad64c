"""What the owner sees of letters and readers; each part registers itself."""

from subscriptions.admin import bounce, importing, statistics, subscriber

__all__ = ["bounce", "importing", "statistics", "subscriber"]
