"""Trouble that the owner should hear of without looking."""

from django.contrib.auth.models import User

from articles.models import SiteSettings
from footcare.lib.links import without_links
from outbox.composing import post
from subscriptions.models import SendingSettings


def tell(subject: str, words: str) -> None:
    """Mail the owner. Where the mail server is the trouble it arrives when that is over.

    ``words`` may be a mail server's, which are a stranger's: no link in them is live.
    """
    site = SiteSettings.load()
    for address in _addresses(site):
        post(
            "subscriptions/mail/trouble",
            address,
            {"site": site, "subject": subject, "words": without_links(words)},
        )


def _addresses(site: SiteSettings) -> list[str]:
    chosen = SendingSettings.load().alert_email or site.contact_email
    if chosen:
        return [chosen]
    owners = User.objects.filter(is_active=True, is_superuser=True).exclude(email="")
    return list(owners.values_list("email", flat=True))
