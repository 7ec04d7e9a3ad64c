"""The owner's article and the site's first pages, as rows.

`articles/content/` holds the words: the article as blocks (every character of the author's
text) with the editorial layer around it, and one Markdown file for each page. The author's
text and labels are as they are; the site's own words are written in the site's language.
"""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from articles.models import (
    Article,
    Media,
    Note,
    Page,
    Point,
    Section,
    SiteSettings,
    Source,
    Topic,
)

CONTENT = Path(__file__).parent / "content"


@transaction.atomic
def seed_site() -> list[str]:
    """Write what is not there yet; return the names of what was written.

    A row that exists is never touched, so an owner's edit survives, and so does a
    deletion as long as the site's settings stand: they are written last of the first run.
    """
    if SiteSettings.objects.filter(pk=1).exists():
        return []
    content = _content()
    written = [page.title for page in _pages()]
    if not Article.objects.filter(slug=content["article"]["slug"]).exists():
        written.append(_article(content).title)
    labels = {
        item["setting"].split(".")[1]: item["label"] for item in content["interface"]
    }
    words = {"tagline": content["words"]["tagline"], **labels}
    written.append(SiteSettings.objects.create(pk=1, **words).name)
    return written


def _content() -> dict[str, Any]:
    """The article and all words around it, these in the site's language."""
    content = _read("foot-massage.json")
    if settings.LANGUAGE_CODE == "en":
        return content
    return _translated(content, _read(f"foot-massage.{settings.LANGUAGE_CODE}.json"))


def _translated(content: Any, words: Any) -> Any:
    """``content`` with ``words`` in their places, and all that they do not name."""
    if isinstance(words, dict):
        return content | {key: _translated(content[key], words[key]) for key in words}
    if isinstance(words, list):
        return [*map(_translated, content, words), *content[len(words) :]]
    return words


def _read(name: str) -> dict[str, Any]:
    return json.loads((CONTENT / name).read_text(encoding="utf-8"))


def _pages() -> list[Page]:
    pages = []
    for file in sorted((CONTENT / "pages" / settings.LANGUAGE_CODE).glob("*.md")):
        title, _, text = file.read_text(encoding="utf-8").partition("\n")
        page, is_new = Page.objects.get_or_create(
            path=file.stem,
            defaults={"title": title.removeprefix("# "), "text": text.strip()},
        )
        if is_new:
            pages.append(page)
    return pages


def _article(content: dict[str, Any]) -> Article:
    source = content["article"]
    blocks = {block["id"]: block for block in source["blocks"]}
    article = Article.objects.create(
        title=source["title"],
        slug=source["slug"],
        language=source["language"],
        # The site's words: the author's begin after the warning.
        summary=content["words"]["summary"],
        status=Article.Status.PUBLISHED,
        published_at=timezone.now(),
    )
    topic, _ = Topic.objects.get_or_create(
        slug="massage", defaults={"name": content["words"]["topic"]}
    )
    article.topics.add(topic)
    sections = _sections(article, blocks, content)
    _points(sections["b07"], blocks["b07"]["items"], Point.Kind.BENEFIT)
    _points(sections["b08"], blocks["b08"]["items"], Point.Kind.CONTRAINDICATION)
    Media.objects.create(
        article=article,
        provider="Twitter",
        title="asmr massage fun",
        state=Media.State.LOST,
    )
    _notes(article, sections, content["editorial"])
    _drafts(article, content)
    _cite(article, content["editorial"])
    return article


def _sections(
    article: Article, blocks: dict[str, Any], content: dict[str, Any]
) -> dict[str, Section]:
    """Sections by the id of their first block, in reading order."""
    map_ = {
        "heading": content["words"]["foot_map"],
        "text": content["editorial"]["figure"]["caption"],
    }
    rows = _section_rows(blocks, map_)
    return {
        id_: Section.objects.create(article=article, **row) for id_, row in rows.items()
    }


def _section_rows(
    blocks: dict[str, Any], map_: dict[str, str]
) -> dict[str, dict[str, Any]]:
    text = {id_: block.get("text", "") for id_, block in blocks.items()}
    kind = Section.Kind
    benefits, no, media = blocks["b04"], blocks["b08"], blocks["b11"]
    return {
        "b01": {"text": _paragraphs(text["b01"], text["b02"], text["b03"])},
        "b04": {
            "heading": benefits["text"],
            "anchor": benefits["anchor"],
            "text": _paragraphs(text["b05"], text["b06"]),
        },
        "figure": {"kind": kind.FIGURE, "anchor": "foot-map", **map_},
        "b07": {"kind": kind.BENEFITS, "text": blocks["b07"]["intro"]},
        "b08": {
            "kind": kind.CONTRAINDICATIONS,
            "heading": no["intro"],
            "anchor": no["anchor"],
        },
        "b09": {"kind": kind.ADVICE, "text": text["b09"]},
        "b10": {"text": text["b10"]},
        "b11": {
            "kind": kind.MEDIA,
            "heading": media["title"],
            "anchor": media["anchor"],
        },
    }


def _points(section: Section, items: list[str], kind: Point.Kind) -> None:
    Point.objects.bulk_create(
        Point(section=section, kind=kind, position=position, text=text)
        for position, text in enumerate(items, start=1)
    )


def _notes(
    article: Article, sections: dict[str, Section], editorial: dict[str, Any]
) -> None:
    """The notes that ship approved: a health page without them is worse than one with."""
    disclaimer, before = editorial["short_disclaimer"], editorial["before_you_start"]
    label = next(one for one in editorial["labels"] if one["for"] == "b10")
    words = f"{disclaimer['text']} {_link(disclaimer['link'])}."
    warning = _paragraphs(
        *before["paragraphs"], _list(before["items"]), f"{_link(before['link'])}."
    )
    notes = [
        Note(kind=Note.Kind.DISCLAIMER, text=words),
        Note(kind=Note.Kind.CALLOUT, heading=before["heading"], text=warning),
        Note(kind=Note.Kind.LABEL, section=sections["b10"], heading=label["default"]),
        *(_care_card(card) for card in editorial["care_cards"]),
    ]
    for note in notes:
        note.article, note.status = article, Note.Status.APPROVED
        note.save()


def _drafts(article: Article, content: dict[str, Any]) -> None:
    """What readers see only after the owner has approved it."""
    summary = " ".join(content["editorial"]["plain_summary"]["sentences"])
    for kind, text in (
        (Note.Kind.SUMMARY, summary),
        (Note.Kind.TRADITION, _list(content["words"]["tradition"])),
    ):
        Note.objects.create(article=article, kind=kind, text=text)


def _cite(article: Article, editorial: dict[str, Any]) -> None:
    """The library of sources, none of them checked yet, and the notes that rest on them."""
    sources = {
        one["id"]: Source.objects.create(
            citation=one["citation"], url=one["url"], staff_note=one["what_was_read"]
        )
        for one in editorial["sources"]
    }
    cited = {
        Note.Kind.CALLOUT: editorial["before_you_start"],
        Note.Kind.SUMMARY: editorial["plain_summary"],
        **{card["level"]: card for card in editorial["care_cards"]},
    }
    for note in article.notes.all():
        if words := cited.get(note.level or note.kind):
            note.sources.set(sources[id_] for id_ in words["sources"] if id_ in sources)


def _care_card(card: dict[str, Any]) -> Note:
    return Note(
        kind=Note.Kind.CARE_CARD,
        level=card["level"],
        heading=card["heading"].replace("your emergency number", "{emergency_number}"),
        text=_list(card["items"]),
    )


def _paragraphs(*texts: str) -> str:
    return "\n\n".join(texts)


def _list(items: list[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _link(link: dict[str, str]) -> str:
    address = link.get("href") or f"/{link['page']}/"
    return f"[{link['text']}]({address})"
