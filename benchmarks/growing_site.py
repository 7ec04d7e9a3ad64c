"""One site of `benchmarks.growth`: filled once, then asked for pages over standard input.

Each line "<requests> <page>" is answered with the milliseconds of CPU that a request took,
those of the database's own process included: they say the same on a busy machine.
"""

import random
import sys
import time
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from articles.models import Article, Section, Topic  # noqa: E402
from articles.paging import PAGE_SIZE  # noqa: E402
from articles.seed import seed_site  # noqa: E402
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


def cpu_seconds(backend: int) -> float:
    """What this process used, and process ``backend`` of PostgreSQL (0 for none)."""
    used = time.process_time()
    if backend:
        # In nanoseconds; the ticks of /proc/<pid>/stat are too coarse for a page.
        used += int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e9
    return used


def cost(path: str, requests: int, backend: int) -> float:
    client = Client(headers={"host": "localhost"})
    before = cpu_seconds(backend)
    for _ in range(requests):
        response = client.get(path)
        if response.status_code != 200:
            sys.exit(f"Django answers {response.status_code} to {path}.")
    return (cpu_seconds(backend) - before) * 1000 / requests


def backend_of_postgresql() -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def main() -> None:
    size = int(sys.argv[1])
    fill(size)
    paths, backend = addresses(), backend_of_postgresql()
    print(size, flush=True)
    for line in sys.stdin:
        requests, _, page = line.strip().partition(" ")
        print(cost(paths[page], int(requests), backend), flush=True)


if __name__ == "__main__":
    main()
