"""Words as a rule sees them: letter case, accents and disguises apart.

Everything here takes a time that grows with the text and no faster.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

_MOST = 24_000  # one sign of a few scripts folds into eighteen letters

# Accents, and what shows nothing: zero-width marks, marks of direction, soft hyphens. Signs
# beyond U+FFFF apart, with which Python's set of characters is ten times as slow.
_UNSEEN = re.compile(
    "["
    + "".join(
        re.escape(chr(code))
        for code in range(0x10000)
        if unicodedata.category(chr(code)) in {"Mn", "Me", "Cf"}
    )
    + "]+"
)
_TAGS = re.compile("[\U000e0000-\U000e01ef]+")
# No soft hyphen: who quotes a page copies some.
_HIDDEN = re.compile(
    "(?<=[A-Za-z])[\u180e\u200b-\u200f\u2060-\u2064\ufeff]+(?=[A-Za-z])"
)
_ALIKE = str.maketrans(
    "авеіїјкмнорԛгѕтухһԁԍӏαβεικνορτυχγ",
    "abeiijkmhopqrstyxhdgiabeikvoptuxy",
)
_OTHER_ALPHABET = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_LETTERS = re.compile(r"[^\W\d_]+")
# Scripts that put no space between words: each sign is a word.
_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_TOKEN = re.compile(
    rf"[{_UNSPACED}]|[^\W\d_{_UNSPACED}]{{1,64}}|\d{{1,30}}|[.!?…。！？]+\s?|\n"  # noqa: RUF001
)
_BARE = " .-_*·,"
_ONE = r"[^\W_]"
# Single letters with the same thing between each two: v.i.a.g.r.a, C A S I N O.
_SPACED_OUT = re.compile(
    rf"(?<!{_ONE}){_ONE}([{re.escape(_BARE)}]{{1,3}}){_ONE}(?:\1{_ONE}){{2,}}(?!{_ONE})"
)
_MIXED = re.compile(rf"{_ONE}{{2,64}}")
_DIGITS = str.maketrans("0134578", "oieastb")
STOP = "."  # stands where a sentence ends


def fold(text: str) -> str:
    """``text`` without letter case, accents and signs that show nothing."""
    if text.isascii():
        return text.casefold()
    # Marks first: to put many of them in order takes their square.
    text = unicodedata.normalize("NFKD", _without_unseen(text))
    return _without_unseen(text[:_MOST]).casefold()


def _without_unseen(text: str) -> str:
    return _TAGS.sub("", _UNSEEN.sub("", text))


@dataclass(frozen=True)
class Spelling:
    """The words of ``raw`` and what was done to hide them."""

    raw: str

    @cached_property
    def text(self) -> str:
        """Words with one space between them, before the first and after the last.

        A dot stands for the end of a sentence. Behind the text follow, each a sentence of
        its own, the words that somebody wrote in disguise.
        """
        words = [*tokens(self._unmasked), STOP]
        for word in self._disguised:
            words += [*tokens(word), STOP]
        return f" {' '.join(words)} "

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(self.text.split())

    @cached_property
    def sentences(self) -> list[frozenset[str]]:
        return [frozenset(one.split()) for one in self.text.split(f" {STOP} ")]

    @cached_property
    def places(self) -> dict[str, set[int]]:
        """For each word the numbers of the sentences that it stands in."""
        places: dict[str, set[int]] = {}
        for number, sentence in enumerate(self.sentences):
            for word in sentence:
                places.setdefault(word, set()).add(number)
        return places

    @cached_property
    def hides_letters(self) -> bool:
        """Whether marks that show nothing stand inside of words."""
        return bool(_HIDDEN.search(self.raw))

    @cached_property
    def mixes_alphabets(self) -> bool:
        """Whether a word has letters of two alphabets that look alike."""
        return self._unmasked != self._plain

    @cached_property
    def is_spaced_out(self) -> bool:
        """Whether a word of five or more letters was written letter by letter."""
        return any(len(word) > 4 for word in self._joined)

    @cached_property
    def _plain(self) -> str:
        return fold(self.raw)

    @cached_property
    def _unmasked(self) -> str:
        if not _OTHER_ALPHABET.search(self._plain):
            return self._plain
        return _LETTERS.sub(_unmask, self._plain)

    @cached_property
    def _joined(self) -> list[str]:
        runs = (match[0] for match in _SPACED_OUT.finditer(self._unmasked))
        words = (
            "".join(letter for letter in run if letter not in _BARE) for run in runs
        )
        return [word for word in words if not word.isdigit()]

    @cached_property
    def _disguised(self) -> list[str]:
        written = [*self._joined, *_MIXED.findall(self._unmasked)]
        plain = [word.translate(_DIGITS) for word in written]
        return self._joined + [
            word
            for word, as_written in zip(plain, written, strict=True)
            if word != as_written and word.isalpha()
        ]


def tokens(folded: str) -> list[str]:
    """The words of a folded text, numbers apart from letters; STOP where a sentence ends."""
    found = []
    for one in _TOKEN.findall(folded):
        if one[0].isalnum():
            found.append(one)
        elif one[-1].isspace() and found and found[-1] != STOP:
            found.append(STOP)
    return found


def _unmask(word: re.Match[str]) -> str:
    has_both = len(word[0]) > 2 and re.search("[a-z]", word[0])
    return word[0].translate(_ALIKE) if has_both else word[0]
