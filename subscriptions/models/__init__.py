"""Who is written to, what is written, and who got it."""

from subscriptions.models.bounce import Bounce
from subscriptions.models.delivery import Delivery
from subscriptions.models.letter import Digest, Letter
from subscriptions.models.lists import Import, Tally
from subscriptions.models.sending import SendingSettings, Turnstile
from subscriptions.models.subscriber import (
    LINK_DAYS,
    Request,
    Subscriber,
    Suppression,
    Wording,
    new_key,
)

__all__ = [
    "LINK_DAYS",
    "Bounce",
    "Delivery",
    "Digest",
    "Import",
    "Letter",
    "Request",
    "SendingSettings",
    "Subscriber",
    "Suppression",
    "Tally",
    "Turnstile",
    "Wording",
    "new_key",
]
