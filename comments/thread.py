"""A page of the conversation, laid out for its reader with one query."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language, gettext

from articles.models import Article, Media
from comments.models import COMMENTS_A_PAGE, Comment
from footcare.lib.markup import render_small_markdown
from footcare.lib.prepared import Prepared
from footcare.lib.text import number_in

DEEPEST = 2  # replies to replies to replies stand on this level, too
PINNED = 3  # at most, above the conversation
_LAST = 2**63 - 1


class Part(IntEnum):
    """For what a row was read."""

    PAGE = 0
    ANSWERED = 1  # by a comment of the page
    PINNED = 2


class Row(NamedTuple):
    """What is read of a comment: no instance is made, there may be hundreds."""

    pk: int
    parent_id: int | None
    root_id: int | None
    media_id: int | None
    name: str
    body: str
    html: str
    status: str
    author_id: int | None
    created_at: datetime
    edited_at: datetime | None
    part: Part

    @property
    def conversation(self) -> int:
        return self.root_id or self.pk


@dataclass(slots=True)
class Shown:
    """One comment as its reader sees it; ``name`` and ``about`` are plain text, ``html`` is safe."""

    pk: int
    level: int
    is_removed: bool
    is_elsewhere: bool  # on another page; here so that its answers can be understood
    name: str
    is_staff: bool
    about: str  # “about …”, where the thread is that of the whole article
    iso: str
    date: str
    edited: str  # on which day; "" if never
    html: str
    parent: int | None
    conversation: int
    media: int | None


class Cursor(NamedTuple):
    """Where a page begins: with conversation ``comments``, there with answer ``answers``.

    0 is none: from the beginning of the thread, of the conversation.
    """

    comments: int = 0
    answers: int = 0

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Cursor":
        """The cursor in an address, ``?comments=`` and ``&answers=``."""
        return cls(*(number_in(query.get(name, "")) for name in cls._fields))

    def __str__(self) -> str:
        answers = f"&answers={self.answers}" if self.answers else ""
        return f"?comments={self.comments}{answers}"


BEGINNING = Cursor()


@dataclass
class ThreadPage:
    """Comments in reading order, those pinned above the first page, and where it goes on."""

    comments: list[Shown]
    pinned: list[Shown]
    next: Cursor | None


def thread_page(
    article: Article,
    start: Cursor = BEGINNING,
    *,
    media: Media | None = None,
    newest_first: bool = False,
) -> ThreadPage:
    """COMMENTS_A_PAGE comments of ``article`` (of one ``media`` item) from ``start`` on.

    A conversation that is longer than the page goes on on the next one, below what was
    answered. ``newest_first`` is the order of conversations; answers always follow what
    they answer.
    """
    rows = _rows(article, start, media, newest_first)
    on_page = sorted(
        (row for row in rows if row.part == Part.PAGE),
        key=lambda row: (row.conversation, row.pk),
        reverse=newest_first,
    )
    page, following = on_page[:COMMENTS_A_PAGE], on_page[COMMENTS_A_PAGE:]
    answered = {row.pk: row for row in rows if row.part == Part.ANSWERED}
    pinned = sorted(row for row in rows if row.part == Part.PINNED)
    titles = {}
    if media is None and any(row.media_id for row in rows):
        titles = {one.pk: one.title for one in article.media.all()}
    show = _shower(titles)
    return ThreadPage(
        [
            show(row, level)
            for row, level in _reading_order(page, answered, newest_first)
        ],
        [show(row, 0) for row in reversed(pinned)],
        _cursor(page[-1], following[0]) if following else None,
    )


def _cursor(last: Row, following: Row) -> Cursor:
    is_cut = following.conversation == last.conversation
    return Cursor(following.conversation, following.pk if is_cut else 0)


def _rows(
    article: Article, start: Cursor, media: Media | None, newest_first: bool
) -> list[Row]:
    of = {"article": article.pk}
    if media is not None:
        of["media"] = media.pk
    if newest_first and not start.comments:
        start = Cursor(_LAST)
    ask = _query(newest_first, tuple(of), bool(start.answers), start in _BEGINNINGS)
    cursor = {"comments": start.comments}
    if start.answers:
        cursor["answers"] = start.answers
    return [Row(*values) for values in ask(**of, **cursor)]


_BEGINNINGS = {BEGINNING, Cursor(_LAST)}


@lru_cache
def _query(
    newest_first: bool, of: tuple[str, ...], is_cut: bool, is_first: bool
) -> Prepared:
    """The one query of a page: its comments, what they answer, what is pinned.

    It looks at the visible comments of the page only, each by an index: what waits or is
    hidden costs nothing, and neither does what stands before or after.
    """
    names = [*of, "comments", *(["answers"] if is_cut else [])]

    def build(comments: Any, answers: Any = None, **of: Any) -> QuerySet[Any, Any]:
        visible = (
            Comment.objects.visible()
            .filter(**of)
            .annotate(conversation=Coalesce("root", "id"))
        )
        toward = "lte" if newest_first else "gte"
        order = ["-conversation", "-pk"] if newest_first else ["conversation", "pk"]
        if is_cut:
            beyond = "lt" if newest_first else "gt"
            stretches = [
                visible.filter(conversation=comments, **{f"pk__{toward}": answers}),
                visible.filter(**{f"conversation__{beyond}": comments}),
            ]
        else:
            stretches = [visible.filter(**{f"conversation__{toward}": comments})]
        parts = []
        for stretch in stretches:
            page = stretch.order_by(*order)[: COMMENTS_A_PAGE + 1]
            parts.append(_read(Part.PAGE, pk__in=page.values("pk")))
            for answered in ("parent", "root"):
                above = _read(Part.ANSWERED, pk__in=page.values(answered))
                if not (newest_first or is_cut):
                    # What is visible stands on the page itself.
                    above = above.exclude(status=Comment.Status.VISIBLE)
                parts.append(above)
        if is_first:
            chosen = visible.filter(is_pinned=True).order_by("-pk")[:PINNED]
            parts.append(_read(Part.PINNED, pk__in=chosen.values("pk")))
        return parts[0].union(*parts[1:], all=True)

    return Prepared(build, **{name: BigIntegerField() for name in names})


def _read(part: Part, **which: Any) -> QuerySet[Any, Any]:
    rows = Comment.objects.order_by().filter(**which)
    fields = [name for name in Row._fields if name != "part"]
    return rows.annotate(part=Value(int(part))).values_list(*fields, "part")


def _reading_order(
    page: list[Row], answered: dict[int, Row], newest_first: bool
) -> list[tuple[Row, int]]:
    """Each comment after what it answers, with its level.

    No recursion: a conversation may be a thousand answers deep.
    """
    shown = {row.pk: row for row in page}
    for row in page:
        for above in (row.parent_id, row.root_id):
            if above in answered:
                shown.setdefault(above, answered[above])
    answers: dict[int | None, list[Row]] = defaultdict(list)
    for pk in sorted(shown, reverse=True):
        row = shown[pk]
        known = (above for above in (row.parent_id, row.root_id) if above in shown)
        answers[next(known, None)].append(row)
    if newest_first:
        answers[None].reverse()
    order = []
    ahead = [(row, 0) for row in answers[None]]
    while ahead:
        row, level = ahead.pop()
        order.append((row, level))
        ahead += [(answer, min(level + 1, DEEPEST)) for answer in answers[row.pk]]
    return order


def _shower(titles: dict[int, str]) -> Callable[[Row, int], Shown]:
    """Makes a row into what is shown; ``titles`` are those of the media items."""
    zone, language = get_current_timezone(), get_language()

    def show(row: Row, level: int) -> Shown:
        when = row.created_at.astimezone(zone)
        removed = row.status != Comment.Status.VISIBLE
        about = None if removed else titles.get(row.media_id or 0)
        edited = row.edited_at and _day(row.edited_at.astimezone(zone).date(), language)
        return Shown(
            pk=row.pk,
            level=level,
            is_removed=removed,
            is_elsewhere=not removed and row.part != Part.PAGE,
            name="" if removed else row.name,
            is_staff=not removed and row.author_id is not None,
            about=gettext("about “%(title)s”") % {"title": about} if about else "",
            iso=when.isoformat(timespec="seconds"),
            date=_day(when.date(), language),
            edited="" if removed else edited or "",
            html="" if removed else row.html or render_small_markdown(row.body),
            parent=row.parent_id,
            conversation=row.conversation,
            media=row.media_id,
        )

    return show


@lru_cache(maxsize=1000)
def _day(day: date, language: str | None) -> str:
    """The day in words of ``language``, the active one; most comments share a few."""
    return date_format(day)
