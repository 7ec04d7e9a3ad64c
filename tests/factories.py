"""Plain functions that save one object each."""

from itertools import count

from django.utils import timezone

from articles.models import Article, Media, Section
from comments.models import Comment
from subscriptions.models import Subscriber

_number = count(1)


def make_article(**values):
    n = next(_number)
    defaults = {
        "title": f"Article {n}",
        "slug": f"article-{n}",
        "summary": "Feet first.",
        "status": Article.Status.PUBLISHED,
        "published_at": timezone.now(),
    }
    return Article.objects.create(**defaults | values)


def make_section(article, **values):
    return Section.objects.create(article=article, **{"text": "Words."} | values)


def make_media(article, **values):
    n = next(_number)
    defaults = {
        "provider": "Video site",
        "title": f"Film {n}",
        "url": f"https://video.example/{n}",
    }
    return Media.objects.create(article=article, **defaults | values)


def make_comment(article=None, **values):
    n = next(_number)
    defaults = {
        "name": f"Reader {n}",
        "body": f"Lovely, {n}.",
        "status": Comment.Status.VISIBLE,
    }
    if parent := values.get("parent"):
        defaults |= {"article": parent.article, "media": parent.media}
    else:
        defaults["article"] = article or make_article()
    return Comment.objects.create(**defaults | values)


def make_subscriber(**values):
    n = next(_number)
    state = values.get("state", Subscriber.State.PENDING)
    times = {"confirmed": "confirmed_at", "left": "left_at", "bounced": "bounced_at"}
    defaults = {"email": f"reader{n}@example.org"}
    if state in times:
        defaults[times[state]] = timezone.now()
    return Subscriber.objects.create(**defaults | values)
