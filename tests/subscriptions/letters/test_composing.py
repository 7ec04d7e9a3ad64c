"""What a letter says, in HTML and in plain text."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import Article, Author, Note, Section, SiteSettings
from subscriptions import tokens
from subscriptions.letters import drafting
from subscriptions.letters.composing import compose
from subscriptions.models import Digest, Letter, SendingSettings
from tests.factories import make_article, make_section
from tests.subscriptions.letters.mails import READER, data_of, read, words_of
from tests.subscriptions.letters.steps import make_letter

AWKWARD = [
    "Ruhe & „Zehen“", "<b>Feet</b> \"quoted\" 'so'", "راحة القدمين", "🦶 Feet 👣",
    "Donaudampfschifffahrtsgesellschaftskapitänsfußmassagesalon" * 3,
    "{{ site.name }} {% now %}", "A\r\nBcc: all@example.org", "50 % off = great",
]  # fmt: skip


class Seen(HTMLParser):
    """The text that a reader of the HTML sees, and every attribute."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.words, self.attributes, self.tags = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def all_of(self, name):
        return [value for key, value in self.attributes if key == name]


def letter_of(article, **values):
    letter = drafting.draft_of(article)
    Letter.objects.filter(pk=letter.pk).update(**values)
    letter.refresh_from_db()
    return letter


def digest_of(*articles):
    digest, _made = Digest.objects.get_or_create(until="2026-01-02T09:00Z")
    return drafting.schedule_digest(digest, articles)


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


# --- every letter ---------------------------------------------------------------------


def every_kind(title="Feet", name="Footcare", **values):
    SiteSettings.objects.update_or_create(pk=1, defaults={"name": name})
    article = make_article(title=title, **values)
    make_section(article, kind=Section.Kind.CONTRAINDICATIONS, heading=title)
    return [
        letter_of(article),
        digest_of(article, make_article(title=title)),
        make_letter(subject=title[:150], body=title),
    ]


@pytest.mark.parametrize("awkward", AWKWARD)
def test_awkward_words_are_words_and_nothing_else(db, awkward):
    SendingSettings(pk=1, imprint=awkward).save()
    for letter in every_kind(awkward, awkward[:60], summary=awkward):
        parts = compose(letter)
        shown = " ".join(awkward.split())[:60]

        assert len(parts.subject) <= 150
        assert "\n" not in parts.subject
        assert shown in " ".join(parts.text.split())
        assert shown in Seen(parts.html).text
        assert Seen(parts.html).tags.count("b") == parts.html.count('class="clay"')
        assert "&amp;" not in parts.text
        assert "&amp;amp;" not in parts.html


@pytest.mark.parametrize("awkward", AWKWARD)
def test_awkward_words_make_a_mail_without_a_fault(db, awkward):
    for letter in every_kind(awkward, awkward[:60], summary=awkward):
        parts = compose(letter)

        mail = read(data_of(letter))

        assert mail["Subject"] == parts.subject
        assert mail["Bcc"] is None
        leave = tokens.make("leave", READER.subscriber, READER.letter_key)
        preferences = tokens.make("preferences", READER.subscriber, READER.letter_key)
        assert words_of(mail) == [
            part.replace(f"{letter.mark}leave", leave).replace(
                f"{letter.mark}preferences", preferences
            )
            for part in (parts.text, parts.html)
        ]


def test_every_letter_ends_with_why_and_how_to_leave(db):
    SendingSettings(pk=1, imprint="Footcare\n1 Sole Street <x>").save()
    for letter in every_kind():
        parts = compose(letter)

        leave = f"http://testserver/unsubscribe/{letter.mark}leave/"
        preferences = f"http://testserver/preferences/{letter.mark}preferences/"
        assert parts.text.endswith(
            "--\nYou get this letter because you subscribed at Footcare.\n\n"
            f"Settings:\n{preferences}\nUnsubscribe:\n{leave}\n\n"
            "Footcare\n1 Sole Street <x>\n"
        )
        assert Seen(parts.html).all_of("href")[-2:] == [preferences, leave]
        assert "Footcare<br>1 Sole Street &lt;x&gt;</p>" in parts.html


def test_no_letter_loads_anything_or_counts_who_reads(db):
    for letter in every_kind():
        parts = compose(letter)
        seen = Seen(parts.html)

        assert not {"img", "script", "link", "iframe", "object", "video"} & set(
            seen.tags
        )
        assert not seen.all_of("src")
        assert not re.search(r"url\(|@import|background-image", parts.html)
        for url in seen.all_of("href"):
            assert url.startswith("http://testserver/")
            assert "?" not in url


def test_every_letter_is_far_smaller_than_what_programs_cut_off(db):
    articles = [
        make_article(title="T" * 200, summary="ü" * 400, slug=f"{'s' * 70}-{n}")
        for n in range(20)
    ]
    for article in articles:
        make_section(article, kind=Section.Kind.CONTRAINDICATIONS)

    parts = compose(digest_of(*articles))

    assert len(parts.html.encode()) < 60_000
    assert len(compose(letter_of(articles[0])).html.encode()) < 10_000


def test_lines_of_the_text_are_short_and_addresses_stand_alone(db):
    long = "A sentence of many words that goes on and on until nobody listens. " * 5
    for letter in every_kind(long[:199].strip(), summary=long):
        for line in compose(letter).text.splitlines():
            assert len(line) <= 72 or re.fullmatch(r"\S+", line)
            assert "http" not in line or re.fullmatch(r"(\[\d+\] )?http\S+", line)


def test_the_same_words_are_in_both_parts(site):
    parts = compose(letter_of(Article.objects.get(), body="Dear [all](/about/)."))

    said = re.sub(r"http\S+|\[\d\]|--", " ", parts.text)
    shown = unescape(Seen(parts.html).text)
    for word in re.findall(r"\w+", said):
        assert word.lower() in shown.lower()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=200)
)  # fmt: skip
def test_any_title_makes_a_subject_and_a_letter(db, title):
    article = Article(title=title, slug="a", published_at=None, summary=title[:400])
    article.pk = 0
    letter = Letter(
        kind="article", article=article, subject=drafting.subject_of(article)
    )

    parts = compose(letter)

    assert len(parts.subject) <= 150
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", parts.subject)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", parts.html + parts.text)
    tags = Seen(parts.html).tags
    assert tags.count("h1") == 1
    assert tags.count("a") == 3


def test_long_titles_are_cut_in_the_subject_alone(db):
    article = make_article(title="Word " * 39)

    letter = drafting.draft_of(article)

    assert len(letter.subject) <= 150
    assert letter.subject.endswith("…")
    assert article.title.strip() in " ".join(compose(letter).text.split())
