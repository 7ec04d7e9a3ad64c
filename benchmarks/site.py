"""The site that benchmarks measure: made anew in a folder of its own, served by gunicorn."""

import os
import secrets
import sys
from datetime import timedelta
from pathlib import Path

from benchmarks.servers import ROOT

ARTICLE = "/articles/foot-massage/"
COMMENTS = 100
OTHERS = 30  # articles besides, so that lists are full
GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "python:footcare.gunicorn"]


def set_environment(folder: Path, port: int) -> None:
    """Set what an owner's `.env` might set otherwise, for this process and the servers."""
    if not (ROOT / "var" / "static" / "staticfiles.json").exists():
        sys.exit("The static files are not collected yet: run `make run` once before.")
    os.environ.update(
        DJANGO_SETTINGS_MODULE="footcare.settings",
        DEBUG="0",
        SECRET_KEY=secrets.token_urlsafe(50),
        DATA_DIR=str(folder),
        DATABASE_URL=f"sqlite:///{folder / 'db.sqlite3'}",
        CACHE_URL="locmemcache://",
        EMAIL_URL="",
        HOST="127.0.0.1",
        SITE_URL=f"http://localhost:{port}",
        TRUSTED_PROXY_COUNT="0",
        WEB_WORKERS="2",
        GUNICORN_CMD_ARGS="",
    )


def make_site() -> None:
    """Migrate, seed, write 50 comments with one answer each, and some further articles."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections
    from django.utils import timezone

    from articles.models import Article, Topic
    from articles.seed import seed_site
    from comments.models import Comment

    call_command("migrate", verbosity=0, interactive=False)
    seed_site()
    article = Article.objects.get(slug=ARTICLE.split("/")[2])
    text = "My feet were tired & warm.\n\nTen minutes a foot, every evening, did it."

    def comment(number: int, root: Comment | None) -> Comment:
        return Comment(
            article=article,
            parent=root,
            root=root,
            name=f"Reader {number}",
            body=f"{text} This is comment {number}.",
            status=Comment.Status.VISIBLE,
        )

    half = COMMENTS // 2
    roots = Comment.objects.bulk_create(comment(n, None) for n in range(half))
    Comment.objects.bulk_create(comment(half + n, one) for n, one in enumerate(roots))
    for number in range(OTHERS):
        other = Article.objects.create(
            title=f"Warm feet in {number} steps",
            slug=f"warm-feet-{number}",
            summary="What to do with cold feet in the evening.",
            status=Article.Status.PUBLISHED,
            published_at=timezone.now() - timedelta(days=number + 1),
        )
        other.topics.set(Topic.objects.all())
    connections.close_all()
