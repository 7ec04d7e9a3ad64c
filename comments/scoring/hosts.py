"""The hosts that a text leads to, whether they are links, plain text or in a thin disguise."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.encoding import punycode

_MOST = 100  # further ones change nothing
_RUN = re.compile(r"[\w.\-@]+")
_UNSEEN = re.compile("[\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]+")
# x . com, x[.]com, x (dot) com, x dot com
_SPACED_DOT = re.compile(
    r"(?<=\w)(?: \. | ?[\[(] ?(?:\.|dot) ?[\])] ?| dot )(?=[a-z0-9-]{2,63}\b)"
)
# x (at) y, x at y dot com
_SPACED_AT = re.compile(
    r"(?<=\w)(?: ?[\[(] ?(?:@|at) ?[\])] ?| at (?=[\w-]{2,63} dot ))"
)
# What people write without https:// and mean as an address.
_ENDINGS = frozenset(
    """com net org info biz edu gov int name mobi xyz top shop site online club store live click
    icu buzz vip pro app io link ru su cn co uk eu de ch fr es nl be pl cz hu ua tr jp kr br mx
    au nz ca za ng ke ly gl gg cc tv ws tk ml ga cf gq pw men date bid loan win trade stream
    space website tech press host fun cyou rest best cam cash fans bet casino poker love life
    world today news blog email agency digital media marketing services solutions finance money
    loans credit clinic dental surgery health care doctor pharmacy support download video chat
    art dev page work works zone guru expert team london berlin wien tirol koeln hamburg nyc
    asia africa monster quest beauty hair skin makeup bond sbs lol mom pics autos boats homes
    yachts one moe ink wiki""".split()  # noqa: SIM905  (so many are easier to read as words)
)
# Endings that are words, too: only with a path behind, or www. before.
_WORDS_TOO = frozenset("in it is me no so to us my am at do id ms".split())  # noqa: SIM905


@dataclass(frozen=True)
class Host:
    """``name`` in lower case and punycode. ``is_mail``: the host of an e-mail address."""

    name: str
    is_mail: bool

    @property
    def domains(self) -> list[str]:
        """The host and every domain that it is in, the ending included."""
        labels = self.name.split(".")
        return [".".join(labels[start:]) for start in range(len(labels))]


def without_disguise(text: str) -> str:
    """``text`` in lower case, with the dots of addresses closed up."""
    text = _UNSEEN.sub("", text).lower()
    return _SPACED_DOT.sub(".", _SPACED_AT.sub("@", text))


def without_links(text: str) -> str:
    """``text`` with one space between its words, and without those that are links."""
    return " ".join(
        word for word in text.split() if "://" not in word and "www." not in word
    )


def hosts_in(text: str) -> list[Host]:
    """The hosts in ``text`` (as `without_disguise` gives it), one for each link."""
    found: list[Host] = []
    for host in _hosts(text):
        found.append(host)
        if len(found) == _MOST:
            break
    return found


def _hosts(text: str) -> Iterator[Host]:
    for run in _RUN.finditer(text):
        if "." not in run[0]:
            continue
        before, at, name = run[0].strip(".-_").rpartition("@")
        is_link = text.startswith("://", run.start() - 3) and run.start() > 2
        has_path = text.startswith("/", run.end())
        is_mail = bool(before and at and not is_link)
        if _is_host(name, is_sure=is_link or is_mail, has_path=has_path):
            yield Host(_in_punycode(name), is_mail)


def _is_host(name: str, *, is_sure: bool, has_path: bool) -> bool:
    labels = name.split(".")
    if (
        len(name) > 253
        or len(labels) < 2
        or not all(0 < len(one) < 64 for one in labels)
    ):
        return False
    ending = labels[-1]
    if is_sure or labels[0] == "www":
        return not ending.isdigit() or len(labels) == 4
    return ending in _ENDINGS or (has_path and ending in _WORDS_TOO)


def _in_punycode(name: str) -> str:
    try:
        return name if name.isascii() else punycode(name)
    except UnicodeError:
        return name
