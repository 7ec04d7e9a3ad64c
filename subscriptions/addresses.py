"""What can be judged of an address by its letters alone, never by who is on the list."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _

from subscriptions.models import SendingSettings

# Where very many people have their mail: what somebody meant who wrote something like it.
PROVIDERS = [
    "gmail.com", "hotmail.com", "yahoo.com", "outlook.com", "icloud.com", "aol.com",
    "live.com", "msn.com", "me.com", "mac.com", "googlemail.com", "gmx.de", "gmx.net",
    "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "posteo.de", "mailbox.org",
    "proton.me", "protonmail.com", "fastmail.com", "yahoo.co.uk", "yahoo.co.in",
    "yahoo.co.jp", "yahoo.co.id", "yahoo.fr", "yahoo.de", "hotmail.co.uk", "hotmail.fr",
    "hotmail.de", "outlook.de", "outlook.fr", "orange.fr", "wanadoo.fr", "laposte.net",
    "free.fr", "libero.it", "btinternet.com", "comcast.net", "verizon.net", "att.net",
    "sbcglobal.net", "bluewin.ch", "yandex.ru", "mail.ru", "qq.com", "163.com",
    "naver.com", "rediffmail.com", "zoho.com", "gmx.com", "mail.com", "ymail.com",
    "rocketmail.com", "uol.com.br",
]  # fmt: skip
# Somebody's own, though one letter away from one of those.
_OTHERS = {"cloud.com", "email.com", "gmail.cn", "hotmail.cn", "outlook.cn", "free.de"}
_SHORTEST = 9  # of shorter domains one letter makes another that exists
_WRONG_ENDS = {"co", "cm", "om"}  # of .com; two other letters are a country

_WITHOUT_DOTS = {"gmail.com", "googlemail.com"}

# RFC 2142 and what machines write from. Not info@ or office@, where small houses read all.
_ROLES = {
    "abuse", "bounce", "bounces", "daemon", "devnull", "donotreply", "ftp", "hostmaster",
    "mailerdaemon", "nobody", "noc", "noreply", "postmaster", "root", "security",
    "spam", "unsubscribe", "usenet", "uucp", "webmaster", "www",
}  # fmt: skip


class Refusals:
    """Which addresses the owner does not take: read once, asked of any number of them."""

    def __init__(self) -> None:
        rules = SendingSettings.load()
        self.refuses_roles = rules.refuse_roles
        self.domains = set(_domains_in(rules.refused_domains))

    def of_role(self, email: str) -> bool:
        """Whether an office or a machine has this address, a part after "+" apart."""
        name = email.rpartition("@")[0].lower().partition("+")[0]
        plain = name.replace("-", "").replace("_", "").replace(".", "")
        return self.refuses_roles and plain in _ROLES

    def of_domain(self, email: str) -> bool:
        """Whether the owner refuses the domain, or one above it."""
        parts = domain_of(email).split(".")
        return any(".".join(parts[n:]) in self.domains for n in range(len(parts)))


def check(email: str) -> None:
    """Raise ValidationError ("role", "throwaway") for what the owner does not take."""
    refusals = Refusals()
    if refusals.of_role(email):
        raise ValidationError(
            _(
                "“%(name)s” is the address of an office. Give one that you read yourself."
            ),
            "role",
            {"name": email},
        )
    if refusals.of_domain(email):
        raise ValidationError(
            _("Addresses at %(domain)s are soon thrown away. Give one that you keep."),
            "throwaway",
            {"domain": domain_of(email)},
        )


def domain_of(email: str) -> str:
    return email.rpartition("@")[2].lower()


def mailbox_of(email: str) -> str:
    """Where mails to ``email`` arrive, as far as its letters tell: to count, not to write to.

    What stands after "+" leads nowhere else, and at Gmail dots do not count.
    """
    name, _at, domain = email.lower().rpartition("@")
    bare = name.partition("+")[0] or name
    if domain in _WITHOUT_DOTS:
        bare = bare.replace(".", "") or bare
    return f"{bare}@{domain}"


def _domains_in(lines: str) -> Iterable[str]:
    """As addresses have them: in punycode, without what people put before them."""
    for line in lines.split():
        domain = line.rpartition("@")[2].removeprefix("*").strip(".").lower()
        try:
            yield punycode(domain)
        except UnicodeError:
            continue  # no domain


def meant_by(email: str) -> str:
    """The address that was probably meant, one letter apart at a provider's; "" if none."""
    name, _at, domain = email.rpartition("@")
    domain = domain.lower()
    if domain in PROVIDERS or domain in _OTHERS:
        return ""
    for provider in PROVIDERS:
        if len(provider) >= _SHORTEST and _is_slip_of(domain, provider):
            return f"{name}@{provider}"
    return ""


def _is_slip_of(domain: str, provider: str) -> bool:
    name, _dot, end = domain.partition(".")
    same_name, _dot, same_end = provider.partition(".")
    if name == same_name and len(end) == 2:
        return same_end == "com" and end in _WRONG_ENDS
    return _is_one_step(domain, provider)


def _is_one_step(one: str, other: str) -> bool:
    """Whether a letter was left out, put in, hit wrong, or two were swapped."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    return (
        one[1:] == other[1:]
        or one[1:] == other
        or one == other[1:]
        or (one[:2] == other[1::-1] and one[2:] == other[2:])
    )
