"""How many there are, as far as anybody wants to know: no page counts a million rows."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext

MOST = 1000  # beyond it nobody counts


def how_many(rows: QuerySet[Any, Any]) -> int:
    """How many ``rows`` there are; MOST + 1 stands for every larger number."""
    return rows.order_by()[: MOST + 1].count()


def in_words(number: int) -> str:
    """``number`` as :func:`how_many` gives it, for people: “12”, “more than 1,000”."""
    if number <= MOST:
        return number_format(number)
    return gettext("more than %(number)s") % {
        "number": number_format(MOST, force_grouping=True)
    }


class CappedPaginator(Paginator):
    """Pages of the first MOST rows; what is older is found by a filter or a search."""

    @cached_property
    def count(self) -> int:
        return how_many(self.object_list)  # type: ignore[arg-type]

    @property
    def count_in_words(self) -> str:
        return in_words(self.count)
