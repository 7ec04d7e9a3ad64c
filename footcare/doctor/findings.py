from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    OK = "ok"
    HINT = "hint"  # it works; knowing it may save a day
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One line of what the doctor says."""

    level: Level
    words: str

    def __str__(self) -> str:
        return f"{self.level.value:<5}  {self.words}"


def ok(words: str) -> Finding:
    return Finding(Level.OK, words)


def hint(words: str) -> Finding:
    return Finding(Level.HINT, words)


def wrong(words: str) -> Finding:
    return Finding(Level.WRONG, words)
