from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Point
from tests.articles.searching import CORPUS, finds
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


@pytest.fixture
def corpus(db):
    """The articles of CORPUS; the later ones are older."""
    now = timezone.now()
    for n, (title, summary, heading, text, points) in enumerate(CORPUS):
        article = make_article(
            title=title, summary=summary, slug=f"n{n}", published_at=now - timedelta(n)
        )
        kind = "benefits" if points else "text"
        section = make_section(article, heading=heading, text=text, kind=kind)
        for point in points:
            Point.objects.create(section=section, kind="benefit", text=point)
