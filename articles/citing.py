"""The numbered sources of one page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(eq=False)
class Citation:
    """One source of a page; ``number`` is its place in the list at the end."""

    text: str
    url: str
    checked_on: date
    number: int = 0


class Bibliography:
    """Collects what the parts of one page cite; a source cited twice is one."""

    def __init__(self) -> None:
        self._by_pk: dict[int, Citation] = {}

    def cite(
        self, pk: int | None, text: str, url: str, checked_on: date | None
    ) -> list[Citation]:
        """The citation of a source, or nothing: readers see none that nobody has checked."""
        if pk is None or checked_on is None:
            return []
        return [self._by_pk.setdefault(pk, Citation(text, url, checked_on))]

    def number(self, in_page_order: Iterable[list[Citation]]) -> list[Citation]:
        """Number the sources as they are met on the page, and return them in that order."""
        met = dict.fromkeys(one for citations in in_page_order for one in citations)
        for number, citation in enumerate(met, start=1):
            citation.number = number
        return list(met)
