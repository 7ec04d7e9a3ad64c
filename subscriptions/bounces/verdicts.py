"""What a report says of an address: is it dead, or was the letter refused for the moment?

Only an address that nobody has any more is "hard". Most refusals with a 5 are about something
else: a full mailbox, a rule against spam, a letter too large, a server set up wrongly. Whoever
took those for dead would strike readers off who did nothing.
"""

import re
from dataclasses import dataclass

from subscriptions.models import Delivery

Kind = Delivery.Bounced

_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d(?!\.?\d)")
# RFC 3463, and where servers have a custom of their own.
_DEAD = {
    "5.1.1",  # no such mailbox
    "5.1.2",  # no such domain
    "5.1.3",  # not an address
    "5.1.6",  # moved, and nobody says where to
    "5.1.10",  # the domain takes no mail (RFC 7505)
    "5.2.1",  # the mailbox is closed
    "5.4.1",  # Exchange Online: no such mailbox; others say 4.4.1 for "no answer"
    "5.4.4",  # no way there: Postfix for a domain that is gone
    "5.4.310",  # Exchange Online: no such domain
}
# For servers that say "5.0.0", or nothing but words.
_DEAD_WORDS = (
    "user unknown", "unknown user", "no such user", "no such recipient", "no such mailbox",
    "no mailbox here by that name", "mailbox not found", "user not found",
    "recipient not found", "unknown recipient", "invalid recipient", "user does not exist",
    "mailbox does not exist", "address does not exist", "account does not exist",
    "tried to reach does not exist", "unrouteable address", "host not found",
    "domain name not found",
)  # fmt: skip


@dataclass(frozen=True)
class Report:
    """One report about one letter to one address.

    ``addresses`` are those that it names, perhaps none; ``message_id`` and ``leave_link`` are
    what stands in the head of the letter as the report returns it, or "". Nothing is proven.
    """

    kind: str
    addresses: frozenset[str]
    message_id: str
    status: str = ""
    words: str = ""
    leave_link: str = ""


def code_in(status: str, words: str = "") -> str:
    """The most exact status: ``status``, or what ``words`` say where it is vague; "" if none."""
    codes = [match[0] for match in _CODE.finditer(f"{status[:200]} {words[:2000]}")]
    exact = [code for code in codes if not code.endswith(".0")]
    if exact or codes:
        return (exact or codes)[0]
    reply = _REPLY.search(words[:2000])
    return f"{reply[1]}.0.0" if reply else ""


def kind_of(code: str, words: str) -> str:
    """Hard or soft, for a letter that a server has given up."""
    if code in _DEAD:
        return Kind.HARD
    is_vague = not code or (code.startswith("5") and code.endswith(".0"))
    return Kind.HARD if is_vague and names_a_dead_address(words) else Kind.SOFT


def names_a_dead_address(words: str) -> bool:
    """Whether ``words`` say that nobody is at the address."""
    plain = " ".join(words[:2000].lower().split())
    return any(phrase in plain for phrase in _DEAD_WORDS)
