"""A page of the conversation, laid out for its reader with one query."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext

from articles.models import Article, Media
from comments.models import ROOTS_A_PAGE, Comment

DEEPEST = 2  # replies to replies to replies stand on this level, too


class Row(NamedTuple):
    """What is read of a comment: no instance is made, there may be hundreds."""

    pk: int
    parent_id: int | None
    root_id: int | None
    media_id: int | None
    name: str
    body: str
    status: str
    author_id: int | None
    created_at: datetime


@dataclass
class Shown:
    """One comment as the template needs it: no method to call, no query to make."""

    pk: int
    key: SafeString  # the pk as text: the template escapes and localises nothing
    level: int
    is_removed: bool
    name: str
    is_staff: bool
    about: str  # “about …”, where the thread is that of the whole article
    iso: SafeString
    date: SafeString
    html: SafeString
    parent: int | None
    reply_to: str = ""  # “Reply to …”
    # How the flat list nests: does a list of replies follow, and how many lists end here.
    opens: bool = False
    closes: range = range(0)


@dataclass
class ThreadPage:
    """Comments in reading order, and the cursor of the next page, if there is one."""

    comments: list[Shown]
    next_cursor: int | None


def thread_page(
    article: Article, *, after: int = 0, media: Media | None = None
) -> ThreadPage:
    """Conversations of ``article`` (of one ``media`` item) that begin after comment ``after``."""
    rows = _rows(article, after, media)
    roots = sorted(row.pk for row in rows if row.root_id is None)
    more = len(roots) > ROOTS_A_PAGE
    if more:
        roots = roots[:ROOTS_A_PAGE]
        on_page = set(roots)
        rows = [row for row in rows if (row.root_id or row.pk) in on_page]
    titles = {one.pk: one.title for one in article.media.all()} if media is None else {}
    comments = [_shown(row, level, titles) for row, level in _reading_order(rows)]
    return ThreadPage(_nest(comments), roots[-1] if more else None)


def _rows(article: Article, after: int, media: Media | None) -> list[Row]:
    visible_reply = Comment.objects.visible().filter(root=OuterRef("pk"))
    of = {"article": article} if media is None else {"article": article, "media": media}
    roots = (
        Comment.objects.filter(root=None, pk__gt=after, **of)
        .filter(Q(status=Comment.Status.VISIBLE) | Exists(visible_reply))
        .order_by("pk")[: ROOTS_A_PAGE + 1]
        .values("pk")
    )
    # What is not visible is needed as a placeholder only: where it was answered.
    answer = Comment.objects.filter(parent=OuterRef("pk"))
    conversations = (
        Comment.objects.order_by()
        .filter(Q(status=Comment.Status.VISIBLE) | Exists(answer))
        .values_list(*Row._fields)
    )
    found = conversations.filter(pk__in=roots).union(
        conversations.filter(root__in=roots), all=True
    )
    return [Row(*values) for values in found]


def _reading_order(rows: list[Row]) -> list[tuple[Row, int]]:
    """Each comment after what it answers, with its level; branches with nothing to show cut.

    No recursion: a conversation may be a thousand answers deep.
    """
    answers: dict[int | None, list[Row]] = defaultdict(list)
    shown: set[int | None] = set()
    for row in sorted(rows, key=lambda row: row.pk, reverse=True):
        # An answer is younger than what it answers, so it has been here before.
        if row.status == Comment.Status.VISIBLE or row.pk in shown:
            shown |= {row.pk, row.parent_id}
            answers[row.parent_id].append(row)
    order = []
    ahead = [(row, 0) for row in answers[None]]
    while ahead:
        row, level = ahead.pop()
        order.append((row, level))
        ahead += [(answer, min(level + 1, DEEPEST)) for answer in answers[row.pk]]
    return order


def _shown(row: Row, level: int, titles: dict[int, str]) -> Shown:
    when = localtime(row.created_at)
    removed = row.status != Comment.Status.VISIBLE
    about = None if removed else titles.get(row.media_id or 0)
    return Shown(
        pk=row.pk,
        key=mark_safe(str(row.pk)),  # noqa: S308  (a number)
        level=level,
        is_removed=removed,
        name="" if removed else row.name,
        is_staff=row.author_id is not None,
        about=gettext("about “%(title)s”") % {"title": about} if about else "",
        iso=mark_safe(when.isoformat(timespec="seconds")),  # noqa: S308  (digits)
        date=_day(when.date(), get_language()),
        html=mark_safe("") if removed else paragraphs(row.body),
        parent=row.parent_id,
        reply_to="" if removed else gettext("Reply to %(name)s") % {"name": row.name},
    )


@lru_cache(maxsize=1000)
def _day(day: date, language: str | None) -> SafeString:
    """The day in words of ``language``, the active one; most comments share a few."""
    return mark_safe(escape(date_format(day)))  # noqa: S308


def paragraphs(text: str) -> SafeString:
    """Plain text as HTML paragraphs; ``dir`` keeps right-to-left words in their place."""
    parts = (part for part in text.split("\n\n") if part.strip())
    html = "".join(
        f'<p dir="auto">{escape(part.strip(chr(10))).replace(chr(10), "<br>")}</p>'
        for part in parts
    )
    return mark_safe(html)  # noqa: S308  (escaped above)


def _nest(comments: list[Shown]) -> list[Shown]:
    levels: list[Any] = [comment.level for comment in comments[1:]] + [0]
    for comment, following in zip(comments, levels, strict=False):
        comment.opens = following > comment.level
        comment.closes = range(max(0, comment.level - following))
    return comments
