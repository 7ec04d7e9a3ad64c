"""Answers by mail: who follows a comment or an article hears of what is said there, once.

When a comment becomes visible, `moderation` leaves word; each who follows gets one `Notice`
for it; and once in a while one mail with all that gathered.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from articles.models import Article
from comments import answer_mail, moderation
from comments.models import Comment, CommentQuerySet, News, Notice, Reader

Report = Callable[[str], object]

GATHERED = timedelta(minutes=5)  # from the first new comment to the mail
PAUSE = timedelta(hours=1)  # between two mails to one reader
# A comment that is approved later than this is no news. So a notice that is older may be
# deleted: nothing can make it anew.
NEWS_FOR = timedelta(days=30)
AT_ONCE = 100
MOST_NOTICES = 1000  # in one mail; further ones come with the next


def _followers(article: Any, parent: Any) -> list[CommentQuerySet]:
    """Comments whose readers are to hear of a new one on ``article`` that answers ``parent``.

    Only confirmed readers, only for what they said in the open. In parts, each of which is
    one step in an index.
    """
    theirs = Comment.objects.visible().filter(reader__isnull=False)
    of_thread = theirs.filter(article=article, follows=Comment.Follows.THREAD)
    if parent is None:
        return [of_thread]
    return [of_thread, theirs.filter(pk=parent, follows=Comment.Follows.REPLIES)]


def tell_followers(report: Report) -> int:
    """Write down who is to hear of each comment that became visible; return of how many."""
    told = 0
    waiting = News.objects.filter(kind=News.Kind.VISIBLE).order_by("pk")
    for pk in waiting.values_list("pk", flat=True)[:AT_ONCE]:
        # A reader may be erased in this moment: then this one comes round again.
        with suppress(IntegrityError):
            told += _tell(pk)
    if told:
        report(f"Looked up who follows {told} new comments.")
    return told


@transaction.atomic
def _tell(pk: int) -> bool:
    news = News.objects.filter(pk=pk)
    told_of = list(news.values_list("comment", flat=True))
    if not news.delete()[0]:
        return False  # another worker has it
    since = timezone.now() - NEWS_FOR
    fresh = Comment.objects.visible().filter(pk__in=told_of, created_at__gt=since)
    if comment := fresh.select_related("author").first():
        notices = (Notice(reader_id=pk, comment=comment) for pk in _hearers(comment))
        # Whoever has one has heard, or will: it is not told twice.
        Notice.objects.bulk_create(notices, batch_size=500, ignore_conflicts=True)
    return True


def _hearers(comment: Comment) -> set[int]:
    """The readers who follow, but for who wrote it, confirmed or not."""
    own = {
        comment.email.lower(),
        comment.author.email.lower() if comment.author else "",
    }
    found: set[int] = set()
    for comments in _followers(comment.article_id, comment.parent_id):
        others = comments.alias(address=Lower("reader__email")).exclude(address__in=own)
        # Unordered: else each comment would count as another.
        found.update(others.order_by().values_list("reader", flat=True).distinct())
    return found - {comment.reader_id}


def mail_answers(report: Report) -> int:
    """Mail what has gathered to each reader whose turn it is; return to how many."""
    now = timezone.now()
    due = Notice.objects.filter(_rested(now, "reader__"), sent_at=None)
    due = due.filter(created_at__lte=now - GATHERED).order_by("reader")
    readers = due.values_list("reader", flat=True).distinct()[:AT_ONCE]
    mailed = sum(_mail(pk) for pk in readers)
    if mailed:
        report(f"Wrote to {mailed} readers about new comments.")
    return mailed


def _rested(now: Any, reader: str = "") -> Q:
    """Readers who had no such mail in the last hour."""
    field = f"{reader}noticed_at"
    # One from the future was written before the clock was set back.
    return Q(**{field: None}) | Q(**{f"{field}__lte": now - PAUSE}) | Q(**{f"{field}__gt": now})  # fmt: skip


@transaction.atomic
def _mail(pk: int) -> bool:
    now = timezone.now()
    # Locked: another worker waits here, and then sees that the reader has had a mail.
    rested = Reader.objects.filter(_rested(now), pk=pk).select_for_update(no_key=True)
    if (reader := rested.first()) is None:
        return False
    unsent = Notice.objects.filter(reader=reader, sent_at=None).order_by("comment")
    rows = list(unsent.values_list("pk", "comment")[:MOST_NOTICES])
    # Nobody changes these meanwhile: a notice that is dropped here comes anew only when its
    # comment becomes visible after this.
    comments = Comment.objects.filter(pk__in=[comment for _, comment in rows])
    locked = comments.order_by("pk").select_for_update(no_key=True, of=("self",))
    list(locked.values_list("pk"))
    chosen = Notice.objects.filter(pk__in=[notice for notice, _ in rows])
    wanted = _still_wanted(chosen, reader).select_related("comment__article")
    notices = list(wanted.order_by("comment"))
    sent = [notice.pk for notice in notices]
    if len(sent) < len(rows):
        chosen.exclude(pk__in=sent).delete()
    if not sent:
        return False
    answer_mail.post_to(reader, [notice.comment for notice in notices])
    Notice.objects.filter(pk__in=sent).update(sent_at=now)
    Reader.objects.filter(pk=pk).update(noticed_at=now)
    return True


def _still_wanted(notices: Any, reader: Reader) -> Any:
    """Of the reader's notices those whose comment is on the page and followed right now."""
    # The reader is named in each part: PostgreSQL would else look at all who follow.
    thread, parent = (
        Exists(comments.filter(reader=reader))
        for comments in _followers(
            OuterRef("comment__article"), OuterRef("comment__parent")
        )
    )
    return notices.filter(
        thread | parent,
        comment__status=Comment.Status.VISIBLE,
        comment__article__in=Article.objects.published(),
    ).exclude(comment__reader=reader)


def mute(reader: Reader, articles: Iterable[int] | None) -> int:
    """No more mail to ``reader`` about ``articles``, or about any; return how many of the
    reader's comments it was asked for."""
    theirs = reader.comments.all()
    if articles is not None:
        theirs = theirs.filter(article__in=list(articles))
    return moderation.follow(theirs, Comment.Follows.NOTHING)


def forget_old(report: Report) -> int:
    """Delete notices of comments that are no news any more, some of them."""
    since = timezone.now() - NEWS_FOR
    # Numbered as they come, so the oldest are the first.
    oldest = Notice.objects.order_by("pk").values_list("pk", "created_at")[:1000]
    ended = [pk for pk, created_at in oldest if created_at < since]
    forgotten, _ = Notice.objects.filter(pk__in=ended).delete()
    if forgotten:
        report(f"Forgot {forgotten} notices of old comments.")
    return forgotten
