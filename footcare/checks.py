"""Mistakes an owner can make, told by `manage.py check --deploy` before a reader finds out."""

import sqlite3
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register
from django.db import OperationalError, ProgrammingError, connection

from articles.facts import EXPECTED
from articles.models import SiteSettings

# The race between two connections that write or reset the WAL, which can corrupt a
# database, is mended in these versions and in all after the last.
_MENDED = {(3, 44): 6, (3, 50): 7, (3, 51): 3}


def has_wal_fault(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite can corrupt a database in WAL mode when two connections meet."""
    if version < (3, 7, 0) or version[:2] > max(_MENDED):
        return False
    first_mended = _MENDED.get(version[:2])
    return first_mended is None or version[2] < first_mended


@register(deploy=True)
def site_url_is_public(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.SITE_IS_HTTPS:
        return []
    return [
        Warning(
            f"SITE_URL is {settings.SITE_URL!r}: links in mail will not work for readers, "
            "and what they type travels in clear.",
            hint="Set SITE_URL=https://your-domain in .env.",
            id="footcare.W001",
        )
    ]


@register(deploy=True)
def mail_leaves_the_house(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if not settings.MAILS_ARE_KEPT:
        return []
    return [
        Warning(
            "Mails are kept as files: no reader gets the letter to confirm a subscription.",
            hint="Set EMAIL_URL=smtp+tls://user:password@mail.example.org:587 in .env.",
            id="footcare.W002",
        )
    ]


@register(deploy=True)
def sender_is_set(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.FROM_EMAIL:
        return []
    return [
        Warning(
            f"FROM_EMAIL is not set; mails come from {settings.DEFAULT_FROM_EMAIL}.",
            hint="Set FROM_EMAIL=Your site <letters@your-domain> in .env.",
            id="footcare.W003",
        )
    ]


@register(deploy=True)
def sqlite_is_mended(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if connection.vendor != "sqlite" or not has_wal_fault(sqlite3.sqlite_version_info):
        return []
    return [
        Warning(
            f"SQLite {sqlite3.sqlite_version} can, very rarely, corrupt the database when "
            "two connections write at the same moment.",
            hint="Use PostgreSQL (DATABASE_URL), or a Python with SQLite 3.51.3 or newer.",
            id="footcare.W004",
        )
    ]


@register(deploy=True)
def facts_are_set(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What a health site should say about itself."""
    try:
        site = SiteSettings.load()
    except (OperationalError, ProgrammingError):
        return []  # away, or not migrated yet
    return [
        Warning(
            f"The site's {name.replace('_', ' ')} is not set, and its pages say so.",
            hint="Fill it in under Site settings in the admin.",
            id="footcare.W006",
        )
        for name in EXPECTED
        if not getattr(site, name)
    ]


@register(deploy=True)
def static_files_are_collected(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    backend = settings.STORAGES["staticfiles"]["BACKEND"]
    if (
        "Manifest" not in backend
        or (settings.STATIC_ROOT / "staticfiles.json").exists()
    ):
        return []
    return [
        Warning(
            "The static files are not collected, so pages have no style.",
            hint="Run `manage.py collectstatic` (`make run` does it for you).",
            id="footcare.W007",
        )
    ]


@register(deploy=True)
def a_proxy_waits_for_slow_readers(
    app_configs: Any, **kwargs: Any
) -> list[CheckMessage]:
    is_hidden = settings.SITE_IS_LOCAL and settings.HOST in {
        "localhost",
        "127.0.0.1",
        "::1",
    }
    if settings.TRUSTED_PROXY_COUNT or is_hidden:
        return []
    return [
        Warning(
            "No proxy is declared in front of the site: a few dozen slow readers can stop "
            "it, and every reader behind an undeclared one counts as the same.",
            hint="Put a proxy that buffers requests in front, such as nginx with "
            "docs/nginx/footcare.conf, and set TRUSTED_PROXY_COUNT=1 in .env.",
            id="footcare.W008",
        )
    ]
