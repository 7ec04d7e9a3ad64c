"""A page that is mostly the same for long: a frame, with holes for what changes often.

The frame is rendered with a number in the place of each hole, one that nobody can guess: so
nothing that anybody writes is taken for a hole, and it may stand in HTML and in JSON alike.
"""

import re
import secrets
from collections.abc import Mapping
from functools import cache


@cache
def hole(name: str) -> int:
    """What to render where the value called ``name`` goes; the same as long as we run."""
    return 10**17 + secrets.randbelow(9 * 10**17)


class Frame:
    """Rendered text with holes called ``names``."""

    def __init__(self, text: str, *names: str) -> None:
        numbers = {str(hole(name)): name for name in names}
        parts = re.split(f"({'|'.join(numbers)})", text)
        self.texts = parts[::2]
        self.names = [numbers[number] for number in parts[1::2]]

    def filled(self, values: Mapping[str, str]) -> str:
        """The page with ``values`` in its holes."""
        filled = [self.texts[0]]
        for name, text in zip(self.names, self.texts[1:], strict=True):
            filled += values[name], text
        return "".join(filled)

    @property
    def size(self) -> int:
        return sum(map(len, self.texts)) + 500
