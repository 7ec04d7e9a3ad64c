"""Facts that stand in braces in the site's own words: {publisher}, {emergency_number}."""

import re
from collections.abc import Callable

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from articles.models import SiteSettings

# What is said while the owner has not set a fact. A visible sentence, never a filler.
FACTS: dict[str, tuple[Callable[[SiteSettings], str], str | Promise]] = {
    "site_name": (lambda site: site.name, ""),
    "publisher": (
        lambda site: site.publisher,
        _("The publisher’s name is not set yet."),
    ),
    "contact_email": (
        lambda site: site.contact_email,
        _("The contact address is not set yet."),
    ),
    "disclosure": (
        lambda site: site.disclosure,
        _("There are no adverts or sponsors."),
    ),
    "emergency_number": (
        lambda site: site.emergency_number,
        _("your emergency number"),
    ),
    "urgent_advice_line": (
        lambda site: site.urgent_advice_line,
        _("your doctor or pharmacist"),
    ),
    "ip_policy": (
        lambda site: site.ip_policy,
        _(
            "Your network address is used to limit how often you send a form or search. "
            "Only a scrambled form of it is kept, for a few minutes, and not with what you write."
        ),
    ),
    "tested_on": (
        lambda site: (
            date_format(site.accessibility_tested_on)
            if site.accessibility_tested_on
            else ""
        ),
        _("The date of the last test is not set yet."),
    ),
}
# Those that a health page should not go without; `check --deploy` asks for them.
EXPECTED = ["publisher", "contact_email", "emergency_number"]

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def fill(html: str, site: SiteSettings) -> str:
    """Replace each known ``{fact}`` in ``html`` by its escaped value or its stand-in."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in FACTS:
            return match[0]
        read, unset = FACTS[match[1]]
        return escape(read(site) or str(unset))

    return _PLACEHOLDER.sub(value, html)
