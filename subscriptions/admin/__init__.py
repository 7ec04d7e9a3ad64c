"""What the owner sees of letters and readers; each part registers itself."""

from subscriptions.admin import delivery, letter, settings, subscriber

__all__ = ["delivery", "letter", "settings", "subscriber"]
