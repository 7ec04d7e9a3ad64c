"""What the owner sees of letters and readers; each part registers itself."""

from subscriptions.admin import subscriber

__all__ = ["subscriber"]
