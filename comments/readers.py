"""Who holds an address: shown by a link that was mailed there, remembered by one cookie.

An address is never trusted because somebody typed it.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from django import forms
from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse

from articles.models import SiteSettings
from comments import moderation, tokens
from comments.models import Comment, CommentQuerySet, Event, Reader
from comments.policy import policy_of, status_for
from footcare.lib.forms import MailField

KNOWN_FOR = timedelta(days=180)
Status = Comment.Status


def reader_of(request: HttpRequest, typed: str) -> Reader | None:
    """Whose browser sent ``request``, if it has shown to hold the address ``typed``.

    Ask it in a POST alone: what a GET shows may not depend on a cookie.
    """
    try:
        email = MailField().clean(typed)
        pk, key = tokens.read(
            request.COOKIES.get(settings.READER_COOKIE_NAME, ""),
            "browser",
            max_age=KNOWN_FOR,
        )
    except (forms.ValidationError, signing.BadSignature):
        return None
    return Reader.objects.at(email).filter(pk=pk, key=key).first()


def remember(response: HttpResponse, reader: Reader) -> None:
    """Let the browser that gets ``response`` be known as ``reader``'s."""
    response.set_cookie(
        settings.READER_COOKIE_NAME,
        tokens.make("browser", reader.pk, reader.key),
        max_age=KNOWN_FOR,
        secure=settings.SITE_IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def forget_browser(response: HttpResponse) -> None:
    response.set_cookie(
        settings.READER_COOKIE_NAME,
        max_age=0,
        secure=settings.SITE_IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def unconfirmed(email: str) -> CommentQuerySet:
    """Comments that somebody wrote with this address and nobody has said are theirs."""
    shown = [Status.VISIBLE, Status.WAITING]
    rows = Comment.objects.at(email).filter(reader=None, status__in=shown)
    return rows.order_by("-pk")


@transaction.atomic
def confirm(email: str, chosen: Iterable[int]) -> Reader:
    """Its holder has pressed the button: ``email`` is theirs, and so are ``chosen`` comments.

    Those that waited for nothing else become visible.
    """
    reader = _holder(email)
    theirs = unconfirmed(email).filter(pk__in=chosen)
    pks = moderation.confirm(theirs, reader)
    _let_through(Comment.objects.filter(pk__in=pks, status=Status.WAITING), reader)
    return reader


def is_known(reader: Reader | None) -> bool:
    """Whether somebody has shown who they are, and a comment of theirs is on the site."""
    return reader is not None and reader.comments.visible().exists()


def _holder(email: str) -> Reader:
    """The reader of this address, locked, so that two presses come one after the other."""
    readers = Reader.objects.at(email).select_for_update(no_key=True)
    with (
        suppress(IntegrityError),
        transaction.atomic(),
    ):  # another press made it just now
        return readers.first() or Reader.objects.create(email=email)
    return readers.get()


def _let_through(waiting: CommentQuerySet, reader: Reader) -> None:
    decided = Event.objects.filter(
        comment=OuterRef("pk"), what=Event.What.STATUS, who=Event.Who.EDITOR
    )
    site = SiteSettings.load()
    known = is_known(reader)
    free = []
    # One that an editor has put back into the queue waits for an editor.
    undecided = waiting.exclude(Exists(decided))
    for comment in undecided.select_related("article", "scrutiny"):
        if not hasattr(comment, "scrutiny"):
            continue
        status = status_for(
            policy_of(comment.article, site),
            score=comment.scrutiny.score,
            holds=comment.scrutiny.holds,
            is_confirmed=True,
            is_known=known,
        )
        if status == Status.VISIBLE:
            free.append(comment.pk)
    rows = Comment.objects.filter(pk__in=free)
    moderation.set_status(rows, Status.VISIBLE, by=None, who=Event.Who.AUTHOR)
