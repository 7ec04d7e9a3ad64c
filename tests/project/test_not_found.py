"""An address that leads nowhere gets a page that helps on."""

import pytest
from django.db import OperationalError

from footcare import errors
from tests.factories import make_article

NOWHERE = [
    ("/articles/foot-masage/", "foot masage"),
    ("/foot-massages", "foot massages"),
    ("/articles/2019/foot-massage.html", "2019 foot massage"),
    ("/topics/foot-masage/", "foot masage"),
    ("/articles/Foot%20massage%0A/", "Foot massage"),
]


@pytest.mark.parametrize(("path", "words"), NOWHERE)
def test_an_address_that_leads_nowhere_offers_what_is_near(client, site, path, words):
    response = client.get(path, follow=path.endswith("s"))
    html = response.content.decode()

    assert response.status_code == 404
    assert f'name="q" type="search" value="{words}"' in html
    assert '<li><a href="/articles/foot-massage/">Foot massage</a></li>' in html


@pytest.mark.parametrize("path", ["/none/", "/a/b/c/d/", "/articles/%3Cscript%3E/", "/%F0%9F%91%A3/", "/x" * 500])  # fmt: skip
def test_an_address_near_to_nothing_offers_a_search(client, site, path):
    html = client.get(path).content.decode()

    assert 'role="search"' in html
    assert "Perhaps you meant" not in html
    assert "<script>" not in html


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_wrong_address_takes_two_queries(
    client, db, count, django_assert_num_queries
):
    for n in range(count):
        make_article(title=f"Heel {n}")

    with django_assert_num_queries(2):
        html = client.get("/a/wrong/heel/").content.decode()

    assert html.count("/articles/article-") == count


def test_the_page_of_a_wrong_address_needs_no_database(client, db, monkeypatch):
    def away(*args):
        raise OperationalError

    monkeypatch.setattr(errors, "nearest", away)

    response = client.get("/a/wrong/address/")

    assert response.status_code == 404
    html = response.content.decode()
    assert "This page has walked off" in html
    assert 'value="a wrong address"' in html
