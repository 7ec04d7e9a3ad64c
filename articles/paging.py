"""Pages of a list, without counting it: the next page exists if one more row does."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

PAGE_SIZE = 10
# Far beyond any list; larger numbers would only make the database skip for nothing.
LAST_PAGE = 100_000


@dataclass(frozen=True)
class ListPage:
    """One page of rows; ``number`` starts at 1, ``newer`` and ``older`` may be None."""

    rows: list[Any]
    number: int
    newer: int | None
    older: int | None


def page_of(rows: QuerySet[Any], asked: str) -> ListPage:
    """The page that ``asked`` (the query's text, "" for the first) names.

    Raises Http404 for what is no page number and for a page beyond the last.
    """
    number = _number(asked)
    start = (number - 1) * PAGE_SIZE
    found = list(rows[start : start + PAGE_SIZE + 1])
    if not found and number > 1:
        raise Http404
    return ListPage(
        rows=found[:PAGE_SIZE],
        number=number,
        newer=number - 1 if number > 1 else None,
        older=number + 1 if len(found) > PAGE_SIZE else None,
    )


def _number(asked: str) -> int:
    if not asked:
        return 1
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= LAST_PAGE):
        raise Http404
    return int(asked[:9])
