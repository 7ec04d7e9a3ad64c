"""Trouble that the owner should hear of without looking."""

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from articles.models import SiteSettings
from footcare.lib.links import without_links
from outbox.composing import post
from subscriptions.models import Letter, SendingSettings


def tell_of_pause(letter: Letter, words: str) -> None:
    """Mail the owner that ``letter`` paused itself, with the last of what went wrong.

    Where the mail server is the trouble the mail arrives when that is over. ``words`` may
    be that server's, which are a stranger's: no link in them is live.
    """
    site = SiteSettings.load()
    context = {
        "site": site,
        "letter": letter,
        "subject": _("The letter “%(subject)s” is paused") % {"subject": letter},
        "why": Letter.Pause.FAILURES.label,
        "words": without_links(words),
    }
    for address in _addresses(site):
        post("subscriptions/mail/trouble", address, context)


def _addresses(site: SiteSettings) -> list[str]:
    chosen = SendingSettings.load().alert_email or site.contact_email
    if chosen:
        return [chosen]
    owners = User.objects.filter(is_active=True, is_superuser=True).exclude(email="")
    return list(owners.values_list("email", flat=True))
