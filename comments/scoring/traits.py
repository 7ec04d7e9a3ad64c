"""What a text shows by its form, whatever it speaks of."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext

from comments.scoring.finding import Finding
from comments.scoring.hosts import Host, hosts_in, without_disguise, without_links
from comments.scoring.spelling import STOP, Spelling, fold, tokens

_LINK_CODE = re.compile(r"\[/?url\b|\[link\b|<a\s|</a>|\bhref\s*=", re.IGNORECASE)
_LOOKED_AT = 5000  # letters, where more would say the same
_FEW_WORDS, _HARDLY_ANY_WORDS = 9, 3
_POINTS_A_LINK, _MOST_FOR_LINKS = 25, 100
_CLUSTERS = re.compile("t?sch|ch|ck|ph|st|th|ng")
_CONSONANTS = re.compile("[bcdfghjklmnpqrstvwxz]{5}|^[bcdfghjklmnpqrstvwxz]{4,}$")

# Languages of articles that are not written in Latin letters.
_OTHER_SCRIPTS = frozenset(
    "ru uk be bg mk sr kk mn el ar fa ur he yi hi bn ta te mr ne th ka hy am zh ja ko".split()  # noqa: SIM905
)

# Groups of digits as in telephone numbers; a date is none, nor the number of a book.
_DIGITS = re.compile(r"(?<![\w.,])[+(]{0,2}\d[\d ()./\-]{6,24}\d(?![\w])")
_DATE = re.compile(r"(?<!\d)\d{1,2}[./-] ?\d{1,2}[./-] ?(?:19|20)\d\d(?!\d)")
_BIRTH = frozenset({"born", "birth", "dob", "geboren", "geb", "geburtsdatum"})
_FEWEST_DIGITS, _MOST_DIGITS = 9, 15


def disguises(spelling: Spelling) -> Iterator[Finding]:
    if spelling.hides_letters:
        yield Finding(gettext("hides marks inside of words"), 40)
    if spelling.mixes_alphabets:
        yield Finding(gettext("mixes letters of two alphabets in a word"), 40)
    if spelling.is_spaced_out:
        yield Finding(gettext("writes a word letter by letter"), 40)


def names(name: str) -> Iterator[Finding]:
    is_link = "://" in name or any(
        not host.is_mail for host in hosts_in(without_disguise(name))
    )
    if is_link:
        yield Finding(gettext("has a link as its name"), 60)


def forms(body: str) -> Iterator[Finding]:
    if _LINK_CODE.search(body):
        yield Finding(gettext("has links in the code of other sites"), 60)
    letters = [letter for letter in body[:_LOOKED_AT] if letter.isalpha()]
    if len(letters) >= 30 and sum(map(str.isupper, letters)) > 0.6 * len(letters):
        yield Finding(gettext("is written in capital letters"), 15)
    folded = fold(body[:_LOOKED_AT])
    long = [word for word in tokens(without_links(folded)) if len(word) > 3]
    odd = sum(bool(_CONSONANTS.search(_CLUSTERS.sub("s", word))) for word in long)
    if odd >= 2 and odd * 3 >= len(long):
        yield Finding(gettext("has words that nobody can say"), 40)


def links(
    body: str, hosts: list[Host], language: str, *, most: int, is_known: bool
) -> Iterator[Finding]:
    """``hosts`` are those of the links that no rule speaks for; ``most`` are no reason.

    ``language`` is that of the article. ``is_known``: the writer has approved comments.
    """
    if len(hosts) > most:
        points = min(_POINTS_A_LINK * (len(hosts) - most), _MOST_FOR_LINKS)
        yield Finding(gettext("has %(count)d links") % {"count": len(hosts)}, points)
    if not hosts:
        return
    if not is_known:
        yield Finding(gettext("has a link, and nobody knows the writer yet"), 30)
    rest = [
        word for word in tokens(fold(without_links(body[:_LOOKED_AT]))) if word != STOP
    ]
    if len(rest) < _FEW_WORDS:
        points = 20 if len(rest) > _HARDLY_ANY_WORDS else 30
        yield Finding(gettext("says little beside its link"), points)
    if language.split("-")[0] not in _OTHER_SCRIPTS and _is_foreign(rest):
        yield Finding(gettext("has a link, in the letters of another language"), 40)


def _is_foreign(words: list[str]) -> bool:
    letters = [letter for letter in "".join(words) if letter.isalpha()]
    return sum(letter > "\u036f" for letter in letters) > len(letters) / 2


def personal(body: str, spelling: Spelling) -> Iterator[Finding]:
    """What tells who somebody is and how to reach them: on a health site, an editor looks."""
    text = without_links(without_disguise(body))
    if any(host.is_mail for host in hosts_in(text)):
        yield Finding(gettext("has an e-mail address"), 0, holds=True)
    if any(_is_number_of_somebody(match[0]) for match in _DIGITS.finditer(text)):
        yield Finding(
            gettext("has the number of a telephone or a person"), 0, holds=True
        )
    if not _BIRTH.isdisjoint(spelling.words) and _DATE.search(text):
        yield Finding(gettext("has a date of birth"), 0, holds=True)


def _is_number_of_somebody(written: str) -> bool:
    digits = re.sub(r"\D", "", written)
    groups = re.findall(r"\d+", written)
    return (
        _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS
        and not digits.startswith(("978", "979"))
        and not _DATE.search(written)
        and (
            written[0] in "+(0" or (len(groups) > 1 and not re.search("[./]", written))
        )
        and sum(len(group) == 1 for group in groups) <= 1
        and not all(len(group) == 4 and group[:2] in {"19", "20"} for group in groups)
    )
