"""Two numbers of a text, of which nearly the same text shares at least one.

Each is the least of many hashes of neighbouring words (MinHash, two bands of two): texts that
share nine in ten of their pairs of words have a number in common in 96 of 100 cases, texts
that share one in ten in 2. Numbers, links and the order of paragraphs make little difference.
"""

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
    (0x17E4B3C2A1908F6D, 0x0A5C3E7F91B2D468),
    (0x0B7A69584736251F, 0x1C9E8D7F6B5A4938),
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
    least = [
        min((factor * pair + term) % _PRIME for pair in pairs)
        for factor, term in _SHUFFLES
    ]
    return least[0] ^ (least[1] >> 3), least[2] ^ (least[3] >> 3)
