"""What stands in locale/: the catalogues as their translators wrote them."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted(ROOT.glob("locale/*/LC_MESSAGES/django.po"))
LANGUAGES = [path.parts[-3] for path in CATALOGUES]

_LINE = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) )?(".*")')


@dataclass(frozen=True)
class Entry:
    """One text: as the source has it (with its plural, or "") and as it is translated."""

    context: str
    msgid: str
    plural: str
    translations: tuple[str, ...]
    is_unsure: bool  # a guess of msgmerge, or of a text that is no more

    @property
    def key(self):
        return self.context, self.msgid, self.plural


def entries(path):
    """All entries of a .po file; the first, without a msgid, is its header."""
    blocks = path.read_text(encoding="utf-8").strip().split("\n\n")
    return [_entry(block) for block in blocks]


def entries_of(language):
    """The texts of a shipped language, without the header."""
    path = ROOT / "locale" / language / "LC_MESSAGES" / "django.po"
    return [entry for entry in entries(path) if entry.msgid]


def _entry(block):
    parts, keyword = {}, ""
    for line in block.splitlines():
        if match := _LINE.fullmatch(line):
            keyword = match[1] or keyword
            parts[keyword] = parts.get(keyword, "") + ast.literal_eval(match[2])
        else:
            assert line.startswith("#"), line
    return Entry(
        context=parts.pop("msgctxt", ""),
        msgid=parts.pop("msgid", ""),
        plural=parts.pop("msgid_plural", ""),
        translations=tuple(parts.values()),
        is_unsure=bool(re.search(r"^#(~|,.*fuzzy)", block, re.MULTILINE)),
    )
