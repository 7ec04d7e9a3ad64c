"""What stands around the author's words: sources, evidence, the map, the contents."""

import json
import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from articles.models import Article, Note, Point, Section, SiteSettings, Source
from articles.reading import lay_out_all, reading_minutes
from articles.seed import CONTENT
from tests.factories import make_article, make_section

PATH = "/articles/foot-massage/"


@pytest.fixture
def page(client, site):
    def fetch():
        return client.get(PATH).content.decode()

    return fetch


def make_source(name, **values):
    values = {
        "url": f"https://{name}.example/",
        "checked_on": date(2026, 11, 1),
    } | values
    return Source.objects.create(citation=f"Work {name}", **values)


def make_note(kind, *sources, **values):
    values = {"text": "Words of ours.", "status": "approved"} | values
    note = Note.objects.create(article=Article.objects.get(), kind=kind, **values)
    note.sources.set(sources)
    return note


def test_the_seed_shows_no_source_and_no_draft(page):
    html = page()

    assert Source.objects.count() == 25
    assert set(Note.objects.filter(status="draft").values_list("kind", flat=True)) == {
        "summary",
        "tradition",
    }
    assert "What the evidence says" not in html
    assert 'class="sources"' not in html
    assert not any(source.citation in html for source in Source.objects.all())
    assert "hips and lower back" not in html


def test_sources_are_numbered_as_they_are_met_and_listed_once(page):
    one, two, three = (make_source(name) for name in ("one", "two", "three"))
    benefit = Point.objects.filter(kind="benefit").first()
    benefit.sources.set([two])
    make_note("summary", three, two)
    Note.objects.get(kind="callout").sources.set([one])

    html = page()

    listed = re.findall(r'<li id="source-(\d)"><a href="https://(\w+)\.', html)
    assert listed == [("1", "one"), ("2", "two"), ("3", "three")]
    cited = re.findall(r'<sup[^>]*><a href="#source-(\d)"', html)
    assert cited == ["1", "2", "2", "3"]
    assert html.rindex("Work one") > html.index("Words of ours.")
    assert "3 sources" in html


def test_a_source_that_nobody_has_checked_is_neither_cited_nor_listed(page):
    make_note("summary", make_source("unchecked", checked_on=None))

    html = page()

    assert "Words of ours." in html
    assert "unchecked" not in html
    assert "Sources:" not in html


def test_a_source_without_an_address_is_text(page):
    make_note("summary", make_source("book", url=""))

    assert re.search(r'<li id="source-1">Work book', page())


def test_a_claim_says_that_no_source_was_found(page):
    section = Section.objects.get(anchor="benefits")
    make_note("claim", section=section, heading="relieve stress", text="It may.")

    html = page()

    assert "“relieve stress”" in html
    assert "No source was found." in html
    assert "1 claim of the article, looked at" in html


@pytest.mark.parametrize("heading", ["", "Relieve Stress", "never said"])
def test_a_claim_must_be_the_authors_own_words(site, heading):
    section = Section.objects.get(anchor="benefits")
    note = Note(article=section.article, section=section, kind="claim", heading=heading)

    with pytest.raises(ValidationError, match="copy the author’s words"):
        note.full_clean()


def test_a_claim_may_be_made_in_a_point(site):
    section = Section.objects.get(kind="benefits")
    Note(
        article=section.article, section=section, kind="claim", text="No.",
        heading="get rid of insomnia",
    ).full_clean()  # fmt: skip


def test_how_well_a_point_is_supported_is_said_only_where_somebody_looked(page):
    assert 'class="strength"' not in page()
    Point.objects.filter(text__startswith="strengthens").update(strength="mixed")

    assert re.search(
        r"strengthens the immune system;</span> <span[^>]*strength[^>]*>Mixed", page()
    )


def test_the_tradition_stands_in_the_map_only_when_the_owner_approved_it(page):
    assert "key-trad" not in page()
    Note.objects.filter(kind="tradition").update(status="approved")

    found = re.findall(r'<span class="key-trad"[^>]*>([^<]+)', page())

    content = json.loads((CONTENT / "foot-massage.json").read_text(encoding="utf-8"))
    assert found == content["words"]["tradition"]


def test_the_tradition_needs_one_line_for_each_part(site):
    note = Note(article=Article.objects.get(), kind="tradition", text="- head\n- chest")

    with pytest.raises(ValidationError, match="six lines"):
        note.full_clean()


def test_the_owner_may_switch_the_map_off(page):
    assert 'class="plate wide"' in page()
    SiteSettings.objects.update(show_foot_map=False)

    html = page()

    assert 'class="plate wide"' not in html
    assert "#foot-map" not in html


def test_every_entry_of_the_contents_leads_to_a_heading(page):
    html = page()

    contents = html[html.index('class="toc"') : html.index('class="body')]
    targets = re.findall(r'href="#([^"]+)"', contents)
    assert len(targets) == 6
    for target in targets:
        assert len(re.findall(rf'<h[23][^>]* id="{target}"', html)) == 1


def test_a_heading_keeps_its_address_when_sections_are_moved_and_renamed(client, db):
    article = make_article()
    one, two = (make_section(article, heading=name) for name in ("One", "Two"))
    before = re.findall(
        r'id="(section-\d+)"', client.get(article.get_absolute_url()).content.decode()
    )
    assert before == [f"section-{one.pk}", f"section-{two.pk}"]
    Section.objects.filter(pk=one.pk).update(position=9, heading="Third")

    html = client.get(article.get_absolute_url()).content.decode()

    assert f'<h2 id="section-{one.pk}" data-layer="author">Third</h2>' in html


@pytest.mark.parametrize("count", [1, 3])
def test_the_parts_of_any_number_of_articles_take_two_queries(
    site, count, django_assert_num_queries
):
    articles = [make_article() for _ in range(count)]
    source = make_source("one")
    for article in articles:
        section = make_section(article, kind="benefits")
        for _ in range(count):
            point = Point.objects.create(section=section, kind="benefit", text="Warm;")
            point.sources.add(source)

    with django_assert_num_queries(2):
        layouts = lay_out_all(articles, SiteSettings())

    for layout in layouts:
        assert [line.text for line in layout.blocks[0].lines] == ["Warm;"] * count
        assert [one.number for one in layout.sources] == [1]


def test_reading_takes_a_minute_for_each_two_hundred_words(db):
    article = make_article()
    make_section(article, text="word " * 590)
    assert reading_minutes(article) == 3
    section = make_section(article, kind="benefits")
    Point.objects.create(section=section, kind="benefit", text="word " * 99)
    Point.objects.create(section=section, kind="benefit", text="word " * 99)

    assert reading_minutes(article) == 4
    assert reading_minutes(make_article()) == 1


def test_an_article_in_another_language_says_so_everywhere(client, db):
    article = make_article(language="he", title="עיסוי", summary="רגל")
    make_section(article, heading="כותרת", text="מילים")

    for path in ["/", "/articles/", article.get_absolute_url()]:
        html = client.get(path).content.decode()
        assert re.search(
            r'<h[12][^>]* lang="he" dir="rtl"[^>]*>(<a [^>]*>)?עיסוי', html
        )
    assert re.search(r'<div class="flow lead"[^>]*lang="he" dir="rtl"', html) is None
    assert re.search(r'<div class="flow" [^>]*lang="he" dir="rtl"', html)
    assert '<html lang="en">' in html


def test_the_sites_own_words_are_in_the_sites_language(client, site):
    with translation.override("de"):
        html = client.get(PATH).content.decode()

    assert not re.findall(r'<[^>]*data-layer="editorial"[^>]* lang=', html)
    assert not re.findall(r'<[^>]* lang=[^>]*data-layer="editorial"', html)


def test_an_article_in_the_sites_language_says_nothing_more(client, site):
    assert client.get(PATH).content.decode().count(" lang=") == 1
    with translation.override("de"):
        assert client.get(PATH).content.decode().count('lang="en"') > 5


def test_links_to_pass_it_on_are_plain_and_escaped(client, db, settings):
    article = make_article(title='Feet & "toes" +1')

    html = client.get(article.get_absolute_url()).content.decode()

    url = "http%3A%2F%2Ftestserver%2Farticles%2F" + article.slug
    assert f"mailto:?subject=Feet%20%26%20%22toes%22%20%2B1&amp;body={url}%2F" in html
    assert f"sharer.php?u={url}%2F" in html
    assert "<iframe" not in html
