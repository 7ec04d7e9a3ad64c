"""One process of `benchmarks.posting`: a writer, a moderator, or who prepares and checks."""

import json
import random
import secrets
import select
import sys
import time

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402

from articles.models import Article  # noqa: E402
from articles.seed import seed_site  # noqa: E402
from comments import counting, moderation  # noqa: E402
from comments.forms import CommentForm  # noqa: E402
from comments.models import Comment, Event  # noqa: E402


def prepare(posts: int) -> None:
    call_command("migrate", verbosity=0, interactive=False)
    seed_site()
    User.objects.create_superuser("owner")


def write(posts: int) -> None:
    """Half begin a conversation, half answer or are about the media item; half are staff's."""
    article, owner = Article.objects.get(), User.objects.get()
    item = article.media.get()
    dice = random.Random(secrets.randbits(64))
    sent = []
    for n in range(posts):
        words = {"name": "Ada", "body": secrets.token_urlsafe(30)}
        newest = article.comments.visible().order_by("-pk")
        answered = newest.values_list("pk", flat=True).first() if n % 4 == 1 else None
        if answered:
            words["parent"] = str(answered)
        elif n % 4 == 2:
            words["media"] = str(item.pk)
        user = owner if dice.random() < 0.5 else None
        begun = time.monotonic()
        form = CommentForm(words, article=article, user=user)
        comment = form.save_if_valid()
        if comment is None and answered:
            # What was to be answered went meanwhile; the reader sends it once more.
            del words["parent"]
            form = CommentForm(words, article=article, user=user)
            comment = form.save_if_valid()
        if comment is None:
            sys.exit(str(form.errors))
        sent.append((comment.pk, begun, time.monotonic()))
    print(json.dumps(sent))


def moderate(posts: int) -> None:
    """Approve, hide, move to spam and erase, a few at a time, until the input ends."""
    owner, dice = User.objects.get(), random.Random(secrets.randbits(64))
    while not select.select([sys.stdin], [], [], 0.02)[0]:
        newest = Comment.objects.order_by("-pk")[:40].values_list("pk", flat=True)
        numbers = list(newest)
        if not numbers:
            continue
        some = Comment.objects.filter(pk__in=dice.sample(numbers, min(3, len(numbers))))
        if dice.random() < 0.1:
            moderation.erase(some, by=owner)
        else:
            status = dice.choice(list(Comment.Status))
            moderation.set_status(some, status, by=owner)


def check(posts: int) -> None:
    """Every comment that was answered with a number is there, or was erased by a moderator."""
    sent = set(json.load(sys.stdin))
    there = set(Comment.objects.values_list("pk", flat=True))
    erased = set(Event.objects.filter(what="erased").values_list("comment", flat=True))
    wrong = counting.recount(repair=False)
    if sent - there - erased or wrong:
        sys.exit(f"Lost: {sorted(sent - there - erased)}; wrong counts: {wrong}.")
    if moderation.misplaced(Comment.objects.all()).exists():
        sys.exit("A comment stands in another place than what it answers.")


if __name__ == "__main__":
    {"prepare": prepare, "write": write, "moderate": moderate, "check": check}[
        sys.argv[1]
    ](int(sys.argv[2]))
