"""What a letter says, in HTML and in plain text."""

import re

import pytest

from articles.models import Article, Author, Note, Section
from subscriptions.letters import drafting
from subscriptions.letters.composing import compose
from tests.factories import make_article, make_section
from tests.subscriptions.letters.about import digest_of, letter_of
from tests.subscriptions.letters.seen import Seen
from tests.subscriptions.letters.steps import make_letter


def add_callout(article, heading="Before you start", **values):
    return Note.objects.create(
        article=article, kind="callout", heading=heading, text="Ask a doctor.",
        **{"status": "approved"} | values,
    )  # fmt: skip


# --- an article -----------------------------------------------------------------------


def test_an_articles_letter_says_what_the_design_says(site):
    parts = compose(drafting.draft_of(Article.objects.get()))

    url = "http://testserver/articles/foot-massage/"
    assert parts.subject == "New on Footcare: Foot massage"
    text = Seen(parts.html).text
    for words in (
        "A new article", "Foot massage", "who should not have one.",
        "Published by Footcare,", "3 minutes", "Read the article", "Before you start",
        "You get this letter because you subscribed at Footcare.", "Settings",
        "Unsubscribe",
    ):  # fmt: skip
        assert words in text
        assert words in " ".join(parts.text.split())
    assert f"Read the article:\n{url}\n" in parts.text
    assert f"\n{url}#before-you-start\n" in parts.text
    assert Seen(parts.html).all_of("href")[:2] == [url, f"{url}#before-you-start"]


def test_an_author_is_named(db):
    author = Author.objects.create(name="Rose Ö’Hara", slug="rose")

    parts = compose(letter_of(make_article(author=author)))

    assert "By Rose Ö’Hara, " in parts.text
    assert "By Rose Ö’Hara, " in Seen(parts.html).text


def test_the_warning_stands_before_any_words_of_an_author_or_editor(site):
    letter = letter_of(Article.objects.get(), body="In our days *all* is well.")

    parts = compose(letter)

    for part in (parts.html, parts.text):
        assert part.index("#before-you-start") < part.index("In our days")


def test_an_article_without_a_callout_leads_to_its_contraindications(db):
    article = make_article()
    make_section(article, kind=Section.Kind.TEXT, heading="First")
    risks = make_section(
        article, kind=Section.Kind.CONTRAINDICATIONS, heading="Not for all", anchor="no"
    )
    letter = letter_of(article)

    assert f"{article.get_absolute_url()}#no" in compose(letter).html
    assert f"{article.get_absolute_url()}#no\n" in compose(letter).text
    risks.anchor = ""
    risks.save()
    assert f"#section-{risks.pk}\n" in compose(letter).text
    add_callout(article)
    assert f"{article.get_absolute_url()}#before-you-start\n" in compose(letter).text


def test_the_links_of_the_warning_lead_to_a_place_on_the_page(client, site):
    article = Article.objects.get()
    page = client.get(article.get_absolute_url()).content.decode()
    for _ in range(2):
        url = re.search(
            r"http://testserver(\S+)#(\S+)", compose(letter_of(article)).text
        )

        assert url[1] == article.get_absolute_url()
        assert f'id="{url[2]}"' in page
        Note.objects.filter(kind="callout").delete()


def test_a_callout_that_nobody_approved_is_not_shown(db):
    article = make_article()
    add_callout(article, status="draft")

    assert "Before you start" not in compose(letter_of(article)).text


def test_what_an_article_does_not_have_leaves_no_hole(db):
    parts = compose(letter_of(make_article(summary="")))

    assert "\n\n\n" not in parts.text
    assert 'class="care"' not in parts.html


def test_a_title_in_another_language_says_so(db):
    german = make_article(title="Ruhe", language="de")
    arabic = make_article(title="راحة", language="ar")

    assert '<h1 lang="de" style' in compose(letter_of(german)).html
    assert '<h1 lang="ar" dir="rtl" style' in compose(letter_of(arabic)).html
    digest = compose(digest_of(german, arabic)).html
    assert '<h2 lang="de" style' in digest
    assert '<h2 lang="ar" dir="rtl" style' in digest


def test_the_line_beside_the_subject_is_the_editors_or_the_summary(db):
    letter = letter_of(make_article(summary="Feet first."))

    assert ">Feet first.</div>" in compose(letter).html
    letter.preview = "Read <this>"
    assert ">Read &lt;this&gt;</div>" in compose(letter).html


# --- own words ------------------------------------------------------------------------


def test_own_words_are_safe_html_with_links_that_lead_on(db):
    body = "## Dear *reader*\n\n[About](/about/) <script>x</script> [no](javascript:x)"

    html = compose(make_letter(body=body)).html

    assert "<h2>Dear <em>reader</em></h2>" in html
    assert '<a href="http://testserver/about/">About</a>' in html
    assert "&lt;script&gt;x&lt;/script&gt;" in html
    assert 'href="javascript' not in html


def test_own_words_read_well_as_plain_text(db):
    parts = compose(make_letter(subject="News", body="Dear *reader*,\n\n- one\n- two"))

    assert parts.text.startswith(
        "FOOTCARE\n\nNews\n\nDear reader,\n\n- one\n- two\n\n--\n"
    )


# --- a week ---------------------------------------------------------------------------


def test_a_digest_tells_of_each_article_the_newest_first(db):
    older = make_article(title="Older", published_at="2026-01-01T10:00Z")
    newer = make_article(title="Newer", published_at="2026-01-01T11:00Z", summary="S.")
    add_callout(older, heading="Mind your heart")
    make_section(newer, kind=Section.Kind.CONTRAINDICATIONS, anchor="risks")

    parts = compose(digest_of(older, newer))

    assert parts.subject == "This week on Footcare: Newer, and 1 more"
    assert ">Newer, Older</div>" in parts.html
    for part in (Seen(parts.html).text, parts.text):
        assert part.count("Published by Footcare, 1 January 2026, 1 minute") == 2
        assert part.index("S.") < part.index("Mind your heart")
    links = [
        "http://testserver/articles/" + rest
        for rest in (
            f"{newer.slug}/", f"{newer.slug}/#risks",
            f"{older.slug}/", f"{older.slug}/#before-you-start", "",
        )
    ]  # fmt: skip
    assert Seen(parts.html).all_of("href")[:5] == links
    assert re.findall(r"^http\S+$", parts.text, re.MULTILINE)[:5] == links


def test_a_digest_of_one_article_names_it(db):
    assert (
        digest_of(make_article(title="Rest")).subject == "This week on Footcare: Rest"
    )


@pytest.mark.parametrize("count", [1, 3])
def test_composing_a_digest_costs_the_same_for_any_number(
    db, count, django_assert_num_queries
):
    letter = digest_of(*[make_article() for _ in range(count)])
    compose(letter)

    with django_assert_num_queries(6):
        compose(letter)
