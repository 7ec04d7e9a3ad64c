"""The first letters of a name, drawn beside a comment: nobody else is asked for a picture."""

import unicodedata
from functools import lru_cache

_LONGEST = 12  # code points of one letter; a tower of marks is cut
_JOINER = "\u200d"


@lru_cache(maxsize=2000)
def initials(name: str) -> str:
    """The first letter of the first and of the last word of ``name``, whole in any script.

    A letter comes with its marks, an emoji with what is joined to it, a flag with both halves.
    """
    letters = [letter for word in name.split() if (letter := _first(word))]
    if not letters:
        return ""
    return letters[0] + (letters[-1] if len(letters) > 1 else "")


def _first(word: str) -> str:
    """The first letter, number or picture of ``word``; brackets and quotes are passed over."""
    for start, character in enumerate(word):
        if unicodedata.category(character)[0] in "LN" or _is_picture(character):
            return _whole(word[start : start + _LONGEST])
    return ""


def _whole(text: str) -> str:
    """The one letter that ``text`` begins with, as a reader counts letters."""
    end = 1
    while end < len(text):
        before, here = text[end - 1], text[end]
        joins = (
            before == _JOINER
            or here == _JOINER
            or unicodedata.category(here)[0] == "M"
            or "\U0001f3fb" <= here <= "\U0001f3ff"  # the colour of a skin
            or (end == 1 and _is_half_a_flag(before) and _is_half_a_flag(here))
            or (_is_jamo(before) and _is_jamo(here))
            # A consonant joined to the one before, as in क्ष.
            or unicodedata.combining(before) == 9
        )
        if not joins:
            break
        end += 1
    first = text[:end].rstrip(_JOINER)
    upper = first.upper()
    return upper if len(upper) == len(first) else first


def _is_picture(character: str) -> bool:
    return character >= "\u2190" and unicodedata.category(character) in {"So", "Sm"}


def _is_half_a_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_jamo(character: str) -> bool:
    return "\u1100" <= character <= "\u11ff"
