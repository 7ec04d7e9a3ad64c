"""No address, field or header that a stranger chooses leads out of the site."""

from urllib.parse import urljoin, urlsplit

import pytest

from tests.factories import make_article, make_media


def leads_inside(response):
    """Whether a browser that follows the answer stays on the site."""
    location = response.headers.get("Location", "")
    # Browsers take a backslash for a slash, and leave tabs and line ends out.
    read = "".join(sign for sign in location if sign > " ").replace("\\", "/")
    target = urlsplit(urljoin("http://testserver/a/b/", read))
    return (target.scheme, target.netloc) == ("http", "testserver")


@pytest.fixture
def moved(db):
    """An article with a media item that has had another address."""
    article = make_article(slug="old")
    item = make_media(article)
    article.slug = "new"
    article.save()
    return item


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example", "//evil.example/", "///evil.example", "/\\evil.example",
        "/\\\\evil.example/", "/%2Fevil.example", "/%2F%2Fevil.example/", "/%5Cevil.example",
        "/%5C%5Cevil.example/", "/%09//evil.example", "/%0D%0ALocation:%20//evil.example",
        "/@evil.example", "/https:%2F%2Fevil.example", "//evil.example/articles/old/",
        "//evil.example/%2e%2e/about", "/articles//evil.example/old", "/articles/old",
        "/articles/old/?next=//evil.example", "/search?q=x", "//search", "//search?q=x",
        "/admin//evil.example", "//admin", "//admin/login", "/admin/login?next=//evil.example",
        "/admin/articles?next=https://evil.example", "/admin//evil.example/login",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_site(client, moved, path):
    path, _, query = path.partition("?")
    response = client.get("/", PATH_INFO=path, QUERY_STRING=query)

    assert response.status_code in {200, 301, 302, 404}
    assert leads_inside(response)
    encoded = client.get(path, query_params={"next": "//evil.example"})
    assert leads_inside(encoded)


def test_old_addresses_lead_to_the_new_ones_whatever_comes_with_them(client, moved):
    for path, there in [
        ("/articles/old/", "/articles/new/"),
        (f"/articles/old/media/{moved.pk}/", f"/articles/new/media/{moved.pk}/"),
    ]:
        response = client.get(
            f"{path}?next=//evil.example", headers={"X-Forwarded-Host": "evil.example"}
        )

        assert response.status_code == 301
        assert response.headers["Location"] == there


@pytest.mark.parametrize("aim", ["//evil.example", "https://evil.example/", "/\\evil"])
@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/articles/new/comments/", {"name": "Ada", "body": "Hello."}),
        ("/articles/old/comments/", {"name": "Ada", "body": "Hello."}),
        ("/subscribe/", {"email": "reader@example.org"}),
    ],
)
def test_no_field_or_header_of_a_form_decides_where_it_leads(
    client, moved, path, form, aim
):
    fields = dict.fromkeys(["next", "url", "return", "redirect"], aim)
    response = client.post(
        path, form | fields, headers={"Referer": aim, "X-Forwarded-Host": aim}
    )

    assert response.status_code == 302
    assert "evil" not in response.headers["Location"]
    assert leads_inside(response)
