"""What stands where in an article that is laid out for its reader."""

from datetime import date

import pytest

from articles.models import Note, Point, SiteSettings, Source
from articles.reading import lay_out, reading_minutes
from tests.factories import make_article, make_section

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    return make_article()


def laid_out(article):
    return lay_out(article, SiteSettings())


def make_note(article, kind, *sources, **values):
    values = {"text": "Ours.", "status": "approved"} | values
    note = Note.objects.create(article=article, kind=kind, **values)
    note.sources.set(sources)
    return note


def make_source(name):
    return Source.objects.create(citation=name, checked_on=date(2026, 11, 1))


def test_advice_stands_inside_the_contraindications_that_it_follows(client, article):
    make_section(article, kind="contraindications", heading="When not to")
    make_section(article, kind="advice", heading="If in doubt", text="Ask.")
    make_section(article, heading="After it")

    blocks = laid_out(article).blocks

    assert [block.heading for block in blocks] == ["When not to", "After it"]
    assert [advice.heading for advice in blocks[0].advice] == ["If in doubt"]
    html = client.get(article.get_absolute_url()).content.decode()
    assert html.index("When not to") < html.index("If in doubt") < html.index("Ask.")


def test_advice_that_follows_nothing_is_text_like_any_other(client, article):
    make_section(article, kind="advice", heading="In general", text="Rest a while.")

    html = client.get(article.get_absolute_url()).content.decode()

    assert "In general" in html
    assert "Rest a while." in html


def test_an_article_without_media_items_has_no_place_for_them(article):
    make_section(article)

    assert [block.kind for block in laid_out(article).blocks] == ["text"]


def test_the_contents_name_no_quote(article):
    make_section(article, heading="Named")
    make_section(article, kind="quote", heading="Who said it")

    assert [block.heading for block in laid_out(article).contents] == ["Named"]


def test_sources_of_a_point_alone_are_listed(client, article):
    section = make_section(article, kind="benefits")
    point = Point.objects.create(section=section, kind="benefit", text="Warm;")
    assert not laid_out(article).has_evidence
    point.sources.add(make_source("A study"))

    html = client.get(article.get_absolute_url()).content.decode()

    assert 'href="#evidence"' in html
    assert '<li id="source-1">A study' in html


def test_sources_are_numbered_in_the_order_of_the_page(article):
    names = ["callout", "care card", "summary", "claim"]
    sources = {name: make_source(name) for name in names}
    section = make_section(article, text="It helps.")
    make_note(article, "claim", sources["claim"], section=section, heading="It helps.")
    make_note(article, "summary", sources["summary"])
    make_note(article, "care_card", sources["care card"], level="urgent")
    make_note(article, "callout", sources["callout"])

    listed = laid_out(article).sources

    assert [(one.number, one.text) for one in listed] == list(enumerate(names, 1))


def test_notes_stand_in_the_order_of_their_positions(article):
    for position, heading in [(2, "second"), (3, "third"), (1, "first")]:
        make_note(
            article, "care_card", level="urgent", position=position, heading=heading
        )

    cards = laid_out(article).care_cards

    assert [card.heading for card in cards] == ["first", "second", "third"]


def test_a_heading_of_ours_is_words_and_no_element(client, article):
    make_note(article, "care_card", level="urgent", heading="<b>If & when</b>")

    html = client.get(article.get_absolute_url()).content.decode()

    assert "&lt;b&gt;If &amp; when&lt;/b&gt;" in html
    assert "<b>If" not in html


def test_headings_take_their_time_to_read_too(article):
    make_section(article, text="word " * 250)
    assert reading_minutes(article) == 1
    make_section(article, heading="word " * 39, text="word " * 20)

    assert reading_minutes(article) == 2
