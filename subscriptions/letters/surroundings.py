"""What speaks against sending anything from this site: its address, sender and server.

On a trial site, whose mails stay on the machine, it is told and stops nothing.
"""

from email.utils import parseaddr
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from subscriptions.letters.findings import Finding, hint, ok, stops
from subscriptions.models import SendingSettings

_SMTP = "django.core.mail.backends.smtp.EmailBackend"
_NOT_PUBLIC = (".local", ".localhost", ".test", ".invalid", ".internal", ".lan")


def look() -> list[Finding]:
    """The findings about this site, the same for every letter."""
    found = [_about_site(), _about_sender(), _about_server()]
    if _reaches_others():
        found.append(_about_domain())
    return [*found, _about_imprint()]


def _about_site() -> Finding:
    name = _("Address of the site")
    if _is_local(_host()):
        words = _("SITE_URL is %(url)s: the links work on this machine only.") % {
            "url": settings.SITE_URL
        }
        return stops(name, words) if _reaches_others() else hint(name, words)
    if not _is_public(_host()):
        words = _("SITE_URL is %(url)s: the links work in your own network only.")
        return hint(name, words % {"url": settings.SITE_URL})
    if not settings.SITE_IS_HTTPS:
        words = _(
            "SITE_URL is not https: mail programs offer one-click leaving only so."
        )
        return hint(name, words)
    return ok(name, _("It is public."))


def _about_sender() -> Finding:
    name = _("Sender")
    if not settings.FROM_EMAIL:
        words = _("FROM_EMAIL is not set; letters would come from %(sender)s.") % {
            "sender": parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        }
        return stops(name, words) if _reaches_others() else hint(name, words)
    name_there, at, domain = parseaddr(settings.FROM_EMAIL)[1].lower().rpartition("@")
    if not (name_there and at and domain):
        return stops(name, _("FROM_EMAIL is no e-mail address."))
    if _host() == domain or _host().endswith(f".{domain}"):
        return ok(name, _("Letters come from your own domain."))
    words = _(
        "Letters come from %(domain)s, your site is at %(host)s: mail programs trust a "
        "sender of the site’s own domain more."
    )
    return hint(name, words % {"domain": domain, "host": _host()})


def _about_server() -> Finding:
    name = _("Mail server")
    if settings.MAILS_ARE_KEPT:
        words = _("EMAIL_URL is not set: mails are kept as files, and nobody gets one.")
        return hint(name, words)
    return ok(name, _("Mails are handed to your mail server."))


def _about_domain() -> Finding:
    """Nobody's DNS is asked: this says what has to be there."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    words = _(
        "Not asked for from here: the DNS of %(domain)s should hold SPF, a TXT record "
        "“v=spf1 include:<server> -all”; DKIM, a TXT record at "
        "“<selector>._domainkey.%(domain)s” that your mail server names; and DMARC, a TXT "
        "record “v=DMARC1; p=none” at “_dmarc.%(domain)s”. “manage.py mail_check” prints them."
    )
    return hint(_("SPF, DKIM and DMARC"), words % {"domain": domain})


def _about_imprint() -> Finding:
    name = _("Postal address")
    if SendingSettings.load().imprint.strip():
        return ok(name, _("It stands at the end of each letter."))
    words = _(
        "None is set in the letter settings. Many countries ask for one in each letter."
    )
    return hint(name, words)


def _reaches_others() -> bool:
    """Whether a mail leaves this machine by the settings: to files or a server here it does not."""
    if settings.MAILS_ARE_KEPT:
        return False
    return settings.EMAIL_BACKEND != _SMTP or not _is_local(settings.EMAIL_HOST)


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or ""


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_NOT_PUBLIC)
