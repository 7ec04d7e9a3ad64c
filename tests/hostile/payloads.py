"""The collection in payloads.toml."""

import tomllib
from pathlib import Path

_text = (Path(__file__).parent / "payloads.toml").read_text(encoding="utf-8")
BY_KIND: dict[str, list[str]] = {
    name: kind["list"] for name, kind in tomllib.loads(_text).items()
}
PAYLOADS = [one for some in BY_KIND.values() for one in some]
