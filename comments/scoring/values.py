"""The one spelling in which the value of a rule or a ban is stored.

Each raises ValidationError with a sentence for whoever typed it.
"""

import re
from ipaddress import ip_network

from django.core.exceptions import ValidationError
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _

from comments.scoring.patterns import compiled

_SIGNS = re.compile(r"[*|<>…&]|\.\.\.|(?:^|\s)-")
_OF_REGULAR_EXPRESSIONS = re.compile(r"[()\[\]{}+?\\^$]")
_SCHEME = re.compile(r"[a-z+]+://")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_HASH = re.compile("[0-9a-f]{64}")
_WIDEST = {4: 8, 6: 19}  # what one registry or provider holds, not half of the world
_OF_ONE_CLIENT = {4: 32, 6: 64}  # as `throttle.client_network` has it


def plain_words(value: str) -> str:
    if _SIGNS.search(value):
        raise ValidationError(
            _("A word has none of the signs * | & … < > and no minus before it. For those choose the kind “Pattern”."),
            "signs",
        )  # fmt: skip
    return _compilable(value)


def plain_pattern(value: str) -> str:
    if _OF_REGULAR_EXPRESSIONS.search(value):
        raise ValidationError(
            _("A pattern is no regular expression: it knows words, * … & <number> | and a minus."),
            "regex",
        )  # fmt: skip
    return _compilable(value)


def _compilable(value: str) -> str:
    value = " ".join(value.lower().split())
    compiled(value)
    return value


def plain_domain(value: str) -> str:
    """The host in lower case and punycode, without what people copy along."""
    host = _SCHEME.sub("", value.lower().strip(), count=1)
    host = re.split(r"[/?#:]", host, maxsplit=1)[0].removeprefix("www.").strip(".*")
    try:
        host = punycode(host)
    except UnicodeError:
        host = ""
    if len(host) > 253 or not all(map(_LABEL.fullmatch, host.split("."))):
        raise ValidationError(
            _("Write a domain like example.org, or an ending like “shop”."), "domain"
        )
    return host


def plain_network(value: str) -> str:
    """A network in its shortest spelling; an address alone as the network that is seen of it.

    The hash of a network, banned from a comment, stays as it is.
    """
    if is_hash(value):
        return value
    try:
        network = ip_network(value.strip(), strict=False)
    except ValueError:
        raise ValidationError(
            _("Write a network like 203.0.113.0/24, or an address like 203.0.113.7."),
            "network",
        ) from None
    if network.prefixlen < _WIDEST[network.version]:
        raise ValidationError(
            _("That network is too wide: it would ban a large part of all readers."),
            "wide",
        )
    most = _OF_ONE_CLIENT[network.version]
    if network.prefixlen > most:
        network = network.supernet(new_prefix=most)
    return str(network)


def is_hash(value: str) -> bool:
    return _HASH.fullmatch(value) is not None
