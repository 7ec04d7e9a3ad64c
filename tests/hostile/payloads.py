"""The collection in payloads.toml."""

import tomllib
from pathlib import Path

_text = (Path(__file__).parent / "payloads.toml").read_text(encoding="utf-8")
PAYLOADS: list[str] = [
    one for kind in tomllib.loads(_text).values() for one in kind["list"]
]
