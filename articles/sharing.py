"""How an article is passed on: links for readers, plain ones that load nothing, and the
picture that other sites show beside a link to ours.
"""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.templatetags.static import static
from django.utils.translation import gettext as _

from articles.models import Article
from footcare.lib.links import absolute_url


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
