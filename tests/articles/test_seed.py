import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from articles.models import (
    Article,
    Media,
    Note,
    Page,
    Point,
    Section,
    SiteSettings,
    Topic,
)
from articles.seed import CONTENT, seed_site
from comments.models import Comment
from subscriptions.models import Subscriber

SEED = (Path(__file__).parent / "seed.txt").read_text(encoding="utf-8")
ERROR = SEED.splitlines()[64]


class LayerText(HTMLParser):
    """The text of each outermost element of a layer, one entry for each block in it."""

    BLOCKS = {"p", "li", "h1", "h2", "h3", "blockquote"}
    VOID = {"br", "input", "meta", "link", "hr", "img"}

    def __init__(self, layer):
        super().__init__()
        self.layer, self.depth, self.texts = layer, 0, []

    def handle_starttag(self, tag, attributes):
        layer = dict(attributes).get("data-layer")
        if tag in self.VOID:
            return
        if self.depth or layer == self.layer:
            assert layer in {None, self.layer}, "one layer stands inside another"
            if tag in self.BLOCKS or (tag == "span" and layer):
                self.texts.append("")
            self.depth += 1

    def handle_endtag(self, tag):
        if self.depth and tag not in self.VOID:
            self.depth -= 1

    def handle_data(self, data):
        if self.depth and (data.strip(" \n") or (self.texts and "\u00a0" in data)):
            self.texts[-1] += data.strip("\n")


def layer_of(html, layer):
    parser = LayerText(layer)
    parser.feed(html)
    assert parser.depth == 0, "an element of a layer was not closed"
    return parser.texts


def seed_lines():
    """The author's lines, list marks taken off, up to the first label."""
    lines = [line.removeprefix("* ") for line in SEED.splitlines() if line]
    return lines[: lines.index("Add comment")]


def test_the_authors_text_stands_in_the_page_character_by_character(client, site):
    html = client.get("/articles/foot-massage/").content.decode()

    assert layer_of(html, "author") == seed_lines()


def test_the_comparison_minds_a_single_no_break_space(client, site):
    section = Section.objects.get(text__contains="15000")
    section.text = section.text.replace("\u00a0", " ")
    section.save()

    html = client.get("/articles/foot-massage/").content.decode()

    assert layer_of(html, "author") != seed_lines()


def test_the_content_file_rebuilds_the_owners_text(site):
    content = json.loads((CONTENT / "foot-massage.json").read_text(encoding="utf-8"))
    blocks = {block["id"]: block for block in content["article"]["blocks"]}
    blocks |= {
        item["id"]: item for item in content["interface"] + content["not_content"]
    }
    blocks["article"] = content["article"]

    def words(ref):
        value = blocks
        for key in ref.split("."):
            value = value[int(key)] if isinstance(value, list) else value[key]
        return value

    rebuilt = "".join(
        piece["prefix"] + words(piece["ref"]) + "\n" * piece["newlines_after"]
        for piece in content["source_map"]
    )
    assert rebuilt == SEED


def test_the_page_keeps_the_owners_labels(client, site):
    html = client.get("/articles/foot-massage/").content.decode()

    assert '<h2 class="in-margin margin-head" id="add-comment">Add comment</h2>' in html
    assert '<h2 id="subscribe">Subscribe us</h2>' in html


def test_the_warning_stands_before_the_authors_first_word(client, site):
    html = client.get("/articles/foot-massage/").content.decode()

    warning = html.index('id="before-you-start"')
    words = [line for line in seed_lines()[1:] if line in html]
    first = min(html.index(line) for line in words)
    benefits, list_ = (
        html.index('id="benefits"'),
        html.index('<h2 id="contraindications"'),
    )
    assert warning < first < benefits < list_
    assert "unloading" not in html[:warning]
    assert "deep vein thrombosis" in html[warning:first]
    assert 'href="#contraindications"' in html[warning:first]


def test_every_part_that_the_site_adds_is_labelled(client, site):
    html = client.get("/articles/foot-massage/").content.decode()

    editorial = " ".join(layer_of(html, "editorial"))
    for words in ["Before you start", "The foot map", "In short", "Call your emergency number now if:", "See a doctor if:", "No health professional has reviewed it yet."]:  # fmt: skip
        assert words in editorial


def test_the_lost_post_says_so_and_has_its_own_count_and_nothing_to_play(client, site):
    html = client.get("/articles/foot-massage/").content.decode()

    card = html[html.index('<section class="media"') :]
    card = card[: card.index("</section>")]
    assert "asmr massage fun" in card
    assert "Its address was not kept" in card
    assert "0 comments" in card
    assert "<button" not in card
    assert "http" not in card


def test_seeding_twice_changes_nothing(site):
    def rows():
        models = [Article, Section, Point, Media, Note, Topic, Page, SiteSettings]
        return {model: list(model.objects.order_by("pk").values()) for model in models}

    before = rows()
    written = seed_site()

    assert written == []
    assert rows() == before


def test_seeding_again_keeps_what_the_owner_wrote_and_deleted(client, site):
    Article.objects.update(title="My own title")
    Page.objects.get(path="about").delete()

    seed_site()

    assert Article.objects.get().title == "My own title"
    assert not Page.objects.filter(path="about").exists()


def test_seeding_that_breaks_off_leaves_nothing(db, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(SiteSettings.objects, "create", fail)
    with pytest.raises(RuntimeError):
        seed_site()

    assert not Article.objects.exists()
    assert not Page.objects.exists()


def test_the_seed_invents_nobody_and_nothing(site):
    article = Article.objects.get()

    assert (article.author, article.reviewer, article.reviewed_on) == (None, None, None)
    assert article.comments_count == 0
    assert not Comment.objects.exists()
    assert not Subscriber.objects.exists()


def test_each_section_benefit_and_contraindication_is_a_row_of_its_own(site):
    kinds = list(Section.objects.values_list("kind", flat=True))

    assert kinds == ["text", "text", "figure", "benefits", "contraindications", "advice", "text", "media"]  # fmt: skip
    assert Point.objects.filter(kind="benefit").count() == 9
    assert Point.objects.filter(kind="contraindication").count() == 7
