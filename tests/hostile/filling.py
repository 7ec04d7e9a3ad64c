"""The whole collection, put wherever somebody types. Run in the tests' or the site's process."""

from itertools import cycle

from django.db import transaction
from django.utils import timezone

from articles.models import (
    Article,
    Author,
    Media,
    Note,
    Page,
    Point,
    Section,
    SiteSettings,
    Source,
    Topic,
)
from comments.forms import CommentForm
from comments.models import NAME_LENGTH, Comment
from tests.factories import make_article
from tests.hostile.payloads import PAYLOADS


def fits(text: str, length: int) -> str:
    """What a browser's form keeps of ``text`` for a column of that length."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:length] or "-"


@transaction.atomic
def fill() -> None:
    say_it_all()
    write_it_all()
    take_it_apart()
    settle_it_all()


def say_it_all() -> Article:
    """Each as the name, the address and the words of a comment, through the reader's form."""
    article = make_article(title="Talked about", slug="talk")
    for number, text in enumerate(PAYLOADS):
        for name, email in ((text, text), (text[:NAME_LENGTH], ""), ("Mallory", "")):
            words = {"name": name, "email": email, "body": f"{number}: {text}"}
            if CommentForm(words, article=article).save_if_valid():
                break
    Comment.objects.filter(article=article).update(status=Comment.Status.VISIBLE)
    return article


def write_it_all() -> None:
    """Each as the title, the summary and the text of an article, and as a topic and an author."""
    for number, text in enumerate(PAYLOADS):
        author = Author(
            name=fits(text, 100), slug=f"author-{number}", text=fits(text, 900)
        )
        author.credentials = fits(text, 200)
        author.save()
        article = make_article(
            title=fits(text, 200),
            slug=f"payload-{number}",
            summary=fits(text, 300),
            author=author,
        )
        Section.objects.create(
            article=article, heading=fits(text, 200), text=fits(text, 900)
        )
        topic = Topic(name=fits(f"{number}{text}", 60), slug=f"topic-{number}")
        topic.save()
        article.topics.add(topic)


def take_it_apart() -> Article:
    """Each as every part that an article may have, in one article."""
    article = make_article(title="Of many parts", slug="parts")
    benefits = Section.objects.create(article=article, kind="benefits", heading="Good")
    Section.objects.create(article=article, kind="media", heading="Elsewhere")
    for text, kind in zip(
        PAYLOADS, cycle(["text", "quote", "faq", "advice"]), strict=False
    ):
        words, line = fits(text, 900), fits(text, 200)
        Section.objects.create(article=article, kind=kind, heading=line, text=words)
        source = Source(citation=fits(text, 500), checked_on=timezone.localdate())
        source.save()
        point = Point(section=benefits, kind="benefit", text=fits(text, 500))
        point.save()
        point.sources.add(source)
        note = Note(article=article, kind="care_card", level="urgent", heading=line)
        note.text, note.status = words, Note.Status.APPROVED
        note.save()
        item = Media(article=article, provider=fits(text, 60), title=line, quote=words)
        item.author, item.url = fits(text, 100), f"https://example.org/?{_in_url(text)}"
        item.save()
    return article


def _in_url(text: str) -> str:
    return fits(text, 300).replace("\n", "").replace("\r", "").replace("\t", "")


def settle_it_all() -> None:
    """The loudest ones as the site's own words and facts, and all on one of its pages."""
    image, end = (
        '"><img src=x onerror=window.__x=1>',
        "</title><script>window.__x=1</script>",
    )
    site = SiteSettings.load()
    site.name, site.tagline, site.publisher = end, image, end
    site.add_comment_label = site.subscribe_label = "<img src=x onerror=window.__x=1>"
    site.disclosure = site.ip_policy = site.urgent_advice_line = image
    site.emergency_number = "<svg/onload=__x=1>"
    site.save()
    facts = "{site_name} {publisher} {disclosure} {emergency_number} {ip_policy}"
    text = "\n\n".join([facts, *(fits(text, 900) for text in PAYLOADS)])
    Page.objects.update_or_create(path="hostile", defaults={"title": end, "text": text})
