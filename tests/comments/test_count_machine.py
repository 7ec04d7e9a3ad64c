"""Every way a comment can change, in any order, beside a model that anybody can check."""

import uuid
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from articles.models import Article, Media
from comments import counting, moderation
from comments.forms import CommentForm
from comments.models import Comment, Event, Reader
from tests.factories import make_article, make_media

Status = Comment.Status
statuses = st.sampled_from(list(Status))
# Which of what there is: a number, taken round and round.
which = st.integers(0, 11)
several = st.lists(which, min_size=1, max_size=4)


@dataclass
class Known:
    """What the model knows of one comment."""

    article: int
    media: int | None
    parent: int | None
    status: str
    is_erased: bool = False
    # How often somebody has decided about it or edited it: an undo leaves what was since.
    touched: int = 0


class Conversation(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        # All of an example is undone by its end.
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.staff = User.objects.create_user(f"staff-{uuid.uuid4()}", is_staff=True)
        self.reader = Reader.objects.create(email="ada@example.org")
        self.comments: dict[int, Known] = {}
        # What was done, and of each comment what it was before and how often touched then.
        self.batches: list[tuple[uuid.UUID, dict[int, tuple[str, int]], str]] = []
        self.media = {make_media(make_article()).pk: None for _ in range(2)}
        self.media |= dict(
            Media.objects.filter(pk__in=self.media).values_list("pk", "article")
        )
        self.articles = [*self.media.values(), make_article().pk]

    def teardown(self):
        try:
            assert counting.recount(repair=False) == []
            assert not moderation.misplaced(Comment.objects.all()).exists()
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    def pick(self, numbers):
        pks = sorted(self.comments)
        return {pks[n % len(pks)] for n in numbers}

    def an_article(self, n):
        return self.articles[n % len(self.articles)]

    def media_of(self, article, n):
        items = [None, *(pk for pk, of in self.media.items() if of == article)]
        return items[n % len(items)]

    def conversation_of(self, pk):
        while self.comments[pk].parent:
            pk = self.comments[pk].parent
        found = {pk}
        while (
            more := {k for k, c in self.comments.items() if c.parent in found} - found
        ):
            found |= more
        return found

    some_comments = precondition(lambda self: self.comments)
    some_articles = precondition(lambda self: self.articles)

    @some_articles
    @rule(
        article=which,
        item=which,
        parent=which,
        is_staff=st.booleans(),
        mine=st.booleans(),
    )
    def post(self, article, item, parent, is_staff, mine):
        article = self.an_article(article)
        visible = [k for k, c in self.comments.items() if (c.article, c.status) == (article, "visible")]  # fmt: skip
        answered = ([None, *visible])[parent % (len(visible) + 1)]
        media = (
            self.comments[answered].media if answered else self.media_of(article, item)
        )
        form = CommentForm(
            {
                "name": "Ada", "email": "ada@example.org" if mine else "",
                "body": str(uuid.uuid4()), "parent": str(answered or ""), "media": str(media or ""),
            },
            article=Article.objects.get(pk=article),
            user=self.staff if is_staff else None,
            reader=self.reader if mine else None,
        )  # fmt: skip
        comment = form.save_if_valid()
        assert comment is not None, form.errors
        if is_staff:
            assert comment.status == Status.VISIBLE
        self.comments[comment.pk] = Known(article, media, answered, comment.status)

    @some_articles
    @rule(article=which, item=which, status=statuses)
    def create_in_bulk(self, article, item, status):
        article = self.an_article(article)
        media = self.media_of(article, item)
        before = set(Comment.objects.values_list("pk", flat=True))
        Comment.objects.bulk_create(
            Comment(
                article_id=article, media_id=media, name="n", body="b", status=status
            )
            for _ in range(3)
        )
        for pk in set(Comment.objects.values_list("pk", flat=True)) - before:
            self.comments[pk] = Known(article, media, None, status)

    @some_comments
    @rule(chosen=several, status=statuses, can_undo=st.booleans())
    def moderate(self, chosen, status, can_undo):
        chosen = {
            k for k in self.pick(chosen)
            if self.comments[k].status != status and not self.comments[k].is_erased
        }  # fmt: skip
        batch = uuid.uuid4() if can_undo else None
        rows = Comment.objects.filter(pk__in=chosen)
        assert moderation.set_status(rows, status, by=self.staff, batch=batch) == len(
            chosen
        )
        before = {k: self.comments[k].status for k in chosen}
        for k in chosen:
            self.comments[k].status = status
            self.comments[k].touched += 1
        if batch:
            touched = {k: (old, self.comments[k].touched) for k, old in before.items()}
            self.batches.append((batch, touched, status))

    @precondition(lambda self: self.batches)
    @rule(n=which)
    def undo(self, n):
        batch, before, status = self.batches.pop(n % len(self.batches))
        still = {
            k: old
            for k, (old, touched) in before.items()
            if k in self.comments
            and (self.comments[k].status, self.comments[k].touched) == (status, touched)
            and not self.comments[k].is_erased
        }
        assert moderation.undo(batch, by=self.staff) == len(still)
        for k, old in still.items():
            self.comments[k].status = old
            self.comments[k].touched += 1

    @some_comments
    @rule(chosen=several, status=statuses)
    def update_past_moderation(self, chosen, status):
        chosen = {k for k in self.pick(chosen) if not self.comments[k].is_erased}
        Comment.objects.filter(pk__in=chosen).update(status=status)
        for k in chosen:
            self.comments[k].status = status

    @some_comments
    @rule(chosen=which, status=statuses)
    def update_by_raw_sql(self, chosen, status):
        (pk,) = self.pick([chosen])
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE comments_comment SET status = %s WHERE id = %s AND body <> ''",
                [status, pk],
            )
        if not self.comments[pk].is_erased:
            self.comments[pk].status = status

    @some_comments
    @rule(chosen=which, body=st.sampled_from(["*b*", "other"]))
    def edit(self, chosen, body):
        (pk,) = self.pick([chosen])
        words = {"body": body, "name": str(uuid.uuid4())}
        edited = moderation.edit(Comment.objects.get(pk=pk), by=None, **words)
        assert edited is not self.comments[pk].is_erased
        self.comments[pk].touched += edited

    @some_comments
    @rule(chosen=which)
    def save_a_stale_copy(self, chosen):
        (pk,) = self.pick([chosen])
        stale = Comment.objects.select_related("article").get(pk=pk)
        stale.save()
        stale.article.save()

    @some_comments
    @rule(chosen=several, by_author=st.booleans())
    def erase(self, chosen, by_author):
        chosen = self.pick(chosen)
        who = {"by": None, "who": Event.Who.AUTHOR} if by_author else {"by": self.staff}
        rows = Comment.objects.filter(pk__in=chosen)
        assert moderation.erase(rows, **who) == len(chosen)
        for k in chosen:
            self.comments[k].status, self.comments[k].is_erased = "hidden", True
        self.forget_leaves(chosen | {self.comments[k].parent for k in chosen})

    def forget_leaves(self, candidates):
        while gone := {
            k for k in candidates & self.comments.keys()
            if self.comments[k].is_erased
            and not any(c.parent == k for c in self.comments.values())
        }:  # fmt: skip
            candidates |= {self.comments[k].parent for k in gone}
            for k in gone:
                del self.comments[k]

    @some_comments
    @rule(chosen=which)
    def delete_past_moderation(self, chosen):
        (pk,) = self.pick([chosen])
        if not any(c.parent == pk for c in self.comments.values()):
            Comment.objects.filter(pk=pk).delete()
            del self.comments[pk]

    @some_comments
    @rule(chosen=which, article=which, item=which)
    def move(self, chosen, article, item):
        (pk,) = self.pick([chosen])
        article = self.an_article(article)
        media = self.media_of(article, item)
        moving = self.conversation_of(pk)
        moved = moderation.move(
            Comment.objects.get(pk=pk),
            Article.objects.get(pk=article),
            Media.objects.filter(pk=media).first(),
            by=self.staff,
        )
        assert moved == len(moving)
        for k in moving:
            self.comments[k].article, self.comments[k].media = article, media

    @some_comments
    @rule(chosen=several, is_pinned=st.booleans())
    def pin(self, chosen, is_pinned):
        rows = Comment.objects.filter(pk__in=self.pick(chosen))
        moderation.pin(rows, is_pinned, by=self.staff)

    @rule()
    def forget_the_reader(self):
        Reader.objects.filter(pk=self.reader.pk).delete()
        self.reader = Reader.objects.create(email="ada@example.org")

    @precondition(lambda self: len(self.articles) < 3)
    @rule()
    def add_an_article(self):
        item = make_media(make_article())
        self.articles.append(item.article_id)
        self.media[item.pk] = item.article_id

    @some_articles
    @precondition(lambda self: len(self.media) < 3)
    @rule(article=which)
    def add_a_media_item(self, article):
        article = Article.objects.get(pk=self.an_article(article))
        self.media[make_media(article).pk] = article.pk

    @precondition(lambda self: len(self.media) > 1)
    @rule(n=which)
    def delete_a_media_item(self, n):
        pk = list(self.media)[n % len(self.media)]
        Media.objects.get(pk=pk).delete()
        del self.media[pk]
        for comment in self.comments.values():
            if comment.media == pk:
                comment.media = None

    @precondition(lambda self: len(self.articles) > 1)
    @rule(n=which)
    def delete_an_article(self, n):
        pk = self.an_article(n)
        Article.objects.get(pk=pk).delete()
        self.articles.remove(pk)
        self.media = {k: of for k, of in self.media.items() if of != pk}
        self.comments = {k: c for k, c in self.comments.items() if c.article != pk}

    @invariant()
    def every_count_is_right(self):
        visible = [c for c in self.comments.values() if c.status == "visible"]
        of_articles = dict(Article.objects.values_list("pk", "comments_count"))
        of_media = dict(Media.objects.values_list("pk", "comments_count"))
        assert of_articles == {
            pk: sum(c.article == pk for c in visible) for pk in self.articles
        }
        assert of_media == {
            pk: sum(c.media == pk for c in visible) for pk in self.media
        }

    @invariant()
    def no_comment_is_lost_or_made_up(self):
        rows = Comment.objects.values_list("pk", "article", "media", "parent", "status")
        assert {pk: tuple(values) for pk, *values in rows} == {
            pk: (c.article, c.media, c.parent, c.status)
            for pk, c in self.comments.items()
        }


def test_counts_are_right_after_any_changes_in_any_order(db):
    how = settings(max_examples=100, stateful_step_count=30, deadline=None)
    run_state_machine_as_test(Conversation, settings=how)
