import pytest

from articles.models import Point
from tests.articles.searching import finds
from tests.factories import make_article, make_section


@pytest.fixture
def heels(db):
    """Two articles; one has two sections, the first with two points."""
    make_article(title="Other", summary="another")
    article = make_article(title="Heels", summary="shoes")
    section = make_section(article, heading="Benefit", text="walking", kind="benefits")
    for text in ("warmth", "sleep"):
        Point.objects.create(section=section, kind="benefit", text=text)
    make_section(article, heading="Care", text="cream")
    assert finds("heels", "shoes", "benefit", "walking", "sleep", "care") == [1] * 6
    return article
