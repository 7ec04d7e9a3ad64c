"""One site of `benchmarks.growth`: filled once, then asked for pages over standard input.

See `benchmarks.metering` for what it answers.
"""

import random
from datetime import timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from articles.models import Article, Section, Topic  # noqa: E402
from articles.paging import PAGE_SIZE  # noqa: E402
from articles.seed import seed_site  # noqa: E402
from benchmarks import metering  # noqa: E402
from footcare.lib import triggers  # noqa: E402

SECTIONS, WORDS = 2, 40
BATCH = 2_000


def fill(size: int) -> None:
    """The seeded site and ``size`` articles more, an hour apart, of Zipf's words."""
    call_command("migrate", verbosity=0, interactive=False)
    seed_site()
    dice = random.Random(7)
    words = [f"word{n}" for n in range(20_000)]
    weights = [1 / (n + 1) for n in range(len(words))]
    everything = Topic.objects.create(name="All", slug="all")
    some = Topic.objects.create(name="Ten", slug="ten")
    now = timezone.now()
    # What they keep is written in one go at the end, which takes a tenth of the time.
    triggers._drop(connection, triggers._existing(connection))

    def text() -> str:
        return " ".join(dice.choices(words, weights, k=WORDS))

    for start in range(0, size, BATCH):
        numbers = range(start, min(size, start + BATCH))
        articles = Article.objects.bulk_create(
            Article(
                title=f"Article {n}",
                slug=f"article-{n}",
                summary="Some words of summary about feet.",
                status="published",
                published_at=now - timedelta(hours=size - n),
            )
            for n in numbers
        )
        Section.objects.bulk_create(
            Section(article=one, position=n, heading=f"Part {n}", text=text())
            for one in articles
            for n in range(1, SECTIONS + 1)
        )
        everything.articles.add(*articles)
        some.articles.add(*[one for one in articles if one.pk % (size // 10) == 0])
    triggers.restore()
    with connection.cursor() as cursor:
        # As the autovacuum of a site that has been running for a day leaves it.
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def addresses() -> dict[str, str]:
    oldest = Article.objects.published().order_by("published_at", "pk")
    before_last = oldest[PAGE_SIZE].pk
    middle = oldest[oldest.count() // 2]
    return {
        "home": "/",
        "list": "/articles/",
        "last page of the list": f"/articles/?page={before_last}",
        "topic of all": "/topics/all/",
        "its last page": f"/topics/all/?page={before_last}",
        "topic of ten": "/topics/ten/",
        "article": middle.get_absolute_url(),
        "search: a word in most": "/search/?q=word0",
        "search: a rare word": "/search/?q=word19000",
        "search: two words": "/search/?q=word3+word40",
        "search: nothing found": "/search/?q=sandals",
        "feed": "/feeds/articles.atom",
    }


def main() -> None:
    fill(metering.size())
    metering.answer({name: metering.get(path) for name, path in addresses().items()})


if __name__ == "__main__":
    main()
