"""What the queue shows of each comment, for a page of them with the same few queries."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet, Value
from django.forms import Form
from django.utils.translation import gettext_lazy as _

from comments import desk
from comments.models import Comment, Event, Report, Scrutiny
from comments.seen import mark_of
from footcare.lib import counting

REPORTS, EVENTS = 20, 12  # at most, of one comment

# By what the comments of one author are found, and how a moderator calls it.
WAYS = {
    "reader": _("By this reader"),
    "email": _("With this e-mail"),
    "network": _("From this network"),
}


@dataclass
class History:
    """How many comments of one author there are, in each status; ``is_more`` if they go on."""

    way: str
    label: str
    counts: list[tuple[str, int]]
    is_more: bool


@dataclass
class Card:
    """One comment with all that a moderator decides by."""

    comment: Comment
    mark: str
    scrutiny: Scrutiny | None
    ban_kinds: list[str]
    reports: list[Report] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    history: list[History] = field(default_factory=list)
    forms: dict[str, Form] = field(default_factory=dict)
    unfolded: str = ""  # the form that is to be seen, for it was refused

    @property
    def reported(self) -> list[tuple[str, int]]:
        """Each reason that readers gave, and how often."""
        return Counter(one.get_reason_display() for one in self.reports).most_common()

    @property
    def quotes(self) -> list[str]:
        return [one.words for one in self.reports if one.words][:5]


def key_of(way: str, comment: Comment) -> Any:
    """What the comments of whoever wrote ``comment`` share in this ``way``; "" if nothing."""
    scrutiny = getattr(comment, "scrutiny", None)
    keys = {
        "reader": comment.reader_id or "",
        "email": comment.email.lower(),
        "network": scrutiny.network if scrutiny else "",
    }
    return keys.get(way, "")


def comments_with(way: str, key: Any) -> QuerySet[Comment]:
    """All comments that share ``key`` in this ``way``."""
    if way == "email":
        return Comment.objects.at(key)
    return Comment.objects.filter(
        **{"reader" if way == "reader" else "scrutiny__network": key}
    )


def cards_of(comments: list[Comment]) -> list[Card]:
    """A card for each of ``comments``, which come with their scrutiny."""
    cards = [
        Card(
            comment=one,
            mark=mark_of(one),
            scrutiny=getattr(one, "scrutiny", None),
            ban_kinds=list(desk.banned_values(one)),
        )
        for one in comments
    ]
    by_pk = {card.comment.pk: card for card in cards}
    for report in _newest(Report.objects.filter(closed_at=None), by_pk, REPORTS):
        by_pk[report.comment_id].reports.append(report)
    for event in _newest(Event.objects.select_related("by"), by_pk, EVENTS):
        by_pk[event.comment_id].events.append(event)
    _add_histories(cards)
    return cards


def _newest(rows: QuerySet[Any], comments: Iterable[int], most: int) -> list[Any]:
    """The newest ``rows`` about each of ``comments``, so many of each, oldest first.

    One query of many small ones: whoever has a thousand reports takes nobody's place.
    """
    parts = [
        rows.model.objects.filter(
            pk__in=rows.filter(comment=pk).order_by("-pk").values("pk")[:most]
        )
        .order_by()
        .values("pk")
        for pk in comments
    ]
    if not parts:
        return []
    pks = [row["pk"] for row in parts[0].union(*parts[1:], all=True)]
    return list(rows.filter(pk__in=pks).order_by("pk"))


def _add_histories(cards: list[Card]) -> None:
    """Count each author's comments, of which at most `counting.MOST` are looked at."""
    places: dict[tuple[str, Any], int] = {}
    for card in cards:
        for way in WAYS:
            if key := key_of(way, card.comment):
                places.setdefault((way, key), len(places))
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    parts = [_counted(way, key, place) for (way, key), place in places.items()]
    for place, status, count in parts[0].union(*parts[1:], all=True) if parts else ():
        counts[place][status] = count
    for card in cards:
        for way, label in WAYS.items():
            if key := key_of(way, card.comment):
                found = counts[places[way, key]]
                card.history.append(_history(way, str(label), found))


def _counted(way: str, key: Any, place: int) -> QuerySet[Any, Any]:
    some = comments_with(way, key).order_by().values("pk")[: counting.MOST]
    by_status = Comment.objects.order_by().filter(pk__in=some).values("status")
    counted = by_status.annotate(place=Value(place), number=Count("pk"))
    return counted.values_list("place", "status", "number")


def _history(way: str, label: str, found: dict[str, int]) -> History:
    shown = [(str(one.label), found[one]) for one in Comment.Status if one in found]
    return History(way, label, shown, sum(found.values()) >= counting.MOST)
