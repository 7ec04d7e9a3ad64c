"""Made-up comments, and by which half of them the rules were tuned.

The half hangs on the text itself: whoever adds one cannot choose where it goes.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Sample:
    """One comment: of which file ("honest") and kind ("thanks") it is."""

    group: str
    kind: str
    name: str
    body: str

    @property
    def is_held_out(self) -> bool:
        """Never looked at while the rules were made."""
        return sha256(self.body.encode()).digest()[0] % 2 == 1


@cache
def samples(group: str) -> tuple[Sample, ...]:
    """All comments of ``group``: honest, spam, health (an editor must look) or near (none must)."""
    kinds = tomllib.loads((FOLDER / f"{group}.toml").read_text())["kinds"]
    return tuple(
        Sample(group, kind, name, body)
        for kind, written in kinds.items()
        for name, body in written
    )
