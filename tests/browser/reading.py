"""What a page holds, read from its HTML as the server sent it."""

from html.parser import HTMLParser
from typing import NamedTuple

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
    "track", "wbr",
}  # fmt: skip


class Element(NamedTuple):
    tag: str
    attributes: dict[str, str]
    inside: tuple["Element", ...]  # from the outermost

    def within(self, tag: str, class_: str = "") -> bool:
        return any(
            one.tag == tag and class_ in ("", *one.attributes.get("class", "").split())
            for one in (*self.inside, self)
        )


class Reader(HTMLParser):
    """Every element of ``html``, and every text with the element that it stands in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.texts: list[tuple[str, Element]] = []
        self._open: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        element = Element(tag, values, tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.elements.append(Element(tag, values, tuple(self._open)))

    def handle_endtag(self, tag: str) -> None:
        if self._open and tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open:
            self.texts.append((data, self._open[-1]))

    def all(self, *tags: str) -> list[Element]:
        return [one for one in self.elements if one.tag in tags]

    def ids(self) -> list[str]:
        return [one.attributes["id"] for one in self.elements if "id" in one.attributes]

    def text_of(self, tag: str) -> str:
        """The words of the first ``tag``, spaces as one."""
        first = self.all(tag)[0]
        words = [text for text, at in self.texts if at is first or first in at.inside]
        return " ".join(" ".join(words).split())
