"""The small language of rules: words, and signs for what may stand in their place.

A pattern becomes a regular expression that somebody could write by hand, with a bounded
number of steps at each word: no pattern and no text can make it slow. Raw regular
expressions are not taken, for some of them can.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from comments.scoring.spelling import STOP, Spelling, fold, tokens

GAP = "…"
NUMBER = "<number>"
AND = "&"
MOST_PARTS = 12
MOST_GAPS = 2
WORDS_IN_A_GAP = 4
_FEWEST_LETTERS = 3  # beside a star
_AROUND = 120  # letters to each side in which a word with a minus is looked for
_MOST_MATCHES = 20

_WORD = r"[^\s.]+"
_REGEX = {
    GAP: rf"(?:{_WORD} ){{0,{WORDS_IN_A_GAP}}}",
    NUMBER: r"\d+ (?:\d+ ){0,4}",
}


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern. ``needed``: of each set one word must be in the text."""

    regex: re.Pattern[str]
    needed: tuple[frozenset[str], ...]
    unless: frozenset[str]

    def found_in(self, spelling: Spelling) -> str:
        """The words that match, or ""."""
        if any(spelling.words.isdisjoint(words) for words in self.needed):
            return ""
        for number, match in enumerate(self.regex.finditer(spelling.text)):
            if number == _MOST_MATCHES:
                break
            if not (self.unless and self._is_excepted(spelling.text, match)):
                return match[0].strip()
        return ""

    def _is_excepted(self, text: str, match: re.Match[str]) -> bool:
        """Whether one of the words with a minus stands in the same sentence."""
        end = match.end() - 1
        before = text[max(0, match.start() - _AROUND) : match.start()]
        after = text[end : end + _AROUND]
        near = f"{before.rpartition(f' {STOP} ')[2]} {match[0]} {after.partition(f' {STOP} ')[0]}"
        return not self.unless.isdisjoint(near.split())


@dataclass(frozen=True)
class Together:
    """Words in one sentence in whatever order: of each of ``groups`` one, and none of ``unless``.

    A word in a group may have stars, or be NUMBER.
    """

    groups: tuple[frozenset[str], ...]
    unless: frozenset[str]

    def found_in(self, spelling: Spelling) -> str:
        """The words that match, or ""."""
        found: set[int] | None = None
        for group in self.groups:
            places = _places(group, spelling)
            found = places if found is None else found & places
            if not found:
                return ""
        for number in sorted(found or ()):
            sentence = spelling.sentences[number]
            if self.unless.isdisjoint(sentence):
                return " & ".join(_first(group, sentence) for group in self.groups)
        return ""


def _places(group: frozenset[str], spelling: Spelling) -> set[int]:
    return set().union(
        *(places for word, places in spelling.places.items() if _is_one(word, group))
        if any(map(_is_open, group))
        else (spelling.places[word] for word in group if word in spelling.places)
    )


def _first(group: frozenset[str], sentence: frozenset[str]) -> str:
    return min(word for word in sentence if _is_one(word, group))


def _is_open(word: str) -> bool:
    return word == NUMBER or "*" in word


def _is_one(word: str, group: frozenset[str]) -> bool:
    if word in group or (NUMBER in group and word.isdigit()):
        return True
    return any(
        word.startswith(stem.rstrip("*"))
        if not stem.startswith("*")
        else (
            stem.strip("*") in word if stem.endswith("*") else word.endswith(stem[1:])
        )
        for stem in group
        if "*" in stem
    )


@lru_cache(5000)
def compiled(value: str) -> Pattern | Together:
    """The pattern that ``value`` says.

    Raises ValidationError with a sentence for whoever wrote it.
    """
    spaced = value.replace("...", GAP).replace(GAP, f" {GAP} ").replace(AND, f" {AND} ")
    parts = spaced.split()
    unless = [part[1:] for part in parts if part.startswith("-")]
    parts = [part for part in parts if not part.startswith("-")]
    _check(parts)
    excepted = frozenset(word for one in unless for word in tokens(fold(one)))
    if AND in parts:
        return Together(_groups(parts), excepted)
    choices = [_choices(part) for part in parts]
    # A space is before the first word, and one after each.
    regex = "".join(
        _regex(part, words) for part, words in zip(parts, choices, strict=True)
    )
    needed = [
        frozenset(word[0] for word in words)
        for words in choices
        if words and all(len(word) == 1 and "*" not in word[0] for word in words)
    ]
    return Pattern(re.compile(f" {regex}"), tuple(needed), excepted)


def _check(parts: list[str]) -> None:
    if not parts:
        raise ValidationError(_("Write at least one word to look for."), "empty")
    if len(parts) > MOST_PARTS:
        raise ValidationError(
            _("Use at most %(most)d words and signs; this has %(number)d."),
            "long",
            {"most": MOST_PARTS, "number": len(parts)},
        )
    if parts.count(GAP) > MOST_GAPS:
        raise ValidationError(
            _("Use “…” at most twice; shorter rules find more."), "gaps"
        )
    if GAP in (parts[0], parts[-1]):
        raise ValidationError(
            _("“…” stands between two words, not at the beginning or the end."), "edge"
        )
    if all(part in {GAP, NUMBER} for part in parts):
        raise ValidationError(_("A number alone says nothing: add a word."), "empty")


def _groups(parts: list[str]) -> tuple[frozenset[str], ...]:
    """What stands between the signs AND, each one word or one of several."""
    if (
        GAP in parts
        or len(parts) % 2 == 0
        or set(parts[1::2]) != {AND}
        or AND in parts[::2]
    ):
        raise ValidationError(
            _("“&” stands between two single words: “gone & asthma|diabetes”."), "and"
        )
    groups = []
    for part in parts[::2]:
        words = [[NUMBER] if one == NUMBER else _words(one) for one in part.split("|")]
        if any(len(one) > 1 for one in words):
            raise ValidationError(
                _(
                    "Beside “&” a word is letters or digits, not both, and no other signs."
                ),
                "and",
            )
        groups.append(frozenset(one[0] for one in words))
    # Those with stars ask every word of a text, so they come last.
    return tuple(sorted(groups, key=lambda group: any(map(_is_open, group))))


def _choices(part: str) -> list[list[str]]:
    """What may stand at this place: each choice as its words."""
    if part in {GAP, NUMBER}:
        return []
    return [_words(one) for one in part.split("|")]


def _words(one: str) -> list[str]:
    stem = one.strip("*")
    if "*" in stem or one.count("*") > 2:
        raise ValidationError(
            _("“*” stands at the beginning or the end of a word: “cur*”, “*pill”."),
            "star",
        )
    if "<" in one or ">" in one:
        raise ValidationError(_("The one sign in brackets is <number>."), "sign")
    words = tokens(fold(stem))
    if not words:
        raise ValidationError(
            _("“%(part)s” has no letter and no digit."), "sign", {"part": one}
        )
    if one != stem and (len(words) > 1 or len(words[0]) < _FEWEST_LETTERS):
        raise ValidationError(
            _("Put at least %(letters)d letters beside “*”, and nothing else."),
            "star",
            {"letters": _FEWEST_LETTERS},
        )
    if one != stem:
        before, after = ("*" if one.startswith("*") else ""), one.endswith("*") * "*"
        words = [f"{before}{words[0]}{after}"]
    return words


def _regex(part: str, choices: list[list[str]]) -> str:
    if part in _REGEX:
        return _REGEX[part]
    ways = [
        " ".join(re.escape(word).replace(r"\*", r"[^\s.]*") for word in words)
        for words in choices
    ]
    return f"(?:{'|'.join(ways)}) " if len(ways) > 1 else f"{ways[0]} "
