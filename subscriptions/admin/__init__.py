"""What the owner sees of letters and readers; each part registers itself."""

from subscriptions.admin import bounce, subscriber

__all__ = ["bounce", "subscriber"]
