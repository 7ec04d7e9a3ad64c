"""What holds for every letter, whatever its words."""

import re
from html import unescape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import Article, Section, SiteSettings
from subscriptions import tokens
from subscriptions.letters import drafting
from subscriptions.letters.composing import compose
from subscriptions.models import Letter, SendingSettings
from tests.factories import make_article, make_section
from tests.subscriptions.letters.about import digest_of, letter_of
from tests.subscriptions.letters.mails import READER, data_of, read, words_of
from tests.subscriptions.letters.seen import Seen
from tests.subscriptions.letters.steps import make_letter

AWKWARD = [
    "Ruhe & „Zehen“", "<b>Feet</b> \"quoted\" 'so'", "راحة القدمين", "🦶 Feet 👣",
    "Donaudampfschifffahrtsgesellschaftskapitänsfußmassagesalon" * 3,
    "{{ site.name }} {% now %}", "A\r\nBcc: all@example.org", "50 % off = great",
]  # fmt: skip


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
