"""What the owner sees of letters and readers; each part registers itself."""

from subscriptions.admin import (
    bounce,
    consent,
    delivery,
    importing,
    letter,
    settings,
    statistics,
    subscriber,
)

__all__ = [
    "bounce",
    "consent",
    "delivery",
    "importing",
    "letter",
    "settings",
    "statistics",
    "subscriber",
]
