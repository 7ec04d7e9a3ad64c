"""One process of a storm: mixed changes on every comment there is, by every way.

Run as ``python -m tests.comments.storm <seed> <changes>`` against DATABASE_URL.
"""

# ruff: noqa: E402  (models come after the set-up)

import random
import sys

import django

django.setup()

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from articles.models import Article, Media
from comments import moderation
from comments.forms import CommentForm
from comments.models import Comment

Status = Comment.Status


def some(dice, queryset):
    pks = list(queryset.values_list("pk", flat=True))
    return queryset.filter(pk__in=dice.sample(pks, min(len(pks), dice.randint(1, 5))))


def post(dice, article):
    parent = dice.choice([None, article.comments.visible().order_by("?").first()])
    item = dice.choice([None, article.media.first()])
    form = CommentForm(
        {
            "name": "Storm",
            "body": f"{dice.random()}",
            "parent": str(parent.pk) if parent else "",
            "media": str(item.pk) if item and not parent else "",
        },
        article=article,
    )
    form.save_if_valid()


def create_visible(dice, article):
    Comment.objects.create(
        article=article,
        media=article.media.first(),
        name="n",
        body="b",
        status=Status.VISIBLE,
    )


def bulk_create(dice, article):
    Comment.objects.bulk_create(
        Comment(article=one, name="n", body="b", status=dice.choice(Status.values))
        for one in [*Article.objects.order_by("?")[:3], article]
    )


def moderate(dice, article):
    status = Status(dice.choice(Status.values))
    moderation.set_status(some(dice, Comment.objects.all()), status, by=None)


def erase(dice, article):
    moderation.erase(some(dice, Comment.objects.all()), by=None)


def move(dice, article):
    if comment := Comment.objects.order_by("?").first():
        moderation.move(comment, article, article.media.first(), by=None)


def raw(dice, article):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE comments_comment SET status = %s WHERE id = "
            "(SELECT MIN(id) FROM comments_comment WHERE article_id = %s AND body <> '')",
            [dice.choice(Status.values), article.pk],
        )


def delete(dice, article):
    leaf = Comment.objects.filter(replies=None).order_by("?").first()
    if leaf:
        one = Comment.objects.filter(pk=leaf.pk, replies=None)
        # Before what hangs on it, as `moderation` takes them.
        list(one.select_for_update(of=("self",)).values_list("pk"))
        one.delete()


def save_stale(dice, article):
    article.title = f"Storm {dice.random()}"
    article.save()


def save_with_media(dice, article):
    """As the admin saves an article and its media items: these are locked first."""
    list(article.media.order_by("pk").select_for_update(no_key=True))
    article.save()
    Media.objects.get(article=article).save()


def post_as_staff(dice, article):
    user = User.objects.get()
    item = article.media.get()
    values = {"name": "Staff", "body": f"{dice.random()}", "media": str(item.pk)}
    CommentForm(values, article=article, user=user).save_if_valid()


WAYS = [post, post, create_visible, bulk_create, moderate, moderate, erase, move, raw, delete, save_stale, save_with_media, post_as_staff]  # fmt: skip


def main(seed, changes):
    dice = random.Random(seed)
    articles = list(Article.objects.all())
    refused = 0
    for _ in range(changes):
        try:
            with transaction.atomic():
                dice.choice(WAYS)(dice, dice.choice(articles))
        except IntegrityError:
            # Somebody answered the comment that this one deletes past moderation.
            refused += 1
    print(refused)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
