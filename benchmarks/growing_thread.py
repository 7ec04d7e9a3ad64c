"""One site of `benchmarks.growth --of comments`: an article that everybody talks about.

See `benchmarks.metering` for what it answers. Of ten comments seven begin a conversation or
answer one; three wait, are hidden or spam. One conversation in a hundred is very long.
"""

import random
import secrets
from datetime import timedelta
from unittest import mock

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from articles.models import Article  # noqa: E402
from articles.seed import seed_site  # noqa: E402
from benchmarks import metering  # noqa: E402
from comments import moderation  # noqa: E402
from comments.forms import CommentForm  # noqa: E402
from comments.models import Comment  # noqa: E402
from footcare.lib import triggers  # noqa: E402
from footcare.lib.markup import render_small_markdown  # noqa: E402

BATCH = 5_000
WORDS = "Thank you. I tried it on the *left* foot first, and it was a good evening."
STATUSES = ["visible"] * 7 + ["waiting", "hidden", "spam"]


def fill(size: int) -> Article:
    """The seeded article with ``size`` comments."""
    call_command("migrate", verbosity=0, interactive=False)
    seed_site()
    article = Article.objects.get()
    dice = random.Random(7)
    html = render_small_markdown(WORDS)
    # What they keep is written in one go at the end, which takes a tenth of the time.
    triggers._drop(connection, triggers._existing(connection))
    root, long, now = None, None, timezone.now()
    for start in range(0, size, BATCH):
        batch = []
        for n in range(start, min(size, start + BATCH)):
            pk = n + 1
            answered = None
            if root and n % 3:
                answered = long if n % 7 == 1 else root
            batch.append(
                Comment(
                    pk=pk, article=article, root_id=answered, parent_id=answered,
                    name=f"Reader {n % 997}", email=f"reader{n % 997}@example.org",
                    body=WORDS, html=html,
                    status="visible" if answered is None else dice.choice(STATUSES),
                )
            )  # fmt: skip
            if answered is None:
                root = pk
                long = pk if long is None else long
        # Many in a short time, but not all of them in one minute.
        moment = now - timedelta(minutes=30) * ((size - start) / BATCH)
        with mock.patch("django.utils.timezone.now", return_value=moment):
            Comment.objects.bulk_create(batch)
    triggers.restore()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('comments_comment', 'id'), %s)",
                [size],
            )
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    article.refresh_from_db()
    return article


def asked(article: Article) -> dict[str, metering.Ask]:
    visible = article.comments.visible().select_related("article")
    path = article.get_absolute_url()
    middle = visible.filter(pk__gte=article.comments.count() // 2).earliest("pk")
    last = visible.filter(root=None).order_by("-pk")[10]
    moderator = Client(headers={"host": "localhost"})
    moderator.force_login(User.objects.create_superuser(secrets.token_hex(8)))
    admin = "/admin/comments/comment/"
    return {
        "first page": metering.get(path),
        "a permalink in the middle": metering.get(middle.get_absolute_url()),
        "last page": metering.get(f"{path}?comments={last.pk}"),
        "feed": metering.get(f"{path}comments.atom"),
        "the newest of all, as a feed": metering.get("/feeds/comments.atom"),
        "comments.json": metering.get(f"{path}comments.json"),
        "moderation queue": metering.get(f"{admin}queue/", moderator),
        "list of comments in the admin": metering.get(f"{admin}?status=all", moderator),
        "a comment is sent": send_to(article),
        "one is approved": approve_of(article),
    }


def send_to(article: Article) -> metering.Ask:
    def send() -> None:
        words = {"name": "Ada", "email": "", "body": secrets.token_urlsafe(20)}
        CommentForm(words, article=article, network="203.0.113.7/32").save_if_valid()

    return send


def approve_of(article: Article) -> metering.Ask:
    """Approves one after another, of those that wait in the middle."""
    waiting = article.comments.filter(status="waiting").order_by("pk")
    numbers = iter(list(waiting.values_list("pk", flat=True)[:2_000]) * 1_000)

    def approve() -> None:
        one = Comment.objects.filter(pk=next(numbers))
        moderation.set_status(one, Comment.Status.WAITING, by=None)
        moderation.set_status(one, Comment.Status.VISIBLE, by=None)

    return approve


def main() -> None:
    article = fill(metering.size())
    metering.answer(asked(article))


if __name__ == "__main__":
    main()
