"""What became of the rows of a file, in numbers and by the first lines of each kind."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from subscriptions.lists.entries import Entry, Kind

FIRST = 20  # lines of each kind that are named


@dataclass(frozen=True)
class Line:
    """One line that is named. The address only until the file is imported."""

    number: int
    email: str
    why: str


@dataclass
class Report:
    counts: Counter[str] = field(default_factory=Counter)
    lines: dict[str, list[Line]] = field(default_factory=dict)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Report":
        lines = {
            kind: [Line(*one) for one in some]
            for kind, some in stored.get("lines", {}).items()
        }
        return cls(Counter(stored.get("counts", {})), lines)

    def as_json(self, *, with_addresses: bool) -> dict[str, Any]:
        lines = {
            kind: [[one.number, one.email if with_addresses else "", one.why] for one in some]
            for kind, some in self.lines.items()
        }  # fmt: skip
        return {"counts": dict(self.counts), "lines": lines}

    def add(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self.counts[entry.kind.value] += 1
            some = self.lines.setdefault(entry.kind.value, [])
            if len(some) < FIRST:
                some.append(Line(entry.line, entry.email, entry.why))

    def kinds(self) -> Iterator[tuple[Kind, int, list[Line]]]:
        """Each kind that there is, how many rows are of it, and the first of them."""
        for kind in Kind:
            if count := self.counts.get(kind.value, 0):
                yield kind, count, self.lines.get(kind.value, [])
