"""What the head of every page tells machines, compared with what readers see."""

import re
import struct
from html import unescape

import pytest
from django.conf import settings as django_settings

from articles.models import (
    Article,
    Author,
    SiteSettings,
    Topic,
)
from articles.paging import PAGE_SIZE
from tests.factories import make_article, make_comment, make_media, make_section
from tests.reading import head_of, nodes_of

SITE = "http://testserver"
PATH = "/articles/foot-massage/"
KEPT = ["/", "/articles/", PATH, f"{PATH}media/1/", "/topics/", "/topics/massage/", "/authors/ada/", "/about/", "/privacy/", "/subscribe/"]  # fmt: skip
NOT_KEPT = [f"{PATH}comments/", f"{PATH}comments/sent/", "/subscribe/check/", "/subscribe/confirm/x/", "/unsubscribe/x/", "/search/?q=feet", "/nowhere/", "/?a=%00"]  # fmt: skip

every_kept_page = pytest.mark.parametrize("path", KEPT)


@pytest.fixture
def ada(site):
    ada = Author.objects.create(name="Ada & Co", slug="ada", credentials="Podiatrist")
    make_article(author=ada)
    return ada


@every_kept_page
def test_a_page_that_is_kept_says_its_address_and_what_it_is(client, ada, path):
    head = head_of(client, f"{path}?utm_source=x")
    title = re.search("<title>(.*?)</title>", client.get(path).content.decode())[1]

    assert head.link("canonical") == [SITE + path]
    assert "robots" not in head.metas
    assert head.metas["description"].strip()
    assert "&amp;" not in head.metas["description"]
    assert head.metas["og:description"] == head.metas["description"]
    assert unescape(title).startswith(head.metas["og:title"])
    assert head.metas["og:url"] == SITE + path
    assert head.metas["og:type"] == ("article" if path == PATH else "website")
    assert head.metas["og:site_name"] == "Footcare"
    assert head.metas["og:locale"] == "en_GB"
    assert head.metas["og:image"] == f"{SITE}/static/img/share.png"
    assert 0 < len(head.metas["og:image:alt"]) <= 125
    assert head.metas["twitter:card"] == "summary_large_image"


@pytest.mark.parametrize("path", NOT_KEPT)
def test_a_page_that_nobody_should_keep_says_so(client, ada, path):
    head = head_of(client, path)

    assert head.metas["robots"] == "noindex"
    assert head.link("canonical") == []
    assert head.data == []
    assert not [name for name in head.metas if name.startswith("og:")]


def test_a_refused_comment_is_not_kept(client, site):
    html = client.post(f"{PATH}comments/", {}).content.decode()

    assert '<meta name="robots" content="noindex">' in html


def test_every_description_is_its_own(client, ada):
    found = [head_of(client, path).metas["description"] for path in KEPT]

    assert len(set(found)) == len(found)


def test_the_next_page_of_a_list_is_a_page_of_its_own(client, site):
    for _ in range(PAGE_SIZE + 1):
        make_article().topics.add(Topic.objects.get())

    for path in ["/articles/", "/topics/massage/"]:
        (second,) = head_of(client, path).link("next")
        assert head_of(client, path + second).link("canonical") == [
            SITE + path + second
        ]
        assert head_of(client, f"{path}?page=").link("canonical") == [SITE + path]


def test_every_page_of_a_thread_is_the_article(client, site):
    comment = make_comment(Article.objects.get())

    head = head_of(client, f"{PATH}?comments={comment.pk - 1}")

    assert head.link("canonical") == [SITE + PATH]


def test_an_article_without_a_summary_is_described_by_how_it_begins(client, db):
    article = make_article(summary="")
    make_section(article, text="*Warm*   water & salt.\n\nMore. " + "word " * 50)

    head = head_of(client, article.get_absolute_url())

    assert head.metas["description"].startswith("Warm water & salt. More. word")
    assert head.metas["description"].endswith("…")
    assert len(head.metas["description"]) <= 160


def test_an_article_tells_its_dates_and_topics(client, site):
    article = Article.objects.get()
    article.topics.create(name="Rest", slug="rest")

    html = client.get(PATH).content.decode()
    article.refresh_from_db()

    for name, when in [
        ("published", article.published_at),
        ("modified", article.changed_at),
    ]:
        assert f'article:{name}_time" content="{when.isoformat()}"' in html
    assert re.findall('article:tag" content="(.*?)"', html) == ["Massage", "Rest"]


@pytest.mark.parametrize(
    ("language", "locale"), [("en", "en_GB"), ("de", "de_DE"), ("pt-BR", "pt_BR")]
)
def test_the_locale_is_the_articles_own(client, site, language, locale):
    Article.objects.update(language=language)

    assert head_of(client, PATH).metas["og:locale"] == locale


def test_the_picture_is_small_and_as_large_as_it_says(client, site):
    metas = head_of(client, PATH).metas
    path = metas["og:image"].removeprefix(f"{SITE}/static/")

    data = (django_settings.BASE_DIR / "static" / path).read_bytes()

    assert data.startswith(b"\x89PNG")
    assert len(data) <= 100_000
    assert struct.unpack(">II", data[16:24]) == (1200, 630)
    assert (metas["og:image:width"], metas["og:image:height"]) == ("1200", "630")


@pytest.mark.parametrize(
    ("path", "feeds"),
    [
        ("/", []),
        ("/topics/massage/", ["/feeds/topics/massage"]),
        (PATH, [f"{PATH}comments"]),
        ("/nowhere/", []),
    ],
)
def test_feeds_are_found_from_every_page(client, site, path, feeds):
    links = [one for one in head_of(client, path).links if one["rel"] == "alternate"]
    found = {one["href"]: one["type"] for one in links if "oembed" not in one["type"]}

    for address in ["/feeds/articles", *feeds]:
        assert found[f"{address}.rss"] == "application/rss+xml"
        assert found[f"{address}.atom"] == "application/atom+xml"
    assert found["/feeds/articles.json"] == "application/feed+json"
    assert all(one["title"] for one in links)
    for address, kind in found.items():
        response = client.get(address)
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith(kind)


def test_the_foot_of_every_page_leads_to_the_feed(client, site):
    html = client.get("/about/").content.decode()

    assert '<a href="/feeds/articles.rss" type="application/rss+xml">Feed</a>' in html


@every_kept_page
def test_the_types_are_those_that_fit(client, ada, path):
    text = head_of(client, path).data[0]

    for kind in ["MedicalWebPage", "FAQPage", "HowTo", "DiscussionForumPosting"]:
        assert kind not in text


@pytest.mark.parametrize(
    "words", ["</script><script>alert(1)</script>", "<!--<script>", "&lt;b&gt; & ]]>", "\u2028\"'\\"]
)  # fmt: skip
def test_no_words_break_out_of_the_head(client, db, words):
    SiteSettings.objects.create(pk=1, name=words[:60], tagline=words, publisher=words)
    ada = Author.objects.create(name=words, slug="ada", credentials=words)
    article = make_article(title=words, summary=words, author=ada)
    article.topics.create(name=words[:60], slug="words")
    item = make_media(article, title=words)

    for path in ["/", "/topics/words/", "/authors/ada/", article.get_absolute_url(), item.get_absolute_url()]:  # fmt: skip
        html = client.get(path).content.decode()
        assert "<script>alert" not in html
        assert "<!--" not in html
        head = head_of(client, path)
        assert nodes_of(client, path)["WebSite"]["name"] == words[:60]
        assert words[:60] in head.metas["og:title"]
    assert nodes_of(client, article.get_absolute_url())["Article"]["headline"] == words
