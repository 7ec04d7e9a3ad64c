"""What is found about a letter before it is sent: in order, worth a look, or in the way."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    HINT = "hint"
    STOPS = "stops"  # nothing is sent or scheduled until it is mended


@dataclass(frozen=True)
class Finding:
    """``words``, whole sentences for the owner, about ``name``."""

    level: Level
    name: str
    words: str


def ok(name: str, words: str) -> Finding:
    return Finding(Level.OK, name, words)


def hint(name: str, words: str) -> Finding:
    return Finding(Level.HINT, name, words)


def stops(name: str, words: str) -> Finding:
    return Finding(Level.STOPS, name, words)
