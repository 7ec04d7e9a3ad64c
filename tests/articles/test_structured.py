"""The structured data of a page, compared with what its readers see."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from articles.models import Article, Author, Note, SiteSettings, Source
from tests.factories import make_comment
from tests.reading import nodes_of

SITE = "http://testserver"
PATH = "/articles/foot-massage/"


@pytest.fixture
def ada(site):
    return Author.objects.create(name="Ada & Co", slug="ada")


def heading_of(html):
    return unescape(re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)[1])


@pytest.mark.parametrize("count", [0, 1, 2])
def test_the_structured_data_say_what_readers_see(client, site, count):
    article = Article.objects.get()
    make_comment(article, status="waiting")
    for _ in range(count):
        make_comment(article)

    html = client.get(PATH).content.decode()
    nodes = nodes_of(client, PATH)

    words = nodes["Article"]
    assert words["headline"] == heading_of(html) == "Foot massage"
    assert words["description"] in html.partition("<body>")[2]
    shown = re.search(r'data-comments-count="(\d+)"', html)[1]
    assert words["commentCount"] == int(shown) == count
    statistic = words["interactionStatistic"]
    assert statistic["interactionType"] == {"@type": "CommentAction"}
    assert statistic["userInteractionCount"] == count
    assert "comment" not in words
    assert f'datetime="{words["datePublished"][:10]}"' in html
    assert words["dateModified"] >= words["datePublished"]
    assert words["url"] == SITE + PATH
    assert words["articleSection"] == ["Massage"]
    assert words["inLanguage"] == "en"


def test_nobody_is_invented(client, site):
    nodes = nodes_of(client, PATH)

    assert nodes["Article"]["author"]["@type"] == "Organization"
    assert nodes["Article"]["author"]["name"] == "Footcare"
    assert nodes["Organization"]["name"] == "Footcare"
    assert {*nodes} == {"Article", "BreadcrumbList", "Organization", "WebPage", "WebSite"}  # fmt: skip
    assert not {"lastReviewed", "reviewedBy"} & {*nodes["WebPage"]}
    assert "citation" not in nodes["Article"]


def test_a_person_who_wrote_is_named(client, ada):
    SiteSettings.objects.update(publisher="A Body")
    Article.objects.update(author=ada)

    article = nodes_of(client, PATH)["Article"]

    person = {"@type": "Person", "name": "Ada & Co", "url": f"{SITE}/authors/ada/"}
    assert article["author"] == person
    assert article["publisher"]["name"] == "A Body"


def test_a_real_review_is_told_of_the_page(client, ada):
    day = timezone.localdate() - timedelta(days=3)
    Article.objects.update(reviewer=ada, reviewed_on=day)

    page = nodes_of(client, PATH)["WebPage"]

    assert page["lastReviewed"] == day.isoformat()
    assert page["reviewedBy"]["name"] == "Ada & Co"
    assert f'datetime="{day.isoformat()}"' in client.get(PATH).content.decode()


def test_sources_that_are_shown_are_cited(client, site):
    day = timezone.localdate()
    shown = Source.objects.create(citation="Work <1>", url="https://a.example/", checked_on=day)  # fmt: skip
    unchecked = Source.objects.create(citation="Work 2")
    Note.objects.get(kind="callout").sources.set([shown, unchecked])

    cited = nodes_of(client, PATH)["Article"]["citation"]

    assert cited == [
        {"@type": "CreativeWork", "name": "Work <1>", "url": "https://a.example/"}
    ]


@pytest.mark.parametrize(
    ("path", "trail"),
    [
        (PATH, ["Footcare", "Massage", "Foot massage"]),
        ("/topics/massage/", ["Footcare", "Topics", "Massage"]),
        (f"{PATH}media/1/", ["Footcare", "Foot massage", "asmr massage fun"]),
        ("/about/", ["Footcare", "About"]),
        ("/articles/", ["Footcare", "Articles"]),
    ],
)
def test_the_trail_leads_down_to_the_page_and_every_step_is_there(
    client, site, path, trail
):
    steps = nodes_of(client, path)["BreadcrumbList"]["itemListElement"]

    assert [step["name"] for step in steps] == trail
    assert [step["position"] for step in steps] == list(range(1, len(trail) + 1))
    assert steps[-1]["item"] == SITE + path
    for step in steps:
        address = step["item"].removeprefix(SITE)
        assert heading_of(client.get(address).content.decode())


def test_the_first_page_has_no_trail(client, site):
    assert {*nodes_of(client, "/")} == {"Organization", "WebPage", "WebSite"}
