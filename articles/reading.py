"""An article laid out for its reader: the author's sections and the site's notes in order."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import escape

from articles.facts import fill
from articles.models import Article, Media, Note, Section, SiteSettings

WORDS_A_MINUTE = 200

_CARD_PREFIX = {
    Note.Level.EMERGENCY: "Immediate action required: ",
    Note.Level.URGENT: "Urgent advice: ",
    Note.Level.NON_URGENT: "Non-urgent advice: ",
}


@dataclass
class Words:
    """One note, its facts filled in; both values are safe HTML."""

    heading: str
    html: str
    level: str
    prefix: str


@dataclass
class Block:
    """One section of the page, with what belongs inside it."""

    section: Section
    label: str = ""
    advice: list[Section] = field(default_factory=list)
    is_lead: bool = False

    @property
    def id(self) -> str:
        """An id in the page for a section that has no anchor."""
        return f"section-{self.section.pk}"

    @property
    def template(self) -> str:
        return f"articles/sections/_{self.section.kind}.html"


@dataclass
class Layout:
    """All that the article's page shows besides its comments."""

    blocks: list[Block]
    media: list[Media]
    disclaimer: Words | None
    callout: Words | None
    care_cards: list[Words]
    review_overdue: bool
    minutes: int


def with_parts(articles: QuerySet[Article]) -> QuerySet[Article]:
    """Fetch along what :func:`lay_out` reads, each kind of row in one query."""
    return articles.select_related("author", "reviewer").prefetch_related(
        "topics", "sections__points", "media", "notes"
    )


def lay_out(article: Article, site: SiteSettings) -> Layout:
    """Put the parts of ``article`` (fetched with :func:`with_parts`) in reading order."""
    sections = list(article.sections.all())
    approved = [n for n in article.notes.all() if n.status == Note.Status.APPROVED]
    words = {
        kind: [_words(note, site) for note in notes]
        for kind, notes in groupby(
            sorted(approved, key=lambda note: note.kind), key=lambda note: note.kind
        )
    }
    labels = {n.section_id: n.heading for n in approved if n.kind == Note.Kind.LABEL}
    due = article.review_due
    media = list(article.media.all())
    if media and not any(one.kind == Section.Kind.MEDIA for one in sections):
        # Without a section of their own they stand at the end, but are never lost.
        sections.append(Section(article=article, kind=Section.Kind.MEDIA))
    return Layout(
        blocks=_blocks(sections, labels),
        media=media,
        disclaimer=next(iter(words.get(Note.Kind.DISCLAIMER, [])), None),
        callout=next(iter(words.get(Note.Kind.CALLOUT, [])), None),
        care_cards=words.get(Note.Kind.CARE_CARD, []),
        review_overdue=due is not None and due < timezone.localdate(),
        minutes=_minutes(article.sections.all()),
    )


def _blocks(sections: list[Section], labels: dict[int | None, str]) -> list[Block]:
    blocks: list[Block] = []
    for section in sections:
        previous = blocks[-1].section.kind if blocks else None
        if (
            section.kind == Section.Kind.ADVICE
            and previous == Section.Kind.CONTRAINDICATIONS
        ):
            blocks[-1].advice.append(section)
        else:
            blocks.append(Block(section, label=labels.get(section.pk, "")))
    if blocks and blocks[0].section.kind == Section.Kind.TEXT:
        blocks[0].is_lead = not blocks[0].section.heading
    return blocks


def _words(note: Note, site: SiteSettings) -> Words:
    return Words(
        heading=fill(escape(note.heading), site),
        html=fill(note.html, site),
        level=note.level,
        prefix=_CARD_PREFIX.get(Note.Level(note.level), "") if note.level else "",
    )


def _minutes(sections: Iterable[Section]) -> int:
    words = sum(
        len(f"{section.heading} {section.text}".split())
        + sum(len(point.text.split()) for point in section.points.all())
        for section in sections
    )
    return max(1, round(words / WORDS_A_MINUTE))
