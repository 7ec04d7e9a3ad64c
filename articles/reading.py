"""An article laid out for its reader: the author's sections and the site's notes in order.

Two queries fetch the parts of any number of articles (part_rows.py). No instance is made of
them.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from articles.citing import Bibliography, Citation
from articles.facts import fill
from articles.models import Article, Note, Point, Section, SiteSettings
from articles.part_rows import note_rows, section_rows

WORDS_A_MINUTE = 200

_CARD_PREFIX = {
    Note.Level.EMERGENCY: _("Immediate action required:"),
    Note.Level.URGENT: _("Urgent advice:"),
    Note.Level.NON_URGENT: _("Non-urgent advice:"),
}


@dataclass
class Words:
    """One note, its facts filled in; ``heading`` and ``html`` are safe HTML."""

    kind: str
    level: str
    heading: SafeString
    html: SafeString
    lines: list[str]
    section: int | None
    citations: list[Citation] = field(default_factory=list)

    @property
    def prefix(self) -> str:
        """What a screen reader hears before a care card's heading."""
        return str(_CARD_PREFIX[Note.Level(self.level)]) if self.level else ""


@dataclass
class Line:
    """One point: the author's words, and what the site says of them."""

    text: str
    strength: str
    citations: list[Citation] = field(default_factory=list)


@dataclass
class Block:
    """One section of the page, with what belongs inside it; ``html`` is safe HTML."""

    pk: int
    kind: str
    heading: str = ""
    anchor: str = ""
    html: SafeString | str = ""
    words: int = 0
    lines: list[Line] = field(default_factory=list)
    label: str = ""
    advice: list["Block"] = field(default_factory=list)
    is_lead: bool = False

    @property
    def id(self) -> str:
        """Its place in the page, the same as long as the section stands."""
        return self.anchor or f"section-{self.pk}"

    @property
    def template(self) -> str:
        # Advice that follows no contraindications is text like any other.
        kind = Section.Kind.TEXT if self.kind == Section.Kind.ADVICE else self.kind
        return f"articles/sections/_{kind}.html"


@dataclass
class Layout:
    """All that the article's page shows besides its comments and its neighbours."""

    blocks: list[Block]
    minutes: int
    disclaimer: Words | None = None
    callout: Words | None = None
    care_cards: list[Words] = field(default_factory=list)
    summary: Words | None = None
    claims: list[Words] = field(default_factory=list)
    tradition: list[str] = field(default_factory=list)
    sources: list[Citation] = field(default_factory=list)

    @property
    def contents(self) -> list[Block]:
        """What the table of contents names."""
        return [
            block
            for block in self.blocks
            if (block.heading or block.label) and block.kind != Section.Kind.QUOTE
        ]

    @property
    def has_evidence(self) -> bool:
        return bool(self.summary or self.claims or self.sources)

    def make_room_for_media(self) -> None:
        """Items without a section of their own stand at the end, but are never lost."""
        if not any(one.kind == Section.Kind.MEDIA for one in self.blocks):
            self.blocks.append(Block(0, Section.Kind.MEDIA))


def lay_out(article: Article, site: SiteSettings) -> Layout:
    """The parts of ``article``, its media items (prefetched or not) with them."""
    layout = lay_out_all([article], site)[0]
    if list(article.media.all()):
        layout.make_room_for_media()
    return layout


def lay_out_all(articles: list[Article], site: SiteSettings) -> list[Layout]:
    """The parts of each of ``articles``, in reading order; two queries for all of them."""
    if not articles:
        return []
    shown = {article.pk: Bibliography() for article in articles}
    sections = _sections(shown)
    notes = _notes(shown, site)
    return [
        _layout(article, sections[article.pk], notes[article.pk], site, shown)
        for article in articles
    ]


def reading_minutes(article: Article) -> int:
    """How long ``article`` takes to read, at 200 words a minute; one query."""
    return _minutes(_sections({article.pk: Bibliography()})[article.pk])


def _layout(
    article: Article,
    sections: list[Block],
    notes: list[Words],
    site: SiteSettings,
    shown: dict[int, Bibliography],
) -> Layout:
    of: dict[str, list[Words]] = defaultdict(list)
    for note in notes:
        of[note.kind].append(note)
    if not site.show_foot_map:
        sections = [one for one in sections if one.kind != Section.Kind.FIGURE]
    labels = {note.section: note.heading for note in of[Note.Kind.LABEL]}
    layout = Layout(
        blocks=_blocks(sections, labels),
        minutes=_minutes(sections),
        disclaimer=next(iter(of[Note.Kind.DISCLAIMER]), None),
        callout=next(iter(of[Note.Kind.CALLOUT]), None),
        care_cards=of[Note.Kind.CARE_CARD],
        summary=next(iter(of[Note.Kind.SUMMARY]), None),
        claims=of[Note.Kind.CLAIM],
        tradition=next((note.lines for note in of[Note.Kind.TRADITION]), []),
    )
    layout.sources = shown[article.pk].number(_in_page_order(layout))
    return layout


def _in_page_order(layout: Layout) -> Iterable[list[Citation]]:
    """What cites, from the top of the page to its end: sources are numbered by it."""
    if layout.callout:
        yield layout.callout.citations
    for block in layout.blocks:
        for line in block.lines:
            yield line.citations
    notes = [*layout.care_cards, layout.summary, *layout.claims]
    for note in notes:
        if note:
            yield note.citations


def _sections(shown: dict[int, Bibliography]) -> dict[int, list[Block]]:
    """Blocks by article, in order."""
    blocks: dict[int, Block] = {}
    lines: dict[int, Line] = {}
    found: dict[int, list[Block]] = defaultdict(list)
    for article, pk, kind, heading, anchor, html, text, *point in section_rows(shown):
        if pk not in blocks:
            words = len(f"{heading} {text}".split())
            # Safe: the Markdown renderer made it.
            block = Block(pk, kind, heading, anchor, mark_safe(html), words)  # noqa: S308
            found[article].append(block)
            blocks[pk] = block
        line_pk, line_text, strength, *source = point
        if line_pk is not None and line_pk not in lines:
            lines[line_pk] = Line(line_text, _strength(strength))
            blocks[pk].lines.append(lines[line_pk])
        if line_pk is not None:
            lines[line_pk].citations += shown[article].cite(*source)
    return found


def _strength(value: str) -> str:
    """How well a point is supported, in words; "" where nobody has looked."""
    if value == Point.Strength.NOT_ASSESSED:
        return ""
    return str(Point.Strength(value).label)


def _notes(
    shown: dict[int, Bibliography], site: SiteSettings
) -> dict[int, list[Words]]:
    """Approved notes by article, in order."""
    notes: dict[int, Words] = {}
    found: dict[int, list[Words]] = defaultdict(list)
    for article, pk, *values in note_rows(shown):
        if pk not in notes:
            notes[pk] = _words(site, *values[:6])
            found[article].append(notes[pk])
        notes[pk].citations += shown[article].cite(*values[6:])
    return found


def _words(site: SiteSettings, *values: Any) -> Words:
    kind, level, heading, html, text, section = values
    # Safe: escaped or made by the Markdown renderer; facts are escaped as they come in.
    return Words(
        kind=kind,
        level=level,
        heading=mark_safe(fill(escape(heading), site)),  # noqa: S308
        html=mark_safe(fill(html, site)),  # noqa: S308
        lines=Note(text=text).lines(),
        section=section,
    )


def _blocks(sections: list[Block], labels: dict[int | None, SafeString]) -> list[Block]:
    blocks: list[Block] = []
    for block in sections:
        previous = blocks[-1].kind if blocks else None
        if (block.kind, previous) == (
            Section.Kind.ADVICE,
            Section.Kind.CONTRAINDICATIONS,
        ):
            blocks[-1].advice.append(block)
        else:
            block.label = labels.get(block.pk, "")
            blocks.append(block)
    if blocks and blocks[0].kind == Section.Kind.TEXT:
        blocks[0].is_lead = not blocks[0].heading
    return blocks


def _minutes(sections: Iterable[Block]) -> int:
    words = sum(
        block.words + sum(len(line.text.split()) for line in block.lines)
        for block in sections
    )
    return max(1, round(words / WORDS_A_MINUTE))
