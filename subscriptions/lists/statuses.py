"""What other programs call the state of a reader, and what it means here."""

from enum import StrEnum


class Says(StrEnum):
    """What a file says of somebody."""

    ON = "on"
    NOT_ON = "not on"  # not confirmed, or put aside by somebody else: no word of theirs
    LEFT = "left"
    BOUNCED = "bounced"
    COMPLAINT = "complaint"


_WORDS = {
    Says.ON: (
        "subscribed confirmed active enabled regular premium gifted true yes 1 c on"
    ),
    Says.NOT_ON: (
        "pending unconfirmed unactivated disabled inactive paused archived removed trash "
        "non-subscribed transactional s"
    ),
    Says.LEFT: (
        "left unsubscribed unsubscribe false no 0 off u blocklisted blacklisted opted_out "
        "opted-out opt-out optout"
    ),
    Says.BOUNCED: "bounced cleaned undeliverable hard_bounced b",
    Says.COMPLAINT: "complained complaint complainer spam spammed abuse p",
}
# Each word in small letters.
STATUSES = {word: says for says, words in _WORDS.items() for word in words.split()}
