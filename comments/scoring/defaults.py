"""The rules that a new site begins with."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent.parent / "rules.toml"
_KINDS = {"words": "word", "domains": "domain", "patterns": "pattern"}


def default_rules(language: str) -> Iterator[dict[str, Any]]:
    """The columns of each, with its reason in ``language``, else in English."""
    for rule in tomllib.loads(_FILE.read_text(encoding="utf-8"))["rules"]:
        unless = "".join(f" -{word}" for word in rule.get("unless", ()))
        for key, kind in _KINDS.items():
            for value in rule.get(key, ()):
                yield {
                    "kind": kind,
                    "value": value + (unless if kind == "pattern" else ""),
                    "reason": rule["reason"].get(language, rule["reason"]["en"]),
                    "points": rule.get("points", 0),
                    "holds": rule.get("holds", False),
                }
