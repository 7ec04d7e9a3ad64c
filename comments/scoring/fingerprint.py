"""Two numbers of a text, of which nearly the same text shares at least one.

The pairs of neighbouring words are shuffled twice, and of each order the first two pairs make
a number (MinHash, with bands of two). With one word in some thirty changed, nine in ten texts
keep a number, with two words seven in ten. Two different pairs must agree, so no common turn
of speech does it alone. Numbers, links and letter case are left out.
"""

from heapq import nsmallest
from itertools import pairwise
from zlib import crc32

from comments.scoring.hosts import without_disguise, without_links
from comments.scoring.spelling import STOP, fold, tokens

Fingerprint = tuple[int | None, int | None]

_FEWEST_WORDS = 6  # "Thank you!" may be said twice
_MOST_WORDS = 600
_PRIME = (1 << 61) - 1
_SHUFFLES = (
    (0x1F3D5B79ACE02468, 0x13579BDF02468ACE),
    (0x0FEDCBA987654321, 0x1234567890ABCDEF),
)


def fingerprint(body: str) -> Fingerprint:
    """The two numbers of ``body``; of a text of a few words nothing, for many write it."""
    text = fold(without_links(without_disguise(body)))
    words = [
        word for word in tokens(text) if word != STOP and not word.isdigit()
    ][:_MOST_WORDS]  # fmt: skip
    if len(words) < _FEWEST_WORDS:
        return None, None
    pairs = {
        crc32(f"{one} {other}".encode("utf-8", "replace"))
        for one, other in pairwise(words)
    }
    if len(pairs) < _FEWEST_WORDS - 1:  # one phrase, over and over
        return None, None
    one, other = (
        _number(nsmallest(2, ((factor * pair + term) % _PRIME for pair in pairs)))
        for factor, term in _SHUFFLES
    )
    return one, other


def _number(least: list[int]) -> int:
    return least[0] ^ (least[1] >> 3)
