"""How often somebody may ask, and how many mails one address and one domain may get.

The network is judged by the page. Address and domain are judged by the worker, so no answer
tells whether a mail was sent.
"""

from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from footcare.lib import throttle
from subscriptions import addresses
from subscriptions.models import Request, Subscriber

# Of one network: an office, or a whole village behind one address.
SIGN_UPS_A_MINUTE, SIGN_UPS_A_DAY = 20, 200
# To one address, whoever asks and whatever for. A double press brings one mail.
PAUSE = timedelta(minutes=1)
MAILS_A_DAY, MAILS_A_WEEK = 3, 6
# To all addresses at one domain: nobody floods a company's mail server from here.
TO_A_DOMAIN, TO_A_PROVIDER = 30, 1000  # an hour
MOVES_A_DAY = 5  # asked for by one reader

_HOUR, _DAY, _WEEK = 3600, 86_400, 7 * 86_400
_ADDRESS, _DOMAIN = "mails to an address", "mails to a domain"
_OF_A_LIST = "asked of a list at a domain"


def refusal_of(request: HttpRequest) -> tuple[int, str]:
    """Count a try of the client's network: (0, ""), or the seconds to wait and why."""
    network = throttle.client_network(request)
    if wait := throttle.retry_after("subscribe", network, limit=SIGN_UPS_A_MINUTE):
        return wait, _("That was a lot at once. Please try again in a minute.")
    if wait := throttle.retry_after(
        "subscribe a day", network, limit=SIGN_UPS_A_DAY, seconds=_DAY
    ):
        return wait, _("That was a lot for one day. Please try again tomorrow.")
    return 0, ""


def take_move(subscriber: Subscriber) -> bool:
    """Whether ``subscriber`` may ask for one more change of address today."""
    who = str(subscriber.pk)
    return not throttle.retry_after("move", who, limit=MOVES_A_DAY, seconds=_DAY)


def take_mail(request: Request, letter: str, subscriber: Subscriber) -> bool:
    """Whether ``letter`` may go to the address of ``request``; if so, it is counted.

    Call it inside the transaction that answers ``request``.
    """
    mailbox = addresses.mailbox_of(request.email)
    # The week comes first: counting it makes workers that answer for one address wait for
    # each other, so each sees the mails of those before it. It is kept as a hash, since who
    # did not confirm is forgotten sooner.
    if throttle.retry_after(_ADDRESS, mailbox, limit=MAILS_A_WEEK, seconds=_WEEK):
        return False
    if _had_enough(request, letter, subscriber) or _domain_had_enough(mailbox):
        throttle.give_back(_ADDRESS, mailbox, seconds=_WEEK)
        return False
    return True


def take_asked(email: str) -> bool:
    """Whether one more of a list may be asked at this domain now; if so, it is counted.

    Lists have half of what may go to a domain; the rest is for those who sign up.
    """
    domain = addresses.domain_of(email)
    half = _most_to(domain) // 2
    return not throttle.retry_after(_OF_A_LIST, domain, limit=half, seconds=_HOUR)


def _had_enough(request: Request, letter: str, subscriber: Subscriber) -> bool:
    now = timezone.now()
    mailed = Request.objects.at(request.email).exclude(letter="")
    same = mailed.filter(letter=letter, answered_at__gt=now - PAUSE)
    if subscriber.left_at:
        # The link in a mail of before is dead.
        same = same.filter(answered_at__gt=subscriber.left_at)
    today = mailed.filter(answered_at__gt=now - timedelta(days=1))
    return same.exists() or today.count() >= MAILS_A_DAY


def _domain_had_enough(email: str) -> bool:
    domain = addresses.domain_of(email)
    limit = _most_to(domain)
    return bool(throttle.retry_after(_DOMAIN, domain, limit=limit, seconds=_HOUR))


def _most_to(domain: str) -> int:
    return TO_A_PROVIDER if domain in addresses.PROVIDERS else TO_A_DOMAIN
