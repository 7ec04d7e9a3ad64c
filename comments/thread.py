"""A page of the conversation, laid out for its reader with one query."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from html import escape  # Django's asks of each text whether it is lazy
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language, gettext

from articles.models import Article, Media
from comments.models import ROOTS_A_PAGE, Comment
from footcare.lib.prepared import Prepared

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


@dataclass(slots=True)
class Shown:
    """One comment as its reader sees it; ``name`` and ``about`` are plain text, ``html`` is safe."""

    pk: int
    level: int
    is_removed: bool
    name: str
    is_staff: bool
    about: str  # “about …”, where the thread is that of the whole article
    iso: str
    date: str
    html: str
    parent: int | None


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
    titles = {}
    if media is None and any(row.media_id for row in rows):
        titles = {one.pk: one.title for one in article.media.all()}
    zone, language = get_current_timezone(), get_language()
    comments = [
        _shown(row, level, titles, zone, language)
        for row, level in _reading_order(rows)
    ]
    return ThreadPage(comments, roots[-1] if more else None)


def _rows(article: Article, after: int, media: Media | None) -> list[Row]:
    if media is None:
        found = _of_article(article=article.pk, after=after)
    else:
        found = _of_media(article=article.pk, media=media.pk, after=after)
    return [Row(*values) for values in found]


def _conversations(*, after: Any, **of: Any) -> QuerySet[Any, Any]:
    visible_reply = Comment.objects.visible().filter(root=OuterRef("pk"))
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
    return conversations.filter(pk__in=roots).union(
        conversations.filter(root__in=roots), all=True
    )


_of_article = Prepared(
    _conversations, after=BigIntegerField(), article=BigIntegerField()
)
_of_media = Prepared(
    _conversations,
    after=BigIntegerField(),
    article=BigIntegerField(),
    media=BigIntegerField(),
)


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


def _shown(
    row: Row, level: int, titles: dict[int, str], zone: tzinfo, language: str | None
) -> Shown:
    when = row.created_at.astimezone(zone)
    removed = row.status != Comment.Status.VISIBLE
    about = None if removed else titles.get(row.media_id or 0)
    return Shown(
        pk=row.pk,
        level=level,
        is_removed=removed,
        name="" if removed else row.name,
        is_staff=row.author_id is not None,
        about=gettext("about “%(title)s”") % {"title": about} if about else "",
        iso=when.isoformat(timespec="seconds"),
        date=_day(when.date(), language),
        html="" if removed else _paragraphs(row.body),
        parent=row.parent_id,
    )


@lru_cache(maxsize=1000)
def _day(day: date, language: str | None) -> str:
    """The day in words of ``language``, the active one; most comments share a few."""
    return date_format(day)


def paragraphs(text: str) -> SafeString:
    """Plain text as HTML paragraphs; ``dir`` keeps right-to-left words in their place."""
    return mark_safe(_paragraphs(text))  # noqa: S308  (escaped there)


def _paragraphs(text: str) -> str:
    parts = [part.strip("\n") for part in escape(text).split("\n\n") if part.strip()]
    return "".join([f'<p dir="auto">{part}</p>' for part in parts]).replace(
        "\n", "<br>"
    )


def list_of(comments: list[Shown], *, answers: str) -> SafeString:
    """The comments as nested lists; ``answers`` is the address to answer at, "" if none.

    Not a template: for a hundred comments one takes ten times as long, which was half of
    what making a page took.
    """
    if not comments:
        return mark_safe("")
    html = ['<ol class="thread">']
    below = [one.level for one in comments[1:]] + [0]
    write = _writer(answers)
    for comment, following in zip(comments, below, strict=True):
        html.append(f"<li>{write(comment)}")
        if following > comment.level:
            html.append('<ol class="thread">')
        else:
            html.append("</li>" + "</ol></li>" * (comment.level - following))
    return mark_safe("\n".join([*html, "</ol>"]))  # noqa: S308  (escaped by the writer)


def _writer(answers: str) -> Callable[[Shown], str]:
    """Writes one comment; the words that are the same in all are looked up once."""
    removed, editor = gettext("This comment was removed."), gettext("editor")
    reply, reply_to = gettext("Reply"), gettext("Reply to %(name)s")
    removed, editor, reply = map(escape, (removed, editor, reply))
    answers = escape(answers)

    def write(one: Shown) -> str:
        key = f"comment-{one.pk}"
        if one.is_removed:
            return f'<div class="comment is-gone" id="{key}"><p>{removed}</p></div>'
        badges = f'<span class="badge">{editor}</span> ' if one.is_staff else ""
        if one.about:
            badges += f'<span class="badge">{escape(one.about)}</span> '
        answer = ""
        if answers:
            label = escape(reply_to % {"name": one.name})
            answer = (
                f'<a class="reply" href="{answers}?parent={one.pk}" '
                f'aria-label="{label}">{reply}</a>'
            )
        return (
            f'<div class="comment" id="{key}">\n<header>'
            f'<bdi class="who">{escape(one.name)}</bdi> {badges}<a href="#{key}">'
            f'<time datetime="{one.iso}">{escape(one.date)}</time></a></header>\n'
            f"{one.html}\n{answer}</div>"
        )

    return write
