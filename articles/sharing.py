"""How an article is passed on: links for readers, plain ones that load nothing, and the
picture that other sites show beside a link to ours.
"""

from dataclasses import dataclass
from html import unescape
from urllib.parse import quote, urlencode

from django.templatetags.static import static
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from articles.models import Article
from articles.reading import Layout
from footcare.lib.links import absolute_url

DESCRIPTION_LENGTH = 160


def share_links(article: Article) -> list[tuple[str, str]]:
    """(the name to show, the address) of each way to share ``article``."""
    url = absolute_url(article.get_absolute_url())
    both = f"{article.title} {url}"
    mail = urlencode({"subject": article.title, "body": url}, quote_via=quote)
    return [
        (_("E-mail"), f"mailto:?{mail}"),
        ("WhatsApp", f"https://wa.me/?{urlencode({'text': both})}"),
        ("Bluesky", f"https://bsky.app/intent/compose?{urlencode({'text': both})}"),
        (
            "Facebook",
            f"https://www.facebook.com/sharer/sharer.php?{urlencode({'u': url})}",
        ),
        (
            "X",
            f"https://x.com/intent/post?{urlencode({'text': article.title, 'url': url})}",
        ),
    ]


@dataclass(frozen=True)
class Picture:
    url: str
    width: int
    height: int
    alt: str


def shared_picture() -> Picture:
    """What stands beside a link to the site elsewhere."""
    return Picture(
        url=absolute_url(static("img/share.png")),
        width=1200,
        height=630,
        alt=_("Two bare soles side by side, with a leaf growing between the arches."),
    )


def description_of(article: Article, layout: Layout) -> str:
    """A sentence or two for whoever shows a link: the summary, or how the text begins."""
    if article.summary:
        return article.summary
    texts = [unescape(strip_tags(block.html)) for block in layout.blocks if block.html]
    opening = " ".join(texts[0].split()) if texts else article.title
    return Truncator(opening).chars(DESCRIPTION_LENGTH)
