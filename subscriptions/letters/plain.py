"""What Markdown became, as plain text that reads well: for the text part of a letter."""

import textwrap
from html.parser import HTMLParser
from itertools import takewhile

WIDTH = 72
_BLOCKS = {"p", "h2", "h3", "ul", "ol", "blockquote", "li"}


def plain_text(html: str) -> str:
    """``html`` as render_markdown makes it, in lines of at most 72 characters.

    A link becomes a number, and its address stands on a line of its own below the
    paragraph, so that no program takes a full stop for a part of it.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    return "\n".join(reader.lines).strip("\n")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._words: list[str] = []
        self._indents: list[str] = []  # of each list and quote that we are in
        self._counts: list[int | None] = []  # of each list; None if it has no numbers
        self._mark = ""  # of a list's item, before its first line
        self._is_tight = False  # inside a list, after its first words
        self._last_indent = ""
        self._links: list[tuple[str, str]] = []
        self._numbers = 0
        self._href, self._link_starts = "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "br":
            self._words.append("\n")
        elif tag == "a":
            self._href, self._link_starts = given.get("href") or "", len(self._words)
        elif tag in _BLOCKS:
            self.end_block()
        if tag in {"ul", "ol"}:
            start = given.get("start") or "1"
            self._counts.append(int(start) if tag == "ol" else None)
        elif tag == "li":
            self._begin_item()
        elif tag == "blockquote":
            self._indents.append("> ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
        if tag not in _BLOCKS:
            return
        self.end_block()
        if tag in {"ul", "ol"}:
            self._counts.pop()
            self._is_tight = bool(self._counts)
        elif tag in {"li", "blockquote"}:
            self._indents.pop()
            self._mark = ""

    def handle_data(self, data: str) -> None:
        self._words.append(data.replace("\n", " "))

    def end_block(self) -> None:
        """Write down the words so far as a paragraph, and the addresses it leads to."""
        parts = "".join(self._words).split("\n")
        self._words = []
        if not any(part.strip() for part in parts):
            return
        if self.lines and not (self._mark and self._is_tight):
            self.lines.append(_common(self._last_indent, self._indent()).rstrip())
        self._is_tight = bool(self._counts)
        for part in parts:
            self._write_wrapped(part.strip())
        for number, url in self._links:
            self._write(f"{number} {url}")
        self._links = []

    def _write_wrapped(self, words: str) -> None:
        room = max(20, WIDTH - len(self._indent()))
        for line in textwrap.wrap(
            words, room, break_long_words=False, break_on_hyphens=False
        ):
            self._write(line)

    def _write(self, line: str) -> None:
        indent = self._last_indent = self._indent()
        if self._mark:
            indent = indent.removesuffix(" " * len(self._mark)) + self._mark
            self._mark = ""
        self.lines.append(f"{indent}{line}")

    def _indent(self) -> str:
        return "".join(self._indents)

    def _begin_item(self) -> None:
        count = self._counts[-1] if self._counts else None
        self._mark = "- " if count is None else f"{count}. "
        if count is not None:
            self._counts[-1] = count + 1
        self._indents.append(" " * len(self._mark))

    def _end_link(self) -> None:
        words = "".join(self._words[self._link_starts :])
        url, self._href = self._href, ""
        if not url or url == f"mailto:{words}":
            return
        self._numbers += 1
        number = f"[{self._numbers}]"
        if words == url:
            del self._words[self._link_starts :]
        else:
            number = f" {number}"
        self._words.append(number)
        self._links.append((number.strip(), url))


def _common(one: str, other: str) -> str:
    """How both begin: the quote that the lines before and after a blank one are in."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return "".join(character for character, _other in same)
