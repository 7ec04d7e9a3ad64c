"""The owner's rules and bans, asked of one comment."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from comments.models import Ban, Rule
from comments.scoring.finding import Finding
from comments.scoring.hosts import Host
from comments.scoring.patterns import compiled
from comments.scoring.spelling import Spelling

_STRONGEST = 3  # of the rules with one reason
_SHOWN = 60  # letters of what was found

# reason -> [(points, what was found, whether it holds)]
_Hits = dict[str, list[tuple[int, str, bool]]]


def findings(spelling: Spelling, hosts: list[Host]) -> tuple[list[Finding], list[Host]]:
    """What the active rules find, and those of ``hosts`` that no rule speaks for."""
    hits: _Hits = defaultdict(list)
    domains = {domain for host in hosts for domain in host.domains}
    welcome = set()
    active = Rule.objects.filter(is_active=True)
    for kind, value, reason, points, holds in active.values_list(
        "kind", "value", "reason", "points", "holds"
    ):
        if kind != Rule.Kind.DOMAIN:
            if found := _found(value, spelling):
                hits[reason].append((points, found, holds))
        elif value in domains:
            if points < 0:
                welcome.add(value)
            else:
                hits[reason].append((points, value, holds))
    others = [
        host for host in hosts if not host.is_mail and welcome.isdisjoint(host.domains)
    ]
    return [_summed(reason, found) for reason, found in hits.items()], others


def _summed(reason: str, hits: list[tuple[int, str, bool]]) -> Finding:
    strongest = sorted(hits, key=lambda hit: -abs(hit[0]))[:_STRONGEST]
    words = ", ".join(dict.fromkeys(found[:_SHOWN] for _, found, _ in strongest))
    return Finding(
        f"{reason}: {words}",
        sum(points for points, _, _ in strongest),
        holds=any(holds for _, _, holds in hits),
    )


def _found(value: str, spelling: Spelling) -> str:
    try:
        return compiled(value).found_in(spelling)
    except ValidationError:  # written past the form
        return ""


def bans(email: str, network: str, hashed: str, spelling: Spelling) -> Iterator[str]:
    """In words, each ban of today that the comment falls under."""
    kinds = Ban.Kind
    address = email.lower()
    valid = Ban.objects.filter(Q(until=None) | Q(until__gte=timezone.localdate()))
    asked = valid.filter(
        Q(kind=kinds.WORD)
        | Q(kind=kinds.ADDRESS, value__in=[address, f"@{address.rpartition('@')[2]}"])
        | Q(kind=kinds.NETWORK, value=hashed)
        | Q(kind=kinds.NETWORK, value__contains="/")
    )
    for kind, value in asked.values_list("kind", "value"):
        if kind == kinds.WORD:
            if _found(value, spelling):
                yield gettext("banned word: %(word)s") % {"word": value}
        elif kind == kinds.ADDRESS:
            if address:
                yield gettext("banned address")
        elif value == hashed or _is_in(network, value):
            yield gettext("banned network")


def _is_in(network: str, banned: str) -> bool:
    inner, outer = _network(network), _network(banned)
    if isinstance(inner, IPv4Network) and isinstance(outer, IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(inner, IPv6Network) and isinstance(outer, IPv6Network):
        return inner.subnet_of(outer)
    return False


@lru_cache(5000)
def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def strongest_first(found: Iterable[Finding]) -> list[Finding]:
    return sorted(found, key=lambda one: (not one.holds, -abs(one.points)))
