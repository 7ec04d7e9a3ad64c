"""What the pages of pages.py need beyond the seed: run in the site's own process."""

import json
from datetime import timedelta
from urllib.parse import quote

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.utils import timezone

from articles.models import Article, Author, Hold, Media, Note, Section, Source, Topic
from articles.paging import PAGE_SIZE
from articles.seed import CONTENT, _article
from comments import letters, moderators, own, readers, tokens
from comments.answer_mail import mute_link
from comments.models import Comment, MailAsked, Reader, Scrutiny
from subscriptions import moving
from subscriptions.models import Request, Subscriber
from tests.factories import (
    make_article,
    make_comment,
    make_media,
    make_section,
    make_subscriber,
)

COMMENTS = 50
LONG_WORD = "foot" * 60


def fill() -> dict[str, str]:
    """Make everything; return what the paths of PAGES name."""
    talked_about = make_a_talked_about_article()
    kinds = make_an_article_of_every_kind()
    make_a_long_list()
    Topic.objects.create(name="Without an article", slug="empty")
    joined = {
        "state": Subscriber.State.CONFIRMED,
        "confirmed_at": timezone.now(),
    }
    pending, member, leaver = (
        make_subscriber(),
        make_subscriber(**joined),
        make_subscriber(**joined),
    )
    waits, over, moderator = make_comments_to_look_at(kinds)
    make_readers(talked_about)
    newest = Article.objects.published().newest_first()
    make_article(
        title="All wait", slug="strict", comments_hold=Hold.ALL, comments_confirm=True,
        comments_close_after=30,
    )  # fmt: skip
    return {
        "last": str(newest[PAGE_SIZE - 1].pk),
        "last_of_topic": str(newest.filter(topics__slug="rest")[PAGE_SIZE - 1].pk),
        "item": str(Media.objects.get(article__slug="foot-massage").pk),
        "film": str(kinds.media.first().pk),
        "comment": str(talked_about.comments.visible().first().pk),
        "waits": moderators.token_for(waits, moderator),
        "over": moderators.token_for(over, moderator),
        **keys_of_comments(talked_about),
        "pending": pending.confirm_url.split("/")[-2],
        "member": member.confirm_url.split("/")[-2],
        "leave": member.leave_url.split("/")[-2],
        "left": leaver.leave_url.split("/")[-2],
        **links_to_settings(member),
        **links_of_readers(talked_about),
    }


def links_to_settings(member: Subscriber) -> dict[str, str]:
    """Of a reader with choices, of two who get nothing, and of three who want to move."""
    reader = make_subscriber(
        email=f"{LONG_WORD[:60]}@example.org", state=Subscriber.State.CONFIRMED,
        pace=Subscriber.Pace.WEEKLY, paused_until=timezone.localdate() + timedelta(9),
    )  # fmt: skip
    reader.topics.set(Topic.objects.filter(slug__in=["massage", "rest"]))
    left = make_subscriber(state=Subscriber.State.LEFT)
    bounced = make_subscriber(
        state=Subscriber.State.BOUNCED, confirmed_at=timezone.now()
    )
    asked = {
        "move": Request.objects.create(email="new@example.net", moves=reader),
        "moved": Request.objects.create(email=member.email, moves=member),
        "taken": Request.objects.create(email=member.email, moves=reader),
    }
    settings = {"settings": reader, "settings_left": left, "settings_bounced": bounced}
    links = {name: one.preferences_url for name, one in settings.items()}
    links |= {name: moving.link_to(request) for name, request in asked.items()}
    return {name: link.split("/")[-2] for name, link in links.items()}


def make_readers(article: Article) -> None:
    """One who has to say what is theirs, and one who has done so."""
    for status in ("visible", "waiting"):
        make_comment(article, email="asked@example.org", status=status)
    mine = make_comment(article, email="reader@example.org")
    make_comment(article, email="reader@example.org", status="waiting")
    readers.confirm("reader@example.org", [mine.pk])
    Comment.objects.filter(email="reader@example.org", reader=None).update(
        status="hidden"
    )


def links_of_readers(article: Article) -> dict[str, str]:
    links = {
        "asked": ("asked@example.org", MailAsked.Kind.CONFIRM),
        "asked_again": ("reader@example.org", MailAsked.Kind.CONFIRM),
        "yours": ("reader@example.org", MailAsked.Kind.YOURS),
    }
    mute = mute_link(Reader.objects.get(), [article.pk])
    return {"mute": mute.split("/")[-2]} | {
        name: letters.link_to(MailAsked.objects.create(email=email, kind=kind)).split(
            "/"
        )[-2]
        for name, (email, kind) in links.items()
    }


def make_comments_to_look_at(article: Article) -> tuple[Comment, Comment, User]:
    """One that waits, one that was dealt with, and who is written to about them."""
    moderator = User.objects.create_superuser("moderator")
    words = f"Take *ten* instead of your doctor.\n\n{LONG_WORD}"
    waits = make_comment(article, body=words, status=Comment.Status.WAITING)
    reasons = [["names a dose", 30], ["“instead of my doctor”", 40]]
    Scrutiny.objects.create(comment=waits, score=70, reasons=reasons)
    over = make_comment(article, status=Comment.Status.SPAM)
    return waits, over, moderator


def make_a_talked_about_article() -> Article:
    """The owner's article with every note approved, a review, and 50 comments."""
    content = json.loads((CONTENT / "foot-massage.json").read_text(encoding="utf-8"))
    content["article"] |= {"title": "Foot massage, discussed", "slug": "discussed"}
    article = _article(content)
    section = article.sections.filter(kind=Section.Kind.TEXT).first()
    claim = Note(kind=Note.Kind.CLAIM, section=section, article=article)
    claim.heading, claim.text = section.text[:60], "We have not found a study of this."
    claim.save()
    claim.sources.set(Source.objects.all()[:2])
    article.notes.update(status=Note.Status.APPROVED)
    cited = Source.objects.filter(notes__article=article)
    cited.update(checked_on=timezone.localdate())
    reviewer = Author.objects.create(name="A reviewer", slug="reviewer")
    article.reviewer, article.reviewed_on = reviewer, timezone.localdate()
    article.review_due = timezone.localdate() + timedelta(days=365)
    article.save()
    talk_about(article)
    return article


def keys_of_comments(article: Article) -> dict[str, str]:
    """What opens a comment to who wrote it: on the page, waiting, too late, erased."""
    late = article.comments.visible().last()
    visible, waiting = (
        make_comment(article, status=status, email="ada@example.org")
        for status in (Comment.Status.VISIBLE, Comment.Status.WAITING)
    )
    # However long the checks take, these can be changed all the while.
    ours = Comment.objects.filter(pk__in=[visible.pk, waiting.pk])
    ours.update(created_at=timezone.now() + timedelta(hours=8))
    Comment.objects.filter(pk=late.pk).update(
        created_at=timezone.now() - timedelta(minutes=16)
    )
    keys = {
        name: quote(own.key_for(comment, is_author=True))
        for name, comment in [
            ("visible", visible),
            ("waiting", waiting),
            ("late", late),
        ]
    }
    gone = quote(tokens.make("own", 10**9, 1))
    return {f"own_{name}": key for name, key in [*keys.items(), ("gone", gone)]}


def talk_about(article: Article) -> None:
    """50 visible comments: nested deep, by an editor, from right to left, one removed."""
    editor = get_user_model().objects.create_user("editor", is_staff=True)
    special = {
        1: {"body": "One paragraph.\n\nAnd a second one."},
        3: {"author": editor, "name": "The editor"},
        5: {"name": "ليلى", "body": "تدليك القدم قبل النوم مريح."},
        8: {"name": LONG_WORD[:80], "body": f"See https://example.org/{LONG_WORD}"},
    }
    special |= {
        10: {"is_pinned": True},
        11: {"edited_at": timezone.now(), "body": "- one\n- two\n\n> quoted"},
        15: {"media": article.media.first()},
    }
    last = None
    # One more is visible by `keys_of_comments`, one is the answer below.
    for n in range(COMMENTS - 2):
        parent = last if n % 5 else None
        last = make_comment(article, parent=parent, **special.get(n, {}))
    removed = make_comment(article)
    make_comment(parent=removed)
    Comment.objects.filter(pk=removed.pk).update(status=Comment.Status.HIDDEN)


def make_an_article_of_every_kind() -> Article:
    """Every kind of section and every state of a media item; an overdue review."""
    author = Author.objects.create(name="A writer", slug="writer")
    article = make_article(
        title="Every kind of section",
        slug="every-kind",
        author=author,
        reviewer=author,
        reviewed_on=timezone.localdate() - timedelta(days=400),
        review_due=timezone.localdate() - timedelta(days=1),
        comments_open=False,
    )
    for n in range(4):
        article.topics.add(Topic.objects.create(name=f"Topic {n}", slug=f"topic-{n}"))
    text = (
        "Words of an author, *set apart* and **strong**, [linked](/about/) and "
        f"[elsewhere](https://example.org/).\n\n- one\n- two\n\n1. first\n2. second\n\n{LONG_WORD}"
    )
    for kind in ["text", *Section.Kind.values]:
        heading = f"About {kind}"
        anchor = f"about-{kind}-{article.sections.count()}"
        section = make_section(
            article, kind=kind, heading=heading, anchor=anchor, text=text
        )
        for point in {"benefits": "benefit", "contraindications": "contraindication", "steps": "step"}.get(kind, "").split():  # fmt: skip
            for n in range(3):
                section.points.create(kind=point, text=f"Point {n} of {kind}")
    for state in Media.State.values:
        lost = {"url": ""} if state == Media.State.LOST else {}
        make_media(article, state=state, author="Somebody", quote="Said there.", **lost)
    for level in Note.Level.values:
        Note.objects.create(
            article=article, kind=Note.Kind.CARE_CARD, level=level, heading="If it hurts:",
            text="- Stop.\n- Rest.", status=Note.Status.APPROVED,
        )  # fmt: skip
    return article


def make_a_long_list() -> None:
    """Enough for a second page, of all articles and of one topic."""
    topic = Topic.objects.create(name="Rest", slug="rest")
    for n in range(PAGE_SIZE + 1):
        article = make_article(title=f"Rest, part {n}", slug=f"rest-{n}")
        article.topics.add(topic)
        Article.objects.filter(pk=article.pk).update(
            published_at=timezone.now() - timedelta(days=n + 1)
        )
