"""One way to make a mail: three templates in, one row out."""

from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string

from outbox.models import Message


def post(
    template: str, to: str, context: dict[str, Any], leave_url: str = ""
) -> Message:
    """Queue the mail of ``<template>.subject.txt``, ``.txt`` and ``.html``.

    Call it inside the transaction that causes the mail. With ``leave_url`` (absolute) the
    mail can be left with one click, as RFC 8058 has it.
    """
    context = {**context, "leave_url": leave_url, "site_url": settings.SITE_URL}
    headers = {"Auto-Submitted": "auto-generated"}
    if leave_url:
        headers["List-Unsubscribe"] = f"<{leave_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return Message.objects.create(
        to=to,
        subject=_fitted(render_to_string(f"{template}.subject.txt", context)),
        text=render_to_string(f"{template}.txt", context),
        html=render_to_string(f"{template}.html", context),
        headers=headers,
        message_id=make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
    )


def _fitted(subject: str) -> str:
    """On one line, and as long as the column takes: the names in it may be long."""
    line = " ".join(subject.split())
    most = Message._meta.get_field("subject").max_length or len(line)
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
